"""The terms of an index: one number for each, and how rare it is.

All fields share it: a plan with twenty thousand written questions has some eighty thousand terms, and a table
of them for each field took forty megabytes and a quarter of a second of a start.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeVar, overload

import numpy as np

_TERMS = "terms.txt"  # one a line, in order: no term has a line break
_IDF = "idf.npy"
T = TypeVar("T")


class Vocabulary(Mapping[str, float]):
    """The inverse document frequency of each term, read as a mapping, and its row.

    Args:
        idf: by term; the order is that of the rows.
        others: terms that no passage has, those of unanswered questions: they have a row and no idf.
    """

    def __init__(self, idf: Mapping[str, float], others: Iterable[str] = ()) -> None:
        self._rows = {term: row for row, term in enumerate(dict.fromkeys((*idf, *others)))}
        self._idf = array("d", idf.values())
        self.rarest = max(self._idf, default=1.0)  # the greatest idf there is

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def row(self, term: str) -> int | None:
        """The number of a term; None for one that is not there."""
        return self._rows.get(term)

    @overload
    def get(self, key: str, /) -> float | None: ...

    @overload
    def get(self, key: str, /, default: float | T) -> float | T: ...

    def get(self, key: str, /, default: object = None) -> object:
        """The idf of a term, or `default`; faster than what `Mapping` makes of `[]`."""
        row = self._rows.get(key)
        return default if row is None or row >= len(self._idf) else self._idf[row]

    def __getitem__(self, term: str) -> float:
        row = self._rows[term]
        if row >= len(self._idf):
            raise KeyError(term)
        return self._idf[row]

    def __iter__(self) -> Iterator[str]:
        return islice(self._rows, len(self._idf))

    def __len__(self) -> int:
        return len(self._idf)

    def save(self, folder: Path) -> None:
        """Write it into `folder`, idf to four places."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TERMS).write_bytes("\n".join(self._rows).encode())
        np.save(folder / _IDF, np.round(np.asarray(self._idf, dtype=np.float64), 4))

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """Read what `save` wrote.

        Raises:
            ValueError: there are fewer terms than numbers.
        """
        text = (folder / _TERMS).read_bytes().decode()
        terms = text.split("\n") if text else []
        idf = np.load(folder / _IDF).tolist()
        if len(terms) < len(idf):
            raise ValueError(f"{len(terms)} terms, {len(idf)} numbers")
        found = cls.__new__(cls)
        found._rows = dict(zip(terms, range(len(terms)), strict=True))
        found._idf = array("d", idf)
        found.rarest = max(idf, default=1.0)
        return found
