"""What every composer is given: the question, what it names, the ranked passages and the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from llama_index.core.schema import TextNode

from bot.draft import Draft
from bot.keys import Keys
from bot.period import short_name
from bot.question import Question
from bot.ranking import Ranking
from bot.sentence_scorer import SentenceScorer
from bot.sentences import Unit, units_of
from ingest.index import PlanIndex
from ingest.plan import IndicatorTable, Plan
from ingest.terms import normalise


@dataclass(frozen=True)
class Context:
    """One question on its way to an answer.

    Attributes:
        index: the open index.
        question: as understood.
        keys: what it names outright.
        ranking: the passages, ranked.
        scorer: picks sentences out of passages.
        rules: `compose.toml`.
        told: what earlier answers of the conversation have quoted, by passage (「还有呢」).
    """

    index: PlanIndex
    question: Question
    keys: Keys
    ranking: Ranking
    scorer: SentenceScorer
    rules: Mapping[str, Any]
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.index.plan

    @cached_property
    def period(self) -> str:
        """The plan's own five-year period, by its short name (十四五)."""
        return short_name(self.plan.title)

    @cached_property
    def table_years(self) -> tuple[str, str]:
        """The years of the two columns of figures in the plan's table: expected, aimed at."""
        table = self.plan.indicator_table()
        return table[2].years if table else IndicatorTable.years

    @cached_property
    def box_titles(self) -> dict[int, str]:
        """The titles of the 专栏, normalised, by number."""
        return {box.number: normalise(box.title) for _, _, box in self.plan.boxes()}

    def draft(self) -> Draft:
        """A new, empty draft."""
        return Draft(self.plan)

    def node(self, passage_id: str) -> TextNode:
        """A passage by its id."""
        return self.index.by_id[passage_id]

    def units(self, node: TextNode) -> list[Unit]:
        """A passage's sentences that were not quoted before, scored for the question."""
        units = self.scorer.score(self.question, node, self.position(node), self.ranking)
        return [unit for unit in units if self._untold(node, unit)] or units

    def position(self, node: TextNode) -> int:
        """Where a passage stands in the order of the ranking's arrays."""
        return self.index.positions[node.node_id]

    @cached_property
    def ranked(self) -> list[tuple[TextNode, float]]:
        """The best passages with their scores, what was shown before left out."""
        found = [
            (self.index.passages[i], float(self.ranking.scores[i]))
            for i in self.ranking.top(self.rules["look"])
        ]
        return [(node, score) for node, score in found if not self.is_told(node)]

    def is_told(self, node: TextNode) -> bool:
        """Whether earlier answers have quoted the whole passage."""
        return node.node_id in self.told and not any(self._untold(node, unit) for unit in units_of(node))

    def _untold(self, node: TextNode, unit: Unit) -> bool:
        text = unit.text.replace("\n", "")
        return not any(text in quote for quote in self.told.get(node.node_id, ()))
