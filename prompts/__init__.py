"""Fixed wording and prompts: plain files, one purpose each, loaded by name with their variables checked."""

import re
import tomllib
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_VARIABLE = re.compile(r"\{([a-z_]+)\}")


@cache
def _wording() -> dict[str, str]:
    with (_HERE / "wording.toml").open("rb") as file:
        sections = tomllib.load(file)
    return {f"{section}.{name}": text for section, texts in sections.items() for name, text in texts.items()}


def wording(name: str, **variables: object) -> str:
    """A fixed wording of `wording.toml`, e.g. `wording("refusal.not_in_plan", nearest=…)`.

    Raises:
        KeyError: no such wording.
        ValueError: a variable is missing or not in the text.
    """
    return fill(_wording()[name], name, **variables)


def fill(text: str, name: str, **variables: object) -> str:
    """Put `variables` into the {places} of `text`.

    Raises:
        ValueError: a variable is missing, or one was given that the text does not have.
    """
    wanted = set(_VARIABLE.findall(text))
    if wanted != set(variables):
        raise ValueError(f"{name}: wants {sorted(wanted)}, was given {sorted(variables)}")
    return _VARIABLE.sub(lambda match: str(variables[match.group(1)]), text)
