"""Fixed wording and prompts: plain files, one purpose each, loaded by name with their variables checked."""

import re
import tomllib
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_VARIABLE = re.compile(r"\{([a-z_]+)\}")


@cache
def _wording() -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(_HERE.glob("*.toml")):
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
        texts |= {f"{section}.{name}": text for section, named in sections.items() for name, text in named.items()}
    return texts


def wording(name: str, /, **variables: object) -> str:
    """A fixed wording of the `.toml` files here, e.g. `wording("refusal.not_in_plan", nearest=…)`.

    Raises:
        KeyError: no such wording.
        ValueError: a variable is missing or not in the text.
    """
    return fill(_wording()[name], name, **variables)


def section(name: str) -> dict[str, str]:
    """All texts of a section as they stand, for a program part that fills them in itself.

    Raises:
        KeyError: no such section.
    """
    found = {key.partition(".")[2]: text for key, text in _wording().items() if key.startswith(f"{name}.")}
    if not found:
        raise KeyError(name)
    return found


def fill(text: str, name: str, /, **variables: object) -> str:
    """Put `variables` into the {places} of `text`.

    Raises:
        ValueError: a variable is missing, or one was given that the text does not have.
    """
    wanted = set(_VARIABLE.findall(text))
    if wanted != set(variables):
        raise ValueError(f"{name}: wants {sorted(wanted)}, was given {sorted(variables)}")
    return _VARIABLE.sub(lambda match: str(variables[match.group(1)]), text)
