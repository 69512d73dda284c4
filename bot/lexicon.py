"""The lexicon: data files about how people word questions, loaded once and typed."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_CACHED = 32  # data files, of which there are a dozen


@dataclass(frozen=True)
class Want:
    """What a number question wants: the cues in its words, the units of a fitting figure, the asked field."""

    cues: tuple[str, ...]
    units: tuple[str, ...]
    field: str | None


@dataclass(frozen=True)
class Lexicon:
    """`lexicon.toml`, compiled."""

    asking: frozenset[str]
    asks: re.Pattern[str]
    where: re.Pattern[str]
    where_plain: frozenset[str]
    meaning: tuple[str, ...]
    figure: re.Pattern[str]
    target: re.Pattern[str]
    location: re.Pattern[str]
    authors: re.Pattern[str]
    named: re.Pattern[str]
    past: re.Pattern[str]
    actual: tuple[re.Pattern[str], ...]
    detail: tuple[re.Pattern[str], ...]
    wants: tuple[Want, ...]
    kinds: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    fixed: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    outside: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Places:
    """`places.toml`: names of places, and spellings that mean them."""

    province: tuple[str, ...]
    inside: tuple[str, ...]
    outside: tuple[str, ...]
    spelling: dict[str, str]


def load_data(name: str) -> dict[str, Any]:
    """Read a TOML data file of this package; all who do share what is given, and must not change it."""
    path = _HERE / name
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(_CACHED)
def _parsed(path: Path, changed: int) -> dict[str, Any]:
    # Parsing takes milliseconds, and some files are asked for with every question; fitting writes them anew.
    with path.open("rb") as file:
        return tomllib.load(file)


@cache
def lexicon() -> Lexicon:
    """The compiled lexicon."""
    data = load_data("lexicon.toml")
    wants = tuple(
        Want(tuple(want["cues"]), tuple(want["units"]), want.get("field")) for want in data["wants"]
    )
    return Lexicon(
        asking=frozenset(data["asking"]["words"]),
        asks=re.compile(data["asking"]["asks"]),
        where=re.compile(data["asking"]["where"]),
        where_plain=frozenset(data["asking"]["where_plain"]),
        meaning=tuple(data["asking"]["meaning"]),
        figure=re.compile(data["asking"]["figure"]),
        target=re.compile(data["asking"]["target"]),
        location=re.compile(data["asking"]["location"]),
        authors=re.compile(data["asking"]["authors"]),
        named=re.compile(data["beyond"]["named"]),
        past=re.compile(data["beyond"]["past"]),
        actual=tuple(re.compile(pattern) for pattern in data["beyond"]["actual"]),
        detail=tuple(re.compile(pattern) for pattern in data["beyond"]["detail"]),
        wants=wants,
        kinds=_compile(data["kinds"]),
        fixed=_compile(data["fixed"]),
        outside=tuple(re.compile(pattern) for pattern in data["outside"]["patterns"]),
    )


@cache
def places() -> Places:
    """The names of places."""
    data = load_data("places.toml")
    return Places(tuple(data["province"]), tuple(data["inside"]), tuple(data["outside"]), data["spelling"])


def _compile(groups: dict[str, list[str]]) -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    return tuple(
        (name, tuple(re.compile(pattern) for pattern in patterns)) for name, patterns in groups.items()
    )
