"""What each passage has in common with a question: the features that ranking and judging weigh."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
from llama_index.core.schema import TextNode

from bot.expand import official_words
from bot.figures import Figure, figures_of, nearness
from bot.keys import Keys, loose
from bot.lexicon import lexicon, places
from bot.period import periods_in
from bot.question import Question
from ingest.enrichment import Enrichment
from ingest.lexical import LexicalIndex
from ingest.terms import bigrams, normalise

FEATURES = (
    "text", "head", "questions", "keywords", "dense", "asked", "late", "coverage", "name", "number", "year",
    "place", "elsewhere", "unit", "figure", "key", "term", "postscript", "outline",
)  # fmt: skip
_KINDS = ("term", "postscript", "outline")  # kinds of passage that are features of their own
_CACHED_WORDS = 20_000
_OFFICIAL_SHARE = 0.7  # of a word's weight, where only an official word for it stands in the passage
_NAMED = 0.7  # share of a passage's name from which the question names it
_BOX_SHARE = 0.6  # of a key, where the question names the 专栏 and not the item
_TABLE_YEARS = frozenset({"2020", "2025"})
_FIGURE = re.compile(r"\d+(?:\.\d+)?%?")
_UNIT = re.compile(
    r"\d(?:万亿元|亿元|万元|元|公里/小时|平方公里|公里|千米|万平方米|平方米|米|%|万人次|人次|万人|人|万亩|亩|万吨|吨|亿斤|斤|"
    r"万千瓦|千瓦|兆瓦|亿立方米|万立方米|立方米|户|名|年|月|日)"
)


class PassageFeatures:
    """Compares questions with a fixed set of passages; arrays are in the order of the passages."""

    def __init__(
        self,
        passages: Sequence[TextNode],
        lexical: LexicalIndex,
        enrichment: Mapping[str, Enrichment],
        period: str = "",
    ) -> None:
        """Make ready to compare questions with `passages`; `period` is the plan's own five-year period."""
        self.period = period
        self.passages = passages
        self.lexical = lexical
        self._position = {node.node_id: i for i, node in enumerate(passages)}
        self._texts = [
            normalise(f"{node.metadata.get('title', '')} {node.metadata.get('lead', '')}\n{node.text}")
            for node in passages
        ]
        self._extras = [_extra_words(enrichment.get(node.node_id)) for node in passages]
        self._names = [_names(node) for node in passages]
        self._distinct_names = frozenset(self._names)  # many passages have the same
        self._held: dict[str, np.ndarray] = {}

    def of(self, question: Question, keys: Keys) -> dict[str, np.ndarray]:
        """The features that need no index: coverage, name, number, year, place, unit, key and kinds."""
        count = len(self.passages)
        zeros = np.zeros(count, dtype=np.float32)
        asked = loose(question.text)
        others = tuple(period for period in question.periods if period != self.period)
        named = (*question.inside, *question.outside)
        shares = {own: _name_share(own, asked) for own in self._distinct_names}
        names = np.array([shares[own] for own in self._names], dtype=np.float32)
        units = set(question.want.units) if question.want else set()
        return {
            "coverage": self.coverage(question),
            "name": names,
            "number": self._share(question.numbers) if question.numbers else zeros,
            "year": self._share((*question.years, *others)) if question.years or others else zeros,
            "place": np.array([_place_share(named, here) for here in self._places], dtype=np.float32)
            if named
            else zeros,
            "unit": np.array([float(bool(units & here)) for here in self._units], dtype=np.float32)
            if units
            else zeros,
            "elsewhere": self._elsewhere(question, names),
            "figure": self._figure(question) if units and question.asks_figure else zeros,
            "key": self._keys(keys),
            **self._kinds,
            # Who wrote the plan is told in its postscript; else its many names only distract.
            "postscript": self._kinds["postscript"] * float(not lexicon().authors.search(question.text)),
        }

    def coverage(self, question: Question) -> np.ndarray:
        """For every passage, the share by idf of the question's informative words that it holds.

        A word is held if it stands in the passage or among its keywords; one the thesaurus explains is held
        for part of its weight if an official word stands there; else half of the share of its bigrams counts.
        """
        idf, unknown = self.lexical.idf, self.lexical.unknown_idf
        total = np.zeros(len(self.passages), dtype=np.float32)
        weight_sum = 0.0
        for word in dict.fromkeys(question.content):
            weight = idf.get(word, unknown)
            weight_sum += weight
            held = self._share_of_word(word)
            for official in official_words(word):
                held = np.maximum(held, _OFFICIAL_SHARE * self.holding(official))
            total += weight * held
        return total / weight_sum if weight_sum else total

    def holding(self, word: str) -> np.ndarray:
        """For every passage 1 if `word` (normalised) stands in it, 0.9 if in words written for it, else 0."""
        held = self._held.get(word)
        if held is None:
            held = np.fromiter(
                (
                    1.0 if word in text else 0.9 if word in extra else 0.0
                    for text, extra in zip(self._texts, self._extras, strict=True)
                ),
                dtype=np.float32,
                count=len(self._texts),
            )
            if len(self._held) < _CACHED_WORDS:
                self._held[word] = held
        return held

    def text(self, position: int) -> str:
        """A passage's title, name and text, normalised."""
        return self._texts[position]

    def written(self, position: int) -> str:
        """The questions and keywords written for a passage, normalised; they are never shown."""
        return self._extras[position]

    def has_figure(self, position: int, figure: str) -> bool:
        """Whether a figure or year stands in a passage (in the table's rows: also the years of its head)."""
        return figure in self._figures[position]

    def _share_of_word(self, word: str) -> np.ndarray:
        held = self.holding(word)
        grams = bigrams(word)
        if len(grams) > 1:
            held = np.maximum(held, 0.5 * np.mean([self.holding(gram[1:]) for gram in grams], axis=0))
        return held

    def _share(self, wanted: tuple[str, ...]) -> np.ndarray:
        return np.array(
            [sum(value in here for value in wanted) / len(wanted) for here in self._figures], dtype=np.float32
        )

    def _elsewhere(self, question: Question, names: np.ndarray) -> np.ndarray:
        """1 for passages named after a place that the question does not name (a project somewhere)."""
        asked = set(question.inside) | set(question.outside)
        apart = [bool(own) and not own & asked for own in self._lead_places]
        return np.array(apart, dtype=np.float32) * (names < _NAMED)

    def _figure(self, question: Question) -> np.ndarray:
        """How near the question stands to a figure of the wanted unit in each passage."""
        units = question.want.units if question.want else ()
        return np.array(
            [
                max(
                    (
                        nearness(question, figure.clause, f"{head} {figure.earlier}")
                        for figure in figures
                        if any(figure.unit.endswith(unit) for unit in units)
                    ),
                    default=0.0,
                )
                for head, figures in self._clauses
            ],
            dtype=np.float32,
        )

    def _keys(self, keys: Keys) -> np.ndarray:
        named = np.zeros(len(self.passages), dtype=np.float32)
        boxes = {box.number for box in keys.boxes}
        if boxes:
            named[[i for i, node in enumerate(self.passages) if node.metadata.get("box") in boxes]] = (
                _BOX_SHARE
            )
        for passage_id in (*(f"term.{term.number}" for term in keys.terms), *keys.items):
            named[self._position[passage_id]] = 1.0
        for indicator in keys.indicators:  # GDP in a question about something else is a weak key
            named[self._position[f"ind.{indicator.number}"]] = keys.indicator_share
        return named

    @cached_property
    def _figures(self) -> list[frozenset[str]]:
        periods: dict[str, set[str]] = {}  # of whole paragraphs: a part is of the period its paragraph names
        for node in self.passages:
            periods.setdefault(_paragraph(node), set()).update(periods_in(node.text))
        found = [
            frozenset((*_FIGURE.findall(node.text), *periods[_paragraph(node)])) for node in self.passages
        ]
        # The years of the table stand in its head, not in its rows.
        return [
            here | _TABLE_YEARS if node.metadata.get("kind") == "indicator" else here
            for node, here in zip(self.passages, found, strict=True)
        ]

    @cached_property
    def _clauses(self) -> list[tuple[str, tuple[Figure, ...]]]:
        return [
            (normalise(str(node.metadata.get("lead", ""))), figures_of.__wrapped__(node.text))
            for node in self.passages
        ]

    @cached_property
    def _lead_places(self) -> list[frozenset[str]]:
        names = (*places().inside, *places().outside)
        leads = [str(node.metadata.get("lead", "")) for node in self.passages]
        return [frozenset(name for name in names if name in lead) for lead in leads]

    @cached_property
    def _units(self) -> list[frozenset[str]]:
        return [frozenset(found[1:] for found in _UNIT.findall(node.text)) for node in self.passages]

    @cached_property
    def _places(self) -> list[frozenset[str]]:
        names = (*places().inside, *places().outside)
        return [frozenset(name for name in names if name in text) for text in self._texts]

    @cached_property
    def _kinds(self) -> dict[str, np.ndarray]:
        return {
            kind: np.array([node.metadata.get("kind") == kind for node in self.passages], dtype=np.float32)
            for kind in _KINDS
        }


def _paragraph(node: TextNode) -> str:
    """The id of the paragraph that a passage is, or is a part of (c01s01.p01 for c01s01.p01.2)."""
    return re.sub(r"(?<=\.p\d\d)\.\d+$", "", node.node_id)


def _extra_words(entry: Enrichment | None) -> str:
    return normalise("\n".join((*entry.every_question, *entry.keywords))) if entry else ""


def _names(node: TextNode) -> tuple[str, ...]:
    return tuple(loose(name) for name in str(node.metadata.get("lead", "")).split("，") if name)


def _place_share(named: tuple[str, ...], found: frozenset[str]) -> float:
    return sum(name in found for name in named) / len(named) if found & set(named) else -0.5


def _name_share(names: tuple[str, ...], asked: str) -> float:
    """How much of a passage's name stands in the question: 1 for all of it, less for long parts of it."""
    best = 0.0
    asked_pairs = _pairs(asked)
    for name in names:
        if len(name) < 3:
            continue
        if name in asked:
            return 1.0
        if len(name) >= 5:
            pairs = _pairs(name)
            best = max(best, 0.8 * len(pairs & asked_pairs) / len(pairs))
    return best


@lru_cache(maxsize=4096)  # of names, which stay the same, and of the question in hand
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))
