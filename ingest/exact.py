"""Vectors held in memory and searched exactly, beside those that Chroma holds.

To compare a question with all of some ten thousand vectors takes a fraction of a millisecond, less than a
graph takes to find the nearest ones, and two builds of one index give the same answers.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import IndexBuildError


class ExactVectors:
    """The vectors of passages or of written questions, told by their position.

    Args:
        vectors: one row each, of any length.

    Attributes:
        unit: float32, the same rows brought to length 1.
    """

    def __init__(self, vectors: np.ndarray) -> None:
        rows = np.asarray(vectors, dtype=np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        self.unit: np.ndarray = rows / np.where(lengths == 0, 1, lengths)

    def __len__(self) -> int:
        return len(self.unit)

    def cosines(self, vector: Any, nearest: int) -> np.ndarray:  # noqa: ANN401 - a list or an array
        """The cosine of every row with `vector`; all but the `nearest` count as far as the last of these."""
        if not len(self):
            return np.zeros(0, dtype=np.float32)
        query = np.asarray(vector, dtype=np.float32)
        # vecdot reads the rows three times as fast as the product of matrix and vector does.
        found: np.ndarray = np.vecdot(self.unit, query / (np.linalg.norm(query) or np.float32(1)))
        if nearest < len(found):
            np.maximum(found, np.partition(found, -nearest)[-nearest], out=found)
        return found

    def save(self, path: Path) -> str:
        """Write the vectors into a file; returns the SHA-256 of what they are."""
        np.save(path, self.unit)
        return _digest(self.unit)

    @classmethod
    def load(cls, path: Path, rows: int, digest: str) -> "ExactVectors":
        """Read what `save` wrote.

        Args:
            path: the file.
            rows: how many there must be.
            digest: what `save` returned.

        Raises:
            IndexBuildError: these are other vectors, or torn ones.
            Exception: whatever numpy raises where the file is no array.
        """
        unit = np.load(path)
        if len(unit) != rows:
            raise IndexBuildError(f"向量文件 {path.name} 有 {len(unit)} 条，应为 {rows} 条")
        if _digest(unit) != digest:
            raise IndexBuildError(f"向量文件 {path.name} 的内容已损坏")
        found = cls.__new__(cls)
        found.unit = unit
        return found


def _digest(unit: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(unit).data).hexdigest()
