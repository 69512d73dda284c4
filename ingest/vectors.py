"""The vectors of an index's passages: a Chroma collection in the index's folder.

Chroma keeps one client a path for the life of a process, a broken one too, and writes to its files whenever
they are opened. So each build has a folder name of its own, and where the files cannot be written to (a
read-only or full disk) a temporary copy of them is opened instead.
"""

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from llama_index.core.schema import TextNode

from ingest.errors import IndexBuildError
from ingest.exact import ExactVectors

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

COLLECTION = "passages"
# A plan has some hundred passages: searching this widely finds the true nearest ones, so that two builds of
# one index, whose graphs differ, give the same answers (half as widely misses one for 1 of 859 questions).
# Chroma writes the graph out after so many rows and builds the rest anew at every opening: a small
# threshold leaves nothing to build when the index is opened.
HNSW: Final[Any] = {
    "space": "cosine",
    "ef_construction": 400,
    "ef_search": 800,
    "batch_size": 50,
    "sync_threshold": 50,
}
_PROBE = 5  # rows a collection must be able to give when it is opened


@dataclass(frozen=True)
class Vectors:
    """The open collection; `scratch` holds on to the temporary copy it stands in, if it does."""

    passages: Any  # chromadb.Collection, or a server's
    scratch: tempfile.TemporaryDirectory[str] | None = None


def write_vectors(folder: Path, passages: Sequence[TextNode], vectors: Sequence[list[float]]) -> str:
    """Write the vectors of passages; returns the name of their folder.

    Args:
        folder: the index's folder.
        passages: the passages, in order.
        vectors: one for each passage.

    Raises:
        IndexBuildError: Chroma could not write them.
    """
    from llama_index.vector_stores.chroma import ChromaVectorStore

    name = f"chroma-{uuid.uuid4().hex[:8]}"
    try:
        client = _client(folder / name)
        try:
            collection = _create(client, COLLECTION)
            for node, vector in zip(passages, vectors, strict=True):
                node.embedding = vector
            ChromaVectorStore(chroma_collection=collection).add(list(passages))
            check_collection(collection, len(passages))
        finally:
            client.close()
            for node in passages:
                node.embedding = None
    except OSError:
        raise
    except Exception as error:  # Chroma's own kinds of error, which tell little more than their text does
        raise IndexBuildError(
            f"向量库无法写入 {folder.parent}：{error}。请检查磁盘空间和写入权限，"
            "或用设置 JIWEN_DATA 换一个文件夹；原有索引未受影响。"
        ) from error
    return name


def open_vectors(folder: Path, passages: int) -> Vectors:
    """Open what `write_vectors` wrote into `folder` and check that it answers.

    Args:
        folder: the folder of the vectors.
        passages: how many passages there must be.

    Raises:
        Exception: whatever Chroma raises where its files are torn.
    """
    try:
        return _open(folder, passages)
    except Exception:
        # Torn files fail again as a copy; files that only cannot be written to are as good as any.
        scratch = tempfile.TemporaryDirectory(prefix="jiwen-", ignore_cleanup_errors=True)
        copy = Path(scratch.name) / folder.name
        shutil.copytree(folder, copy, copy_function=shutil.copyfile)
        for path in (copy, *(path for path in copy.rglob("*") if path.is_dir())):
            path.chmod(0o700)  # copytree gives folders the rights they had
        return _open(copy, passages, scratch)


def read_vectors(collection: "Collection", ids: Sequence[str]) -> ExactVectors:
    """The vectors of a collection, to be searched in memory.

    Chroma takes some milliseconds to find the nearest of a plan's passages, most of them on the way to its
    own process's other half and back; to compare a question with all of them takes a twentieth of one.

    Args:
        collection: an open one.
        ids: of its rows, in the order in which the vectors are wanted.

    Raises:
        IndexBuildError: a row is missing.
    """
    found = collection.get(include=["embeddings"])
    row = {key: i for i, key in enumerate(found["ids"])}
    missing = [key for key in ids if key not in row]
    if missing:
        raise IndexBuildError(f"向量库 {collection.name} 缺少 {len(missing)} 段，如 {missing[0]}")
    if not ids:
        return ExactVectors(np.zeros((0, 0)))
    return ExactVectors(np.asarray(found["embeddings"], dtype=np.float32)[[row[key] for key in ids]])


def _open(folder: Path, passages: int, scratch: tempfile.TemporaryDirectory[str] | None = None) -> Vectors:
    _check_database(folder / "chroma.sqlite3")
    client = _client(folder)
    try:
        # embedding_function=None wherever a collection is made or opened: the default would download a model.
        vectors = Vectors(client.get_collection(COLLECTION, embedding_function=None), scratch)
        check_collection(vectors.passages, passages)
    except BaseException:
        client.close()
        raise
    return vectors


def _check_database(path: Path) -> None:
    # Chroma reads a page only when it is asked for what stands there; 20 ms find a torn one now.
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise IndexBuildError(f"向量库的文件已损坏：{result}")


def check_collection(collection: "Collection", expected: int) -> None:
    """See that a collection has as many rows as it should, and answers.

    Raises:
        IndexBuildError: it has not, or does not.
    """
    count = collection.count()
    if count != expected:
        raise IndexBuildError(f"向量库 {collection.name} 有 {count} 条，应为 {expected} 条")
    if not expected:
        return
    sample = np.asarray(collection.get(limit=1, include=["embeddings"])["embeddings"], dtype=np.float32)
    wanted = min(_PROBE, expected)
    found = collection.query(query_embeddings=sample, n_results=wanted, include=["distances"])["ids"][0]
    if len(found) != wanted:
        raise IndexBuildError(f"向量库 {collection.name} 只找到 {len(found)} 条，应为 {wanted} 条")


def _client(folder: Path) -> "Client":
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    return cast("Client", client)  # declared as its interface, which lacks close()


def _create(client: "Client", name: str) -> "Collection":
    return client.create_collection(name, configuration={"hnsw": HNSW}, embedding_function=None)
