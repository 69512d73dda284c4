"""The vectors of an index: two Chroma collections in the index's folder.

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

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

COLLECTION = "passages"
QUESTIONS = "questions"  # the questions written for the passages, each with its passage's id
_BATCH = 2000  # rows given to Chroma at once (it takes 5,461 at most)
# A plan has some thousands of vectors: searching this widely finds the true nearest ones, so that
# two builds of one index, whose graphs differ, give the same answers.
# Chroma writes the graph out after so many rows and builds the rest anew at every opening: a small
# threshold leaves nothing to build when the index is opened.
HNSW: Final[Any] = {
    "space": "cosine",
    "ef_construction": 400,
    "ef_search": 800,
    "batch_size": 50,
    "sync_threshold": 50,
}
_NUMBER = ".q"  # between a question's passage and its number
_PROBE = 5  # rows a collection must be able to give when it is opened


@dataclass(frozen=True)
class Vectors:
    """The open collections; `scratch` holds on to the temporary copy they stand in, if they do."""

    passages: Any  # chromadb.Collection, or a server's
    questions: Any  # the same; may be empty
    scratch: tempfile.TemporaryDirectory[str] | None = None


def write_vectors(
    folder: Path,
    passages: Sequence[TextNode],
    vectors: Sequence[list[float]],
    asked: Sequence[tuple[str, str]],
    question_vectors: Sequence[list[float]],
) -> str:
    """Write the vectors of passages and of the questions for them; returns the name of their folder.

    Args:
        folder: the index's folder.
        passages: the passages, in order.
        vectors: one for each passage.
        asked: (passage id, question) pairs.
        question_vectors: one for each question.

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
            _add_questions(_create(client, QUESTIONS), asked, question_vectors)
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


def open_vectors(folder: Path, passages: int, questions: int) -> Vectors:
    """Open what `write_vectors` wrote into `folder` and check that it answers.

    Args:
        folder: the folder of the vectors.
        passages: how many passages there must be.
        questions: how many questions there must be.

    Raises:
        Exception: whatever Chroma raises where its files are torn.
    """
    try:
        return _open(folder, passages, questions)
    except Exception:
        # Torn files fail again as a copy; files that only cannot be written to are as good as any.
        scratch = tempfile.TemporaryDirectory(prefix="jiwen-", ignore_cleanup_errors=True)
        copy = Path(scratch.name) / folder.name
        shutil.copytree(folder, copy, copy_function=shutil.copyfile)
        for path in (copy, *(path for path in copy.rglob("*") if path.is_dir())):
            path.chmod(0o700)  # copytree gives folders the rights they had
        return _open(copy, passages, questions, scratch)


def question_ids(asked: Sequence[tuple[str, str]]) -> list[str]:
    """The ids of written questions: their passage's with their number."""
    return [f"{passage}{_NUMBER}{number}" for number, (passage, _) in enumerate(asked)]


def question_number(key: str) -> int:
    """The number of a written question, told by its id in the collection."""
    return int(key.rpartition(_NUMBER)[2])


def _open(
    folder: Path, passages: int, questions: int, scratch: tempfile.TemporaryDirectory[str] | None = None
) -> Vectors:
    _check_database(folder / "chroma.sqlite3")
    client = _client(folder)
    try:
        # embedding_function=None wherever a collection is made or opened: the default would download a model.
        vectors = Vectors(
            client.get_collection(COLLECTION, embedding_function=None),
            client.get_collection(QUESTIONS, embedding_function=None),
            scratch,
        )
        check_collection(vectors.passages, passages)
        check_collection(vectors.questions, questions)
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


def _add_questions(
    collection: "Collection", asked: Sequence[tuple[str, str]], vectors: Sequence[list[float]]
) -> None:
    for i in range(0, len(asked), _BATCH):
        here = range(i, min(i + _BATCH, len(asked)))
        collection.add(
            ids=question_ids(asked)[here.start : here.stop],
            embeddings=np.asarray([vectors[k] for k in here], dtype=np.float32),
            metadatas=[{"passage": asked[k][0]} for k in here],
        )


def _client(folder: Path) -> "Client":
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    return cast("Client", client)  # declared as its interface, which lacks close()


def _create(client: "Client", name: str) -> "Collection":
    return client.create_collection(name, configuration={"hnsw": HNSW}, embedding_function=None)
