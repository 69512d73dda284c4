"""The rules that a model's sentences are held to, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def rules() -> dict[str, Any]:
    """`rules.toml`."""
    with (Path(__file__).resolve().parent / "rules.toml").open("rb") as file:
        return tomllib.load(file)
