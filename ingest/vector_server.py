"""The vectors of passages in a Chroma server (`chroma run`), which several processes and machines share.

The collection of an index is named by its fingerprint, and marked whole when everything is written. Rows are
only ever added, under ids that the index determines: so builders at once complete each other's work, and a
build goes on where a killed one stopped. A rebuild writes a collection of a new name; what is old is removed
when the new index has been opened.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from llama_index.core.schema import TextNode

from ingest.errors import VectorServerError
from ingest.vectors import HNSW, Vectors, check_collection

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

PREFIX = "jiwen-"
_PASSAGES = "-passages"
_BEFORE = ("-questions",)  # what earlier versions kept beside it
_BATCH = 1000  # rows sent at once
_KEEP = 2  # whole indexes of one source kept: the one in use and the last one before it
_STALE = 3600.0  # seconds after which what was never completed is removed
_TIMEOUT = 10.0  # seconds the server may take for one answer
_FRESH = 1.0  # seconds for which it is known to be there

_log = logging.getLogger(__name__)
T = TypeVar("T")


class ServerCollection:
    """A collection of the server, asked as Chroma's own is; what goes wrong is told in words for users.

    Args:
        url: the server's address.
        collection: Chroma's.
    """

    def __init__(self, url: str, client: "ClientAPI", collection: Any) -> None:  # noqa: ANN401
        self.url = url
        self.name = collection.name
        self._client = client
        self._collection = collection
        self._seen = 0.0  # when the server last answered, by a clock that never goes back
        self._lock = threading.Lock()

    def query(self, **options: Any) -> Any:  # noqa: ANN401
        """Chroma's `query`.

        Raises:
            VectorServerError: the server does not answer, or no longer has the collection.
        """
        found = _asked(self.url, lambda: self._again(lambda: self._collection.query(**options)))
        self._seen = time.monotonic()
        return found

    def get(self, **options: Any) -> Any:  # noqa: ANN401
        """Chroma's `get`; raises as `query` does."""
        return _asked(self.url, lambda: self._again(lambda: self._collection.get(**options)))

    def count(self) -> int:
        """Chroma's `count`; raises as `query` does."""
        return int(_asked(self.url, lambda: self._again(lambda: self._collection.count())))

    def alive(self) -> bool:
        """Whether the server answers now; what answered within a second is not asked again."""
        with self._lock:
            if time.monotonic() - self._seen < _FRESH:
                return True
            try:
                _asked(self.url, self._client.heartbeat)
            except VectorServerError:
                return False
            self._seen = time.monotonic()
            return True

    def _again(self, ask: Callable[[], T]) -> T:
        import httpx
        from chromadb.errors import NotFoundError

        try:
            return ask()
        except NotFoundError:  # the server was given its data back: the same name, another id
            self._collection = self._client.get_collection(self.name, embedding_function=None)
            return ask()
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return ask()  # a connection kept from before the server was started anew


def write_to_server(
    url: str,
    fingerprint: str,
    source: str,
    passages: Sequence[TextNode],
    vectors: Sequence[list[float]],
    *,
    anew: bool = False,
) -> str:
    """Write the vectors of an index; returns the name that `open_on_server` wants.

    Args:
        url: the server's address.
        fingerprint: of the index.
        source: what the plan's indexes have in common from version to version.
        passages: the passages, in order.
        vectors: one for each passage.
        anew: under a name of its own, even if the server has these vectors.

    Raises:
        VectorServerError: the server does not answer or refuses.
    """
    name = f"{PREFIX}{fingerprint}" + (f"-{uuid.uuid4().hex[:8]}" if anew else "")

    def write() -> None:
        client = _client(url)
        marks = {"source": source, "made": time.time()}
        held = _collection(client, name + _PASSAGES, marks)
        if (held.metadata or {}).get("whole"):
            return
        _add(held, [node.node_id for node in passages], vectors)
        check_collection(held, len(passages))
        held.modify(metadata={**marks, "whole": True})

    _asked(url, write)
    return name


