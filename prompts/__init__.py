"""Fixed wording and prompts: plain files, one purpose each, loaded by name with their variables checked."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_DIVIDER = "\n---\n"  # between what a model is told as its rules and what it is given


@dataclass(frozen=True)
class Prompt:
    """What a model is told: `rules` as the system's words, `task` as the user's.

    Attributes:
        name: its file's name without `.md`.
        rules: the rules, with {places}.
        task: what is given, with {places}.
        version: 8 hexadecimal digits of the file's content.
    """

    name: str
    rules: str
    task: str
    version: str

    @property
    def variables(self) -> frozenset[str]:
        """The places to fill in."""
        return frozenset(_VARIABLE.findall(self.rules + self.task))

    def filled(self, **variables: object) -> "Prompt":
        """The prompt with its places filled in; what is put in is not searched for places again.

        Raises:
            ValueError: a variable is missing, or one was given that the prompt does not have.
        """
        _check(self.variables, self.name, variables)
        return Prompt(self.name, _put(self.rules, variables), _put(self.task, variables), self.version)


@cache
def _wording() -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(_HERE.glob("*.toml")):
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
        texts |= {
            f"{section}.{name}": text for section, named in sections.items() for name, text in named.items()
        }
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
    _check(frozenset(_VARIABLE.findall(text)), name, variables)
    return _put(text, variables)


@cache
def prompt(name: str) -> Prompt:
    """The prompt of `<name>.md`: rules, a line of `---`, the task; without that line it is all task.

    Raises:
        KeyError: there is no such file.
        ValueError: the file has no task.
    """
    path = _HERE / f"{name}.md"
    if not path.exists():
        raise KeyError(name)
    text = path.read_text(encoding="utf-8")
    rules, divider, task = text.partition(_DIVIDER)
    if not divider:
        rules, task = "", text
    if not task.strip():
        raise ValueError(f"{path.name}: has no task")
    version = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Prompt(name, rules.strip(), task.strip(), version)


def _check(wanted: frozenset[str], name: str, variables: Mapping[str, object]) -> None:
    if wanted != set(variables):
        raise ValueError(f"{name}: wants {sorted(wanted)}, was given {sorted(variables)}")


def _put(text: str, variables: Mapping[str, object]) -> str:
    return _VARIABLE.sub(lambda match: str(variables[match.group(1)]), text)
