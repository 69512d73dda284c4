"""BM25 scores as postings: for each term the documents that have it, and what it adds to the score of each.

bm25s works them out when an index is built; asking adds them up, for which nothing of it is needed: to import
it with SciPy takes a third of a second and eleven megabytes.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_TERMS = "terms.json"
_ARRAYS = ("starts", "documents", "scores")


class Postings:
    """The postings of one field.

    Args:
        terms: in the order of their postings.
        starts: where the postings of each term begin, and last where those of the last one end.
        documents: the documents of all postings.
        scores: what the term adds to each.
        size: how many documents there are.
    """

    def __init__(
        self, terms: Sequence[str], starts: np.ndarray, documents: np.ndarray, scores: np.ndarray, size: int
    ) -> None:
        # One string for a term in all fields.
        self._rows = {sys.intern(term): row for row, term in enumerate(terms)}
        self._starts, self._documents, self._scores = starts, documents, scores
        self.size = size

    @classmethod
    def build(cls, documents: Sequence[list[str]], k1: float, b: float) -> "Postings":
        """BM25 (Lucene's) of documents that are cut into terms."""
        import bm25s

        field = bm25s.BM25(k1=k1, b=b)
        field.index(documents, show_progress=False)
        made = field.scores
        terms = sorted(field.vocab_dict, key=field.vocab_dict.__getitem__)
        terms = terms[: len(made["indptr"]) - 1]  # beyond is what bm25s keeps for documents without a term
        return cls(terms, made["indptr"], made["indices"], made["data"], int(made["num_docs"]))

    def of(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """The documents that have a term, and what it adds to their scores."""
        row = self._rows.get(term)
        here = slice(0) if row is None else slice(self._starts[row], self._starts[row + 1])
        return self._documents[here], self._scores[here]

    def total(self, terms: Sequence[str]) -> np.ndarray:
        """The scores of all documents for these terms together."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in terms:
            documents, scores = self.of(term)
            total[documents] += scores  # a document stands in a term's postings once
        return total

    def save(self, folder: Path) -> None:
        """Write the postings into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in zip(_ARRAYS, (self._starts, self._documents, self._scores), strict=True):
            np.save(folder / f"{name}.npy", array)
        held = {"size": self.size, "terms": list(self._rows)}
        (folder / _TERMS).write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Postings":
        """Read what `save` wrote."""
        held = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
        starts, documents, scores = (np.load(folder / f"{name}.npy") for name in _ARRAYS)
        return cls(held["terms"], starts, documents, scores, held["size"])
