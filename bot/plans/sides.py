"""Answers that name their plan: one plan's, and several side by side, each with its own citations."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer import Answer, Citation, Status
from ingest.library.catalogue import PlanEntry
from prompts import wording

_CITED = re.compile(r"\[(\d+)\]")
_VALUE = re.compile(r"(?P<figure>\d+(?:\.\d+)?)(?P<unit>[^\d.]*)")


def of_plan(answer: Answer, entry: PlanEntry, *, named: bool = True) -> Answer:
    """An answer from one plan, its citations and its text saying from which.

    Args:
        answer: the plan's own engine's.
        entry: the plan.
        named: whether the text names the plan as well.
    """
    text = answer.text
    if named and answer.status in ("answered", "partial", "not_in_plan"):
        text = f"{wording('plans.from', plan=entry.label)}\n\n{text}"
    return replace(
        answer,
        text=text,
        citations=tuple(_cited(citation, entry) for citation in answer.citations),
        suggestions=tuple(f"{called(entry)}：{question}" for question in answer.suggestions),
    )


def called(entry: PlanEntry) -> str:
    """What a question calls a plan by, so that it means this one."""
    return f"{entry.side}“{entry.period}”" if entry.period and "国民经济" in entry.title else entry.side


def side_by_side(sides: Sequence[tuple[PlanEntry, Answer]], question: str) -> Answer:
    """Several plans' answers to one question as one: each under its plan's name, marks numbered through."""
    lines: list[str] = []
    citations: list[Citation] = []
    timings: dict[str, float] = {}
    for entry, answer in sides:
        offset = len(citations)
        text = _renumbered(answer.text, len(citations))
        citations += [
            replace(_cited(citation, entry), n=citation.n + offset) for citation in answer.citations
        ]
        lines += [wording("plans.side", plan=entry.label), text]
        for stage, ms in answer.timings.items():
            timings[stage] = timings.get(stage, 0.0) + ms
    difference = _difference([answer for _, answer in sides])
    if difference:
        lines.append(difference)
    told = [answer.status == "answered" for _, answer in sides]
    status: Status = "answered" if all(told) else "partial" if any(told) else "not_in_plan"
    suggestions = [f"{called(entry)}：{text}" for entry, answer in sides for text in answer.suggestions[:1]]
    return Answer(
        status,
        "\n\n".join(lines),
        tuple(citations),
        suggestions=tuple(suggestions),
        question=question,
        mode="llm" if any(answer.mode == "llm" for _, answer in sides) else "extractive",
        timings=timings,
        trace={"kind": "plans", "plans": [entry.key for entry, _ in sides]},
    )


def _renumbered(text: str, by: int) -> str:
    return _CITED.sub(lambda match: f"[{int(match[1]) + by}]", text)


def _cited(citation: Citation, entry: PlanEntry) -> Citation:
    return replace(citation, plan=entry.key, place=f"{entry.label}{citation.place}")


def _difference(answers: Sequence[Answer]) -> str:
    """How far two plans' values of one indicator are apart; "" where they are no such values."""
    if len(answers) != len(("one", "other")) or not all(
        answer.citations and answer.citations[0].kind == "indicator" for answer in answers
    ):
        return ""
    first, second = (_VALUE.fullmatch(answer.value or "") for answer in answers)
    if first is None or second is None or first["unit"] != second["unit"]:
        return ""
    if Decimal(first["figure"]) == Decimal(second["figure"]):
        return wording("plans.same", value=first.group())
    apart = abs(Decimal(first["figure"]) - Decimal(second["figure"]))
    unit = wording("plans.points") if first["unit"] == "%" else first["unit"]
    return wording(
        "plans.difference", difference=f"{apart}{unit}", first=first.group(), second=second.group()
    )
