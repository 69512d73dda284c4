"""BM25 scores as postings: for each term the documents that have it, and what it adds to the score of each.

bm25s works them out when an index is built; asking adds them up, for which nothing of it is needed: to import
it with SciPy takes a third of a second and eleven megabytes.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from ingest.vocabulary import Vocabulary

_SIZE = "size.json"
_ARRAYS = ("starts", "documents", "scores")


class Postings:
    """The postings of one field, by the rows of a `Vocabulary`.

    Args:
        starts: int32; where the postings of each row begin, and last where those of the last one end.
        documents: the documents of all postings.
        scores: what the term adds to each.
        size: how many documents there are.
    """

    def __init__(self, starts: np.ndarray, documents: np.ndarray, scores: np.ndarray, size: int) -> None:
        self._starts, self._documents, self._scores = starts, documents, scores
        self._start = memoryview(
            cast(Any, starts)
        )  # gives plain numbers, which slice faster than numpy's own
        self.size = size

    @classmethod
    def build(cls, documents: Sequence[list[str]], vocabulary: Vocabulary, k1: float, b: float) -> "Postings":
        """BM25 (Lucene's) of documents that are cut into terms of a vocabulary."""
        import bm25s

        field = bm25s.BM25(k1=k1, b=b)
        field.index(documents, show_progress=False)
        made = field.scores
        columns = len(made["indptr"]) - 1  # beyond is what bm25s keeps for documents without a term
        indptr = made["indptr"].tolist()
        here = sorted(
            (row, column)
            for term, column in field.vocab_dict.items()
            if column < columns and (row := vocabulary.row(term)) is not None
        )
        slices = [slice(indptr[column], indptr[column + 1]) for _, column in here]
        lengths = np.zeros(vocabulary.rows + 1, dtype=np.int32)
        lengths[[row + 1 for row, _ in here]] = [part.stop - part.start for part in slices]
        return cls(
            np.cumsum(lengths, dtype=np.int32),
            np.concatenate([made["indices"][part] for part in slices]).astype(np.int32),
            np.concatenate([made["data"][part] for part in slices]).astype(np.float32),
            int(made["num_docs"]),
        )

    def of(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """The documents that have a term, and what it adds to their scores."""
        here = slice(self._start[row], self._start[row + 1])
        return self._documents[here], self._scores[here]

    def total(self, rows: Sequence[int]) -> np.ndarray | None:
        """The scores of all documents for these terms together; None where no document has any."""
        start = self._start
        here = [slice(start[row], start[row + 1]) for row in rows if start[row] < start[row + 1]]
        if not here:
            return None
        total = np.zeros(self.size, dtype=np.float32)
        for part in here:
            total[self._documents[part]] += self._scores[part]  # a document stands in a term's postings once
        return total

    def save(self, folder: Path) -> None:
        """Write the postings into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in zip(_ARRAYS, (self._starts, self._documents, self._scores), strict=True):
            np.save(folder / f"{name}.npy", array)
        (folder / _SIZE).write_text(json.dumps(self.size), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Postings":
        """Read what `save` wrote."""
        size = int(json.loads((folder / _SIZE).read_text(encoding="utf-8")))
        starts, documents, scores = (np.load(folder / f"{name}.npy") for name in _ARRAYS)
        return cls(starts, documents, scores, size)
