"""Chinese names of kinds, users, stages and the like: `labels.toml`, loaded once."""

import tomllib
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent


@cache
def labels(group: str) -> dict[str, str]:
    """The names of one group, a table of `labels.toml` (kind, user, noise, stage, fault and so on).

    Raises:
        KeyError: there is no such group.
    """
    with (_HERE / "labels.toml").open("rb") as file:
        return dict(tomllib.load(file)[group])


def label(group: str, value: str | None) -> str:
    """The name of one value; the value itself where it has none, and 「无」 for None."""
    return "无" if value is None else labels(group).get(value, value)