def open_on_server(url: str, name: str, passages: int) -> Vectors:
    """Open what `write_to_server` wrote, and check that it answers.

    Raises:
        VectorServerError: the server does not answer.
        Exception: it has no such collection, or one that is not whole.
    """
    from chromadb.errors import NotFoundError

    from ingest.errors import IndexBuildError

    def open_() -> Vectors | None:
        client = _client(url)
        try:
            held = client.get_collection(name + _PASSAGES, embedding_function=None)
        except NotFoundError:
            return None
        check_collection(held, passages)
        return Vectors(ServerCollection(url, client, held))

    opened = _asked(url, open_)
    if opened is None:
        raise IndexBuildError(f"Chroma 服务 {url} 里没有索引 {name}")
    return opened


def prune_server(url: str, source: str, keep: str) -> None:
    """Remove the old indexes of a source: all but `keep` and the newest whole one beside it.

    What cannot be removed is left for the next time.
    """
    try:
        _asked(url, lambda: _prune(url, source, keep))
    except VectorServerError as error:
        _log.warning("old collections could not be removed: %s", error)


def _prune(url: str, source: str, keep: str) -> None:
    client = _client(url)
    old = []
    for collection in client.list_collections():
        marks = collection.metadata or {}
        name = collection.name.removesuffix(_PASSAGES)
        ours = collection.name.startswith(PREFIX) and name != collection.name
        if ours and name != keep and marks.get("source") == source:
            old.append((bool(marks.get("whole")), float(marks.get("made") or 0), name))
    whole = [name for _, _, name in sorted(entry for entry in old if entry[0])][: 1 - _KEEP or None]
    killed = [name for is_whole, made, name in old if not is_whole and time.time() - made > _STALE]
    for name in [*whole, *killed]:
        for kind in (*_BEFORE, _PASSAGES):  # passages last: they tell that there is something to remove
            _delete(client, name + kind)


def _delete(client: "ClientAPI", name: str) -> None:
    from chromadb.errors import NotFoundError

    with suppress(NotFoundError):  # another process may have been faster
        client.delete_collection(name)


def _add(collection: Any, ids: Sequence[str], vectors: Sequence[list[float]]) -> None:  # noqa: ANN401
    for i in range(0, len(ids), _BATCH):
        batch = list(ids[i : i + _BATCH])
        # Chroma is slow at adding what is there already.
        there = set(collection.get(ids=batch, include=[])["ids"])
        missing = [k for k, key in enumerate(batch) if key not in there]
        if missing:
            rows = np.asarray([vectors[i + k] for k in missing], dtype=np.float32)
            collection.add(ids=[batch[k] for k in missing], embeddings=rows)


def _collection(client: "ClientAPI", name: str, marks: dict[str, Any]) -> Any:  # noqa: ANN401
    return client.get_or_create_collection(
        name, configuration={"hnsw": HNSW}, embedding_function=None, metadata=marks
    )


def _client(url: str) -> "ClientAPI":
    import os

    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    parts = urlsplit(url)
    client = chromadb.HttpClient(
        parts.hostname or "",
        parts.port or (443 if parts.scheme == "https" else 80),
        ssl=parts.scheme == "https",
        settings=ChromaSettings(anonymized_telemetry=False),
    )
    session = getattr(getattr(client, "_server", None), "_session", None)
    if session is not None:  # Chroma's client would wait for ever
        session.timeout = _TIMEOUT
    return client


def _asked(url: str, ask: Callable[[], T]) -> T:
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    gone = (
        f"向量库服务（Chroma）{url} 没有应答，暂时不能检索。请稍后再试；"
        "管理员请检查 chroma run 和设置 JIWEN_CHROMA。"
    )
    try:
        return ask()
    except (httpx.HTTPError, OSError) as error:
        raise VectorServerError(gone) from error
    except NotFoundError as error:
        raise VectorServerError(
            f"向量库服务（Chroma）{url} 里找不到这份索引，可能已被删除。"
            "管理员请重新启动本服务，索引会重新建立。"
        ) from error
    except ChromaError as error:
        raise VectorServerError(f"向量库服务（Chroma）{url} 出错：{error}。请稍后再试。") from error
    except ValueError as error:  # what Chroma's client raises where nobody answers at its start
        if "connect" in str(error).lower():
            raise VectorServerError(gone) from error
        raise
