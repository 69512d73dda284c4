"""What an answer is: text with [1] [2] marks and the citations they stand on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Status = Literal["answered", "partial", "not_in_plan", "out_of_scope", "invalid"]


@dataclass(frozen=True)
class Citation:
    """A quotation and its place; `start` and `end` are its span in the plan's cleaned text."""

    n: int
    passage_id: str
    kind: str
    chapter: int | None
    section: int | None
    box: int | None
    term: int | None
    pages: tuple[int, ...]
    place: str
    quote: str
    start: int
    end: int
    plan: str = ""  # key of the plan it is from, where it is not the one that is asked by default

    def to_json(self) -> dict[str, Any]:
        """The citation in the format of `python -m bot ask --jsonl`."""
        keys = ("n", "kind", "chapter", "section", "box", "term")
        told = {key: getattr(self, key) for key in keys} | {
            "pages": list(self.pages),
            "place": self.place,
            "quote": self.quote,
        }
        return told | ({"plan": self.plan} if self.plan else {})


@dataclass(frozen=True)
class Answer:
    """An answer to one question.

    Attributes:
        status: what kind of answer it is.
        text: the answer in light Markdown; every sentence from the plan carries its mark [n].
        citations: in the order of their numbers; none in a refusal.
        value: the direct value (a number with its unit, a definition) if the question asked for one.
        suggestions: questions to ask next.
        question: the question as understood, a follow-up resolved.
        mode: "extractive", or "llm" if a language model worded it.
        timings: milliseconds by stage, "total" among them.
        trace: what each stage found, for the evaluation's report.
    """

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    value: str | None = None
    suggestions: tuple[str, ...] = ()
    question: str = ""
    mode: str = "extractive"
    timings: Mapping[str, float] = field(default_factory=dict)
    trace: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def to_json(self, id: object = None) -> dict[str, Any]:
        """The answer as one object of `python -m bot ask --jsonl`; `id` is given back as it came."""
        return {
            "id": id,
            "status": self.status,
            "text": self.text,
            "citations": [citation.to_json() for citation in self.citations],
            "mode": self.mode,
            "elapsed_ms": round(self.timings.get("total", 0.0), 2),
        }

    def timed(self, timings: Mapping[str, float]) -> "Answer":
        """The same answer with its timings."""
        return replace(self, timings=dict(timings))
