"""Which plans a question names, and what is left of it when their names are taken out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.lexicon import places
from bot.period import periods_in
from bot.question import clean, simplify
from ingest.library.catalogue import PlanEntry
from ingest.library.title import owner_of

_MARK = "\x00"  # stands where a plan's name stood
_OF_PLAN = "(?:时期|期间)?的?(?:规划纲要|规划|纲要)?的?"
_PLAN = re.compile(r"[“\"]?(?:十[一二三四五六七八九]五)?[”\"]?(?:发展)?(?:规划|纲要)")


@dataclass(frozen=True)
class Named:
    """The plans that a question names.

    Attributes:
        keys: of the plans, in the order in which they are named.
        text: the question without their names.
        rest: the same without the words that only compare; it is what each side is asked.
        compares: whether it sets plans against each other.
    """

    keys: tuple[str, ...]
    text: str
    rest: str
    compares: bool

    @property
    def bare(self) -> bool:
        """Whether nothing is left but what asks on (「那岚原省呢」)."""
        return _rules()["bare"].fullmatch(self.rest) is not None


@dataclass(frozen=True)
class Survey:
    """A question for which plans say something: what it asks about, and the plans it is about."""

    about: str
    level: str
    periods: tuple[str, ...]

    def wants(self, entry: PlanEntry) -> bool:
        """Whether a plan is one of those asked about."""
        return (not self.level or entry.level == self.level) and (
            not self.periods or entry.period in self.periods
        )


class PlanNames:
    """The names of a catalogue's plans.

    Args:
        entries: the catalogue.
        home: key of the plan that is meant where none is named.
    """

    def __init__(self, entries: Iterable[PlanEntry], home: str) -> None:
        self.entries = {entry.key: entry for entry in entries}
        self.home = home
        self._regions: dict[str, list[PlanEntry]] = {}
        self._shorts: set[str] = set()  # names that mean a plan only where the plan itself is spoken of
        for entry in self.entries.values():
            short = owner_of(f"{entry.region}国民经济").names[-1]
            for name in entry.names:
                self._regions.setdefault(name, []).append(entry)
                if name == short != entry.region and entry.level not in ("省", ""):
                    self._shorts.add(name)
        # A longer name that is no plan's hides a plan's inside it: 长白山 does not name 白山.
        known = {*self._regions, *places().inside, *places().outside}
        self._pattern = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))

    def find(self, question: str) -> Named:
        """The plans that a question names by their regions, each in the edition whose period is named."""
        text = simplify(clean(question))
        periods = periods_in(text)
        keys: dict[str, None] = {}
        pieces: list[str] = []
        at = 0
        for match in self._pattern.finditer(text):
            found = self._meant(match, text, periods)
            if not found or match.start() < at:
                continue
            keys |= dict.fromkeys(entry.key for entry in found)
            pieces += [text[at : match.start()].removesuffix("《"), _MARK]
            at = self._end_of(match, text, found)
        marked = "".join([*pieces, text[at:]])
        if len({self.entries[key].side for key in keys}) < len(keys):  # two editions of one region's plan
            for key in keys:
                marked = re.sub(rf"[“\"]?{self.entries[key].period}[”\"]?{_OF_PLAN}", _MARK, marked)
        rules = _rules()
        compares = len(keys) > 1 and rules["comparing"].search(marked.replace(_MARK, "某省")) is not None
        left = _joined(marked)
        rest = left
        for pattern in rules["compared"] if compares else ():
            rest = pattern.sub("", rest)
        return Named(tuple(keys), left, rest.strip(" ，,：:"), compares)

    def survey(self, question: str) -> Survey | None:
        """The question as one for which plans say something; None if it is none."""
        text = simplify(clean(question))
        for pattern in _rules()["surveys"]:
            match = pattern.search(text)
            if match:
                about = _rules()["says"].sub(" ", f"{text[: match.start()]} {text[match.end() :]}")
                return Survey(" ".join(about.split()), match.groupdict().get("level") or "", periods_in(text))
        return None

    def editions(self, entry: PlanEntry) -> list[PlanEntry]:
        """All plans like `entry` of its region, the latest period first."""
        same = [other for other in self.entries.values() if other.side == entry.side]
        return sorted(same, key=lambda other: _ORDER.find(other.period[1:2] or "?"), reverse=True)

    def _meant(self, match: re.Match[str], text: str, periods: Sequence[str]) -> list[PlanEntry]:
        name = match.group()
        regions = self._regions.get(name, [])
        if not regions or (name in self._shorts and not _PLAN.match(text, match.end())):
            return []
        own = next((entry for entry in regions if entry.key == self.home), None)
        first = own or regions[0]
        editions = [entry for entry in self.editions(first) if entry in regions]
        of_period = [entry for entry in editions if entry.period in periods]
        if own:
            # The home plan speaks of the periods before it as well: only the plan itself is another edition.
            named = [p for p in periods if re.search(rf"{p}[”\"]?(?:发展)?(?:规划|纲要)", text)]
            of_period = [entry for entry in of_period if entry.period in named]
            return of_period or [own]
        return of_period or editions[:1]

    def _end_of(self, match: re.Match[str], text: str, found: Sequence[PlanEntry]) -> int:
        around = _rules()["around"].match(text, match.end())
        if around is None:
            return match.end()
        period = around.groupdict().get("period")
        if period and period not in {entry.period for entry in found}:
            return match.end()  # a period that no plan is of stays part of the question
        return int(around.end())


_ORDER = "一二三四五六七八九"


def _joined(marked: str) -> str:
    joints = _rules()["joints"]
    text = re.sub(rf"{_MARK}(?:(?:{joints})*{_MARK})+", _MARK, marked)
    text = re.sub(rf"^(?:请问|问一下)?{_MARK}(?:{joints})?", "", text)
    return text.replace(_MARK, "").strip(" ，,：:")


@cache
def _rules() -> Mapping[str, Any]:
    import tomllib

    with (Path(__file__).resolve().parent / "plans.toml").open("rb") as file:
        data = tomllib.load(file)
    return {
        name: value
        if name == "joints"
        else [re.compile(entry) for entry in value]
        if isinstance(value, list)
        else re.compile(value)
        for name, value in data.items()
    }
