"""The vectors of all plans in one Chroma collection, each with its plan as metadata, to search all plans.

A new version of a plan is added beside the old one, which goes when the catalogue has the new one: whoever
reads takes the version that the catalogue names. What a killed build left is cleared away by the next.
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

COLLECTION = "passages"
CHROMA_FILE = "chroma.sqlite3"  # is there where Chroma has kept something
_BATCH = 2000
# Over all plans the nearest passages only propose where to look: a graph that is quick to build is enough.
_HNSW: Final[Any] = {"space": "cosine", "ef_construction": 100, "ef_search": 200}


class VectorStore:
    """The collection; made if it is not there.

    Args:
        folder: where Chroma keeps it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client = _client(folder)
        self._collection = self._client.get_or_create_collection(
            COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None
        )

    def add(
        self, version: str, metadata: dict[str, str], passages: Sequence[str], vectors: np.ndarray
    ) -> None:
        """Add a version of a plan.

        Args:
            version: names it; no other plan or version has this name.
            metadata: of every vector: plan, level, period.
            passages: the passage ids.
            vectors: one row each.
        """
        for i in range(0, len(passages), _BATCH):
            here = range(i, min(i + _BATCH, len(passages)))
            self._collection.upsert(
                ids=[f"{version}/{k}" for k in here],
                embeddings=vectors[i : i + _BATCH],
                metadatas=[{**metadata, "version": version, "passage": passages[k]} for k in here],
            )

    def remove(self, version: str, passages: int) -> None:
        """Take a version with this many passages out; what is not there is no error."""
        # By their ids, which Chroma looks up; by metadata it would look through all plans.
        for i in range(0, passages, _BATCH):
            wanted = [f"{version}/{k}" for k in range(i, min(i + _BATCH, passages))]
            there = self._collection.get(ids=wanted, include=[])["ids"]
            if there:
                self._collection.delete(ids=there)

    def sweep(self, current: Mapping[str, int]) -> set[str]:
        """Clear away every version that is not in `current`, and say which of those are not whole.

        Args:
            current: the versions that should be there, with the number of their passages.
        """
        if self.count() == sum(current.values()):
            return set()
        there: Counter[str] = Counter()
        others: list[str] = []
        for i in range(0, self.count(), _BATCH):
            page = self._collection.get(limit=_BATCH, offset=i, include=["metadatas"])
            for id_, data in zip(page["ids"], page["metadatas"] or (), strict=True):
                version = str(data["version"])
                there[version] += 1
                if version not in current:
                    others.append(id_)
        for i in range(0, len(others), _BATCH):
            self._collection.delete(ids=others[i : i + _BATCH])
        return {version for version, passages in current.items() if there[version] != passages}

    def nearest(
        self, vector: Sequence[float], plans: Sequence[str] | None, most: int
    ) -> list[tuple[str, str, str, float]]:
        """The nearest passages over all plans, or the given ones: (plan, version, passage id, cosine)."""
        if plans is not None and not plans:  # Chroma takes no empty list
            return []
        where: Any = None if plans is None else {"plan": {"$in": list(plans)}}
        found = self._collection.query(
            query_embeddings=cast(Any, [list(vector)]),
            n_results=most,
            where=where,
            include=["metadatas", "distances"],
        )
        if not found["ids"][0] or found["metadatas"] is None or found["distances"] is None:
            return []
        return [
            (str(data["plan"]), str(data["version"]), str(data["passage"]), 1.0 - float(distance))
            for data, distance in zip(found["metadatas"][0], found["distances"][0], strict=True)
        ]

    def count(self) -> int:
        """How many passages there are, of all versions."""
        return self._collection.count()

    def close(self) -> None:
        """Let go of the files."""
        cast(Any, self._client).close()


def _client(folder: Path) -> "ClientAPI":
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
