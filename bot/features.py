"""What each passage has in common with a question: the features that ranking and judging weigh."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from llama_index.core.schema import TextNode

from bot.expand import official_words
from bot.figures import figures_of, nearness
from bot.holders import Holders, JoinedTexts
from bot.keys import Keys, loose
from bot.lexicon import lexicon, places
from bot.names import NameIndex
from bot.period import periods_in
from bot.question import Question
from ingest.enrichment import Enrichment
from ingest.indicators import column_years
from ingest.lexical import LexicalIndex
from ingest.plan import IndicatorTable
from ingest.terms import bigrams, normalise

FEATURES = (
    "text", "head", "questions", "keywords", "dense", "asked", "late", "coverage", "name", "number", "year",
    "place", "elsewhere", "unit", "figure", "key", "term", "postscript", "outline",
    "past",
)  # fmt: skip
_KINDS = ("term", "postscript", "outline")  # kinds of passage that are features of their own
_CACHED_WORDS = 20_000
_OFFICIAL_SHARE = 0.7  # of a word's weight, where only an official word for it stands in the passage
_NAMED = 0.7  # share of a passage's name from which the question names it
_BOX_SHARE = 0.6  # of a key, where the question names the 专栏 and not the item
_WRITTEN = 0.9  # of a word that stands only in what was written for a passage
_SHARES = np.array(
    [0.0, _WRITTEN, 1.0], dtype=np.float32
)  # of one that stands nowhere, there, in the passage
_NO_PLACE = -0.5  # what a passage gets that holds none of the places named
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
        positions: Mapping[str, int],
        period: str = "",
    ) -> None:
        """Make ready to compare questions with `passages`.

        Args:
            passages: in order.
            lexical: whose idf weighs the words.
            enrichment: what was written for the passages.
            positions: where each passage stands in the order, by its id.
            period: the plan's own five-year period.
        """
        self.period = period
        self.passages = passages
        self.lexical = lexical
        self._position = positions
        self._texts = [
            normalise(f"{node.metadata.get('title', '')} {node.metadata.get('lead', '')}\n{node.text}")
            for node in passages
        ]
        self._extras = [_extra_words(enrichment.get(node.node_id)) for node in passages]
        self._all_texts, self._all_extras = JoinedTexts(self._texts), JoinedTexts(self._extras)
        self._names = NameIndex([_names(node) for node in passages])
        self._held: dict[str, np.ndarray] = {}
        self._metadata: dict[str, Holders] = {}

    def of(self, question: Question, keys: Keys) -> dict[str, np.ndarray]:
        """The features that need no index: coverage, name, number, year, place, unit, key and kinds."""
        count = len(self.passages)
        zeros = np.zeros(count, dtype=np.float32)
        asked = loose(question.text)
        others = tuple(period for period in question.periods if period != self.period)
        named = (*question.inside, *question.outside)
        names = self._names.shares(asked)
        units = set(question.want.units) if question.want else set()
        return {
            "coverage": self.coverage(question),
            "name": names,
            "number": self._share(question.numbers) if question.numbers else zeros,
            "year": self._share((*question.years, *others)) if question.years or others else zeros,
            "place": self._place_share(named) if named else zeros,
            "unit": self._units.any_of(units).astype(np.float32) if units else zeros,
            "elsewhere": self._elsewhere(named, names),
            "figure": self._figure(question, units) if units and question.asks_figure else zeros,
            "key": self._keys(keys),
            "past": zeros if question.periods or lexicon().past.search(question.text) else self._past,
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
        """For every passage 1 if `word` (normalised) stands in it, less if in what was written for it."""
        held = self._held.get(word)
        if held is None:
            held = np.zeros(len(self._texts), dtype=np.uint8)
            held[self._all_extras.holding(word)] = 1
            held[self._all_texts.holding(word)] = 2
            if len(self._held) < _CACHED_WORDS:
                self._held[word] = held
        return _SHARES[held]

    def text(self, position: int) -> str:
        """A passage's title, name and text, normalised."""
        return self._texts[position]

    def written(self, position: int) -> str:
        """The questions and keywords written for a passage, normalised; they are never shown."""
        return self._extras[position]

    def names(self, name: str) -> bool:
        """Whether a name stands in any passage, however it is marked or divided."""
        return loose(name) in self._all

    def has_figure(self, position: int, figure: str) -> bool:
        """Whether a figure or year stands in a passage (in the table's rows: also the years of its head)."""
        return figure in self._figures[position]

    def holding_figure(self, figures: Iterable[str]) -> np.ndarray:
        """For every passage whether any of these figures, years or periods stands in it."""
        return self._figure_holders.any_of(figures)

    def having(self, key: str, values: Iterable[object]) -> np.ndarray:
        """For every passage whether its metadata has one of `values` under `key`."""
        if key not in self._metadata:
            self._metadata[key] = Holders(
                () if (value := node.metadata.get(key)) is None else (value,) for node in self.passages
            )
        return self._metadata[key].any_of(values)

    def _share_of_word(self, word: str) -> np.ndarray:
        held = self.holding(word)
        grams = bigrams(word)
        if len(grams) > 1:
            held = np.maximum(held, 0.5 * np.mean([self.holding(gram[1:]) for gram in grams], axis=0))
        return held

    def _share(self, wanted: tuple[str, ...]) -> np.ndarray:
        return (self._figure_holders.count_of(wanted) / len(wanted)).astype(np.float32)

    def _place_share(self, named: tuple[str, ...]) -> np.ndarray:
        """The share of the named places that each passage holds; what holds none gets less than nothing."""
        held = self._places.count_of(named)
        return np.where(held > 0, held / len(named), _NO_PLACE).astype(np.float32)

    def _elsewhere(self, asked: tuple[str, ...], names: np.ndarray) -> np.ndarray:
        """1 for passages named after a place that the question does not name (a project somewhere)."""
        apart = self._lead_places.any & ~self._lead_places.any_of(asked)
        return apart.astype(np.float32) * (names < _NAMED)

    def _figure(self, question: Question, units: Collection[str]) -> np.ndarray:
        """How near the question stands to a figure of the wanted unit in each passage."""
        nearest = np.zeros(len(self.passages), dtype=np.float32)
        endings = tuple(units)
        for unit, clauses in self._clauses.items():
            if unit.endswith(endings):
                for i, clause, around in clauses:
                    nearest[i] = max(nearest[i], nearness(question, clause, around))
        return nearest

    def _keys(self, keys: Keys) -> np.ndarray:
        named = np.zeros(len(self.passages), dtype=np.float32)
        if keys.boxes:
            named[self.having("box", {box.number for box in keys.boxes})] = _BOX_SHARE
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
        head = next((node.text for node in self.passages if node.node_id.endswith(".indicators")), "")
        years = frozenset(column_years(head) or IndicatorTable.years)
        return [
            here | years if node.metadata.get("kind") == "indicator" else here
            for node, here in zip(self.passages, found, strict=True)
        ]

    @cached_property
    def _all(self) -> str:
        return "\n".join(map(loose, self._texts))

    @cached_property
    def _past(self) -> np.ndarray:
        """1 for passages whose paragraph looks back on another five-year period."""
        others = [
            bool(set(periods_in(" ".join(here))) - {self.period}) if self.period else False
            for here in self._figures
        ]
        return np.array(others, dtype=np.float32)

    @cached_property
    def _clauses(self) -> dict[str, list[tuple[int, str, str]]]:
        """The figures of each unit: passage, clause, and the passage's lead with the clause before."""
        found: dict[str, list[tuple[int, str, str]]] = {}
        for i, node in enumerate(self.passages):
            head = normalise(str(node.metadata.get("lead", "")))
            for figure in figures_of.__wrapped__(node.text):
                found.setdefault(figure.unit, []).append((i, figure.clause, f"{head} {figure.earlier}"))
        return found

    @cached_property
    def _figure_holders(self) -> Holders:
        return Holders(self._figures)

    @cached_property
    def _lead_places(self) -> Holders:
        return Holders(_places_in(str(node.metadata.get("lead", ""))) for node in self.passages)

    @cached_property
    def _units(self) -> Holders:
        return Holders({found[1:] for found in _UNIT.findall(node.text)} for node in self.passages)

    @cached_property
    def _places(self) -> Holders:
        return Holders(_places_in(text) for text in self._texts)

    @cached_property
    def _kinds(self) -> dict[str, np.ndarray]:
        return {kind: self.having("kind", (kind,)).astype(np.float32) for kind in _KINDS}


def _paragraph(node: TextNode) -> str:
    """The id of the paragraph that a passage is, or is a part of (c01s01.p01 for c01s01.p01.2)."""
    return re.sub(r"(?<=\.p\d\d)\.\d+$", "", node.node_id)


def _extra_words(entry: Enrichment | None) -> str:
    return normalise("\n".join((*entry.every_question, *entry.keywords))) if entry else ""


def _names(node: TextNode) -> tuple[str, ...]:
    return tuple(loose(name) for name in str(node.metadata.get("lead", "")).split("，") if name)


def _places_in(text: str) -> list[str]:
    return [name for name in (*places().inside, *places().outside) if name in text]
