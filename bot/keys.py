"""Exact keys: glossary terms, indicators, 专栏 titles and item names that a question names outright."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from bot.lexicon import load_data
from bot.named import Names, longest_first, word_position
from ingest.index import PlanIndex
from ingest.plan import Box, Indicator, Plan, Term
from ingest.sounds import spell
from ingest.terms import normalise

_SLIP_LENGTH = 4  # a name this long may have one wrong character
_TAIL_LENGTH = 6  # characters of a term's tail that may stand for it
_LATIN = re.compile(r"[a-z]{4,}(?:[ '-]?[a-z]+)*")
_NUMERALS = "二三四五六七八九十两百千万"
_PERIOD = re.compile(r"十[一二三四五]五")  # 十四五: a five-year period, no list
_NAMED_NUMBER = re.compile(
    rf"“([^”，。]*[{_NUMERALS}一][^”，。]*)”|([{_NUMERALS}]+大[\u4e00-\u9fff]{{2,4}})(?=[，。、；”])"
)
_NUMBER_LENGTH = range(3, 15)
_LOOSE = re.compile(r"[（）()\-·、，,\s]")


@dataclass(frozen=True)
class Keys:
    """What a question names: in the order in which the names stand in it."""

    terms: tuple[Term, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    boxes: tuple[Box, ...] = ()
    numbers: tuple[str, ...] = ()  # named numbers of the plan: 六个回归, 三区四屏三廊一网
    items: tuple[str, ...] = ()  # passage ids of box items and paragraphs whose name is in the question
    item_names: tuple[str, ...] = ()  # their names
    indicator_share: float = 1.0  # of the question's informative characters, how many name the indicators
    slip: str | None = None  # the name that was meant, where the question had it with a slip or in pinyin


class KeyIndex:
    """Finds the names of a plan in questions."""

    def __init__(self, index: PlanIndex) -> None:
        self._index, plan = index, index.plan
        boxes = [box for _, _, box in plan.boxes()]
        self._terms = longest_first(
            (normalise(form), term) for term in plan.terms for form in (term.name, *term.aliases)
        )
        self._term_names = Names([*self._terms, *_tails(self._terms)])
        self._boxes = Names(longest_first((normalise(box.title), box) for box in boxes))
        self._box_by_number = {box.number: box for box in boxes}
        names: dict[str, list[str]] = {}
        for node in index.passages:
            if node.metadata["kind"] in ("box_item", "paragraph") and node.metadata.get("lead"):
                names.setdefault(loose(node.metadata["lead"]), []).append(node.node_id)
        for name, ids in list(names.items()):
            for short in _short_names(name):
                names.setdefault(short, []).extend(ids)
        self._item_name = {passage: name for name, ids in names.items() for passage in ids}
        items = ((name, tuple(ids)) for name, ids in names.items() if len(name) >= 4)
        self._items = Names(longest_first(items))
        self._numbers = Names(longest_first((name, name) for name in _named_numbers(plan)))
        table = plan.indicator_table()
        self._indicators = list(table[2].indicators) if table else []
        self._indicator_words = self._named_indicators()
        self._indicator_patterns = [
            (re.compile(pattern), indicator)
            for entry in _indicator_data()["indicator"]
            for indicator in self._indicators
            if entry["name"] in indicator.name
            for pattern in entry.get("patterns", ())
        ]

    def _named_indicators(self) -> Names[Indicator]:
        said = _indicator_data()["indicator"]
        found = []
        for indicator in self._indicators:
            for form in (indicator.name, indicator.full_name):
                found.append((loose(normalise(form)), indicator))
            for entry in said:
                if entry["name"] in indicator.name:
                    found += [(loose(normalise(word)), indicator) for word in entry["words"]]
        return Names(longest_first(found))

    def find(self, text: str, box: int | None = None, content: Sequence[str] = ()) -> Keys:
        """The keys in a normalised question; `box`: the 专栏 it points to, `content`: what it is about."""
        terms = self._term_names.find(text)
        slip = None
        if not terms:
            meant = self._by_pinyin(text) or self._by_slip(text)
            if meant:
                terms, slip = (meant,), meant.name
        squeezed = loose(text)
        boxes = list(self._boxes.find(text))
        if box is not None and box in self._box_by_number and self._box_by_number[box] not in boxes:
            boxes.insert(0, self._box_by_number[box])
        measured = re.sub(_indicator_data()["measure"], "", squeezed)
        spoken = [
            (match.group(), indicator)
            for pattern, indicator in self._indicator_patterns
            if (match := pattern.search(measured))
        ]
        named = self._indicator_words
        if spoken:
            named = Names(longest_first([*named, *spoken]))
        indicators = named.find(measured)
        items = tuple(passage for ids in self._items.find(squeezed) for passage in ids)
        item_names = tuple(self._item_name[passage] for passage in items)
        numbers = () if terms else self._numbers.find(text)
        share = _named_share(measured, named, indicators, content) if indicators else 1.0
        return Keys(terms, indicators, tuple(boxes), numbers, items, item_names, share, slip)

    def names(self) -> list[str]:
        """Every name that can be asked for: terms, indicators, 专栏 titles, items and leads."""
        groups = (self._terms, self._indicator_words, self._boxes, self._items)
        return [name for group in groups for name, _ in group]

    def box(self, number: int) -> Box | None:
        """The 专栏 with this number."""
        return self._box_by_number.get(number)

    def _by_slip(self, text: str) -> Term | None:
        from rapidfuzz import fuzz

        best: tuple[float, Term] | None = None
        for name, term in self._terms:
            if len(name) < _SLIP_LENGTH or len(text) < len(name) - 1 or not _ends_fit(name, text):
                continue
            found = fuzz.partial_ratio_alignment(name, text)
            if found is None or found.score < 100 * (1 - 1 / len(name)) - 0.01:
                continue
            written = text[found.dest_start : found.dest_end]
            if (best is None or found.score > best[0]) and self._is_slip(written, name):
                best = (found.score, term)
        return best[1] if best else None

    def _is_slip(self, written: str, name: str) -> bool:
        """Whether something like a name is that name: no words of the plan's own, and no other number."""
        own = len(written) == len(name) and written in self._index.text
        return not own and all(char in written for char in name if char in _NUMERALS)

    def _by_pinyin(self, text: str) -> Term | None:
        runs = ["".join(char for char in run if char.isalpha()) for run in _LATIN.findall(text)]
        if not runs:
            return None
        spelt = "".join(_spell(text))
        for name, term in self._terms:
            form = self._pinyin[name]
            if len(form) >= 6 and form in spelt:
                return term
        return None

    @cached_property
    def _pinyin(self) -> dict[str, str]:
        return {name: "".join(_spell(name)) for name, _ in self._terms}


