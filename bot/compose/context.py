"""What every composer is given: the question, what it names, the ranked passages and the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from llama_index.core.schema import TextNode

from bot.draft import Draft
from bot.keys import Keys
from bot.period import short_name
from bot.question import Question
from bot.ranking import Ranking
from bot.sentences import SentenceScorer, Unit
from ingest.index import PlanIndex
from ingest.plan import Plan


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
        skip: passages that earlier answers of the conversation have shown (「还有呢」).
    """

    index: PlanIndex
    question: Question
    keys: Keys
    ranking: Ranking
    scorer: SentenceScorer
    rules: Mapping[str, Any]
    skip: frozenset[str] = frozenset()

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.index.plan

    @cached_property
    def period(self) -> str:
        """The plan's own five-year period, by its short name (十四五)."""
        return short_name(self.plan.title)

    def draft(self) -> Draft:
        """A new, empty draft."""
        return Draft(self.plan)

    def node(self, passage_id: str) -> TextNode:
        """A passage by its id."""
        return self.index.by_id[passage_id]

    def units(self, node: TextNode) -> list[Unit]:
        """A passage's sentences, scored for the question."""
        at = self.position(node)
        return self.scorer.score(
            self.question, node, lambda start, end: self.ranking.asked.near(at, start, end)
        )

    def position(self, node: TextNode) -> int:
        """Where a passage stands in the order of the ranking's arrays."""
        return self._positions[node.node_id]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {node.node_id: i for i, node in enumerate(self.index.passages)}

    @cached_property
    def ranked(self) -> list[tuple[TextNode, float]]:
        """The best passages with their scores, what was shown before left out."""
        found = [
            (self.index.passages[i], float(self.ranking.scores[i]))
            for i in self.ranking.top(self.rules["look"])
        ]
        return [(node, score) for node, score in found if node.node_id not in self.skip]
