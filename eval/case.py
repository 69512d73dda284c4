"""A case: one known answer, what the system answered, and what has been found out about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.answer import Answer
from eval.numbers import check_numbers
from eval.places import Passage, gold_passages, relabel, right_citation
from eval.proof import Proof
from eval.records import REFUSALS, KnownAnswer
from eval.text import holds


@dataclass(frozen=True)
class Truth:
    """What answers are held against: the plan's own passages and the proof of quotations."""

    passages: tuple[Passage, ...]
    proof: Proof

    @cached_property
    def columns(self) -> str:
        """The head of the table of 主要指标."""
        table = self.proof.plan.indicator_table()
        return self.proof.plan.slice(table[2].span) if table else ""


class Case:
    """One answer against its known answer; everything is worked out once, when first asked for."""

    def __init__(
        self,
        record: KnownAnswer,
        answer: Answer,
        truth: Truth,
        passages: Mapping[str, Passage],
        judged: Mapping[str, float] | None = None,
    ) -> None:
        """Put together a case.

        Args:
            record: the known answer.
            answer: what the system answered.
            truth: the plan's passages and proof.
            passages: the system's own passages by id (the plan's, or a baseline's chunks).
            judged: what a language model judged, by metric; None if none was asked.
        """
        self.record = record
        self.answer = answer
        self.truth = truth
        self.judged = dict(judged or {})
        self._passages = passages

    @property
    def refused(self) -> bool:
        """Whether the system declined to answer."""
        return self.answer.status in REFUSALS and self.error is None

    @property
    def error(self) -> str | None:
        """What the system raised instead of answering, None if it did not."""
        return self.answer.trace.get("error")

    @property
    def wording(self) -> Mapping[str, Any] | None:
        """What became of a language model's sentences (`bot.llm.writer`), None if the answer went to none."""
        return self.answer.trace.get("llm")

    @cached_property
    def facts_held(self) -> tuple[bool, ...]:
        """For every fact, whether the answer's text holds it."""
        return tuple(holds(self.answer.text, fact) for fact in self.record.facts)

    @cached_property
    def facts_quoted(self) -> tuple[bool, ...]:
        """For every fact, whether a quotation cited by the answer holds it."""
        return tuple(any(holds(c.quote, fact) for c in self.answer.citations) for fact in self.record.facts)

    @cached_property
    def forbidden_held(self) -> tuple[str, ...]:
        """What the answer holds and must not."""
        return tuple(text for text in self.record.forbidden if holds(self.answer.text, (text,)))

    @cached_property
    def citations_right(self) -> tuple[bool, ...]:
        """For every citation, whether it stands at an acceptable place."""
        return tuple(right_citation(citation, self.record) for citation in self.answer.citations)

    @cached_property
    def numbers(self) -> tuple[int, list[str]]:
        """How many figures the answer has, and those no cited quotation holds."""
        return check_numbers(
            self.answer,
            title=self.truth.proof.plan.title,
            columns=self.truth.columns,
            asked=self.record.question,
        )

    @cached_property
    def quotations_false(self) -> tuple[int, ...]:
        """Numbers of the citations whose quotation is not in the source."""
        proof = self.truth.proof
        return tuple(c.n for c in self.answer.citations if not proof.quotation_holds(c))

    @cached_property
    def pages_false(self) -> tuple[int, ...]:
        """Numbers of the citations that name a page on which their quotation is not printed."""
        proof = self.truth.proof
        return tuple(c.n for c in self.answer.citations if not proof.pages_hold(c))

    @cached_property
    def gold(self) -> list[Passage]:
        """The plan's passages that a right answer can rest on."""
        return gold_passages(self.record, self.truth.passages) if self.record.answerable else []

    @cached_property
    def retrieved(self) -> list[tuple[Passage, float]]:
        """The passages the system retrieved, best first, with their scores."""
        found: Sequence[Sequence[object]] = self.answer.trace.get("retrieved", ())
        return [
            (self._passages[str(passage_id)], float(str(score)))
            for passage_id, score in found
            if str(passage_id) in self._passages
        ]

    @cached_property
    def retrieved_ids(self) -> list[str]:
        """Ids of the retrieved passages, another splitter's chunks under the ids of what they cover."""
        return relabel([passage for passage, _ in self.retrieved], self.gold)

    @property
    def facts_right(self) -> bool:
        """Whether the answer holds every fact and nothing forbidden."""
        return all(self.facts_held) and not self.forbidden_held

    @property
    def right(self) -> bool:
        """Whether the answer is right as a whole.

        Answerable: answered, every fact held, nothing forbidden, cited from an acceptable place. Else:
        refused, without citations and with nothing forbidden.
        """
        if self.error is not None:
            return False
        if not self.record.answerable:
            return self.refused and not self.answer.citations and self.facts_right
        cited = any(self.citations_right) or not self.record.places
        return not self.refused and self.facts_right and cited