@cache
def _indicator_data() -> dict[str, Any]:
    return load_data("indicators.toml")


def _tails(terms: list[tuple[str, Term]]) -> list[tuple[str, Term]]:
    """Long tails by which only one term can be meant: 西部生态经济带 for 东北地区西部生态经济带."""
    found: dict[str, set[int]] = {}
    by_number = {term.number: term for _, term in terms}
    for name, term in terms:
        for start in range(1, len(name) - _TAIL_LENGTH + 1):
            found.setdefault(name[start:], set()).add(term.number)
    names = {name for name, _ in terms}
    unique = (
        (tail, numbers.pop()) for tail, numbers in found.items() if len(numbers) == 1 and tail not in names
    )
    return longest_first((tail, by_number[number]) for tail, number in unique)


def _named_numbers(plan: Plan) -> set[str]:
    found = {normalise(quoted or plain) for quoted, plain in _NAMED_NUMBER.findall(plan.text)}
    terms = {normalise(form) for term in plan.terms for form in (term.name, *term.aliases)}
    counted = {name for name in found if re.search(f"[{_NUMERALS}]", name) and not _PERIOD.search(name)}
    return {name for name in counted if len(name) in _NUMBER_LENGTH} - terms


_LINE = re.compile(
    r"^([\u4e00-\u9fff]{2,4}?)(?:经([\u4e00-\u9fff]{2,4}?))?(?:至|到)([\u4e00-\u9fff]{2,4}?)(高铁|铁路|高速公路|高速|公路)"
)


def _short_names(name: str) -> tuple[str, ...]:
    """What a line is called for short: 沈白高铁 for 沈阳至白河高铁, 长辽通铁路 for 长春经辽源至通化铁路."""
    match = _LINE.match(name)
    if match is None:
        return ()
    first, via, last, kind = match.groups()
    kinds = {kind, kind.removesuffix("公路") or kind, "高铁" if kind == "铁路" else kind}
    ends = [first[0] + last[0], *([first[0] + via[0] + last[0]] if via else [])]
    return tuple(f"{end}{kind}" for end in ends for kind in sorted(kinds))


def loose(text: str) -> str:
    """A name without brackets, dashes and stops, as people type it."""
    return _LOOSE.sub("", normalise(text))


def _spell(text: str) -> list[str]:
    return [re.sub(r"[^a-z0-9+]", "", syllable) for syllable in spell(text)]


def _ends_fit(name: str, text: str) -> bool:
    # One slip inside a name leaves its beginning or its end as it was.
    return name[:2] in text or name[-2:] in text


def _named_share(
    text: str, names: Names[Indicator], indicators: Sequence[Indicator], content: Sequence[str]
) -> float:
    """Of the informative words, by length, those that are part of a name found in `text`.

    Figures, and words that only ask for a figure or its change (提高, 百分点), are neither.
    """
    named = [name for name, _ in names.standing(text) if word_position(text, name) >= 0]
    # 「每千人口执业医师数」 is found by 执业医师; 每千人口 is part of the printed name as well.
    named += [loose(indicator.full_name) for indicator in indicators]
    asks = _indicator_data()["asks"]
    words = [word for word in content if not re.search(r"\d", word) and not any(word in ask for ask in asks)]
    total = sum(map(len, words))
    held = sum(
        len(word) for word in words if any(loose(word) in name or name in loose(word) for name in named)
    )
    return held / total if total else 1.0
