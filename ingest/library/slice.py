"""A plan's vectors, held in memory and searched exactly: what a collection of Chroma is to a plan's index.

A plan has some hundred passages. To compare a question with all of them takes a tenth of a millisecond, a
filtered search of a graph over all plans some tens.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np


class PlanVectors:
    """The vectors of one plan with the part of a Chroma collection's interface that retrieval uses.

    Args:
        ids: of the vectors.
        vectors: one row each, of any length.
    """

    def __init__(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        self.ids = tuple(ids)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True) if len(ids) else np.ones((0, 1))
        self._unit = np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)

    def count(self) -> int:
        """How many there are."""
        return len(self.ids)

    def query(
        self, *, query_embeddings: Sequence[Sequence[float]], n_results: int, include: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The nearest ones by cosine distance, as Chroma gives them; `include` may name what it likes."""
        found: dict[str, Any] = {"ids": [], "distances": []}
        for query in query_embeddings:
            vector = np.asarray(query, dtype=np.float32)
            distances = 1.0 - self._unit @ (vector / (np.linalg.norm(vector) or 1.0))
            nearest = np.argsort(distances, kind="stable")[:n_results]
            found["ids"].append([self.ids[i] for i in nearest])
            found["distances"].append([float(distances[i]) for i in nearest])
        return found
