"""The turn that a browser keeps of an answer: with sources, figures and the text for the clipboard."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Answer
from bot.web.conversation import Figure, Source, Turn
from bot.web.export import plain_text
from ingest.plan import Indicator


def turn_of(
    question: str, answer: Answer, indicators: Sequence[Indicator], plan_title: str, home: str = ""
) -> Turn:
    """Make the turn that a browser keeps of an answer.

    Args:
        question: as the user typed it.
        answer: the engine's answer.
        indicators: the plan's, to show the figures of those that are cited.
        plan_title: for the reference line of the copied text.
        home: key of the plan on the page, where there are several.
    """
    sources = tuple(
        Source(c.n, c.passage_id, c.place, c.quote, c.start, c.end, c.kind, _other(c.plan, home))
        for c in answer.citations
    )
    figures = tuple(
        Figure(
            row.full_name,
            row.unit,
            row.expected_2020,
            row.target_2025,
            row.annual_or_total,
            row.attribute,
            c.passage_id,
            c.n,
        )
        for c in answer.citations
        if c.kind == "indicator" and not _other(c.plan, home)
        for row in indicators
        if row.span.start <= c.start < row.span.end
    )
    turn = Turn(
        question=question,
        status=answer.status,
        text=answer.text,
        sources=sources,
        figures=tuple(dict.fromkeys(figures)),
        suggestions=answer.suggestions,
        understood=answer.question,
        mode=answer.mode,
        elapsed_ms=round(answer.timings.get("total", 0.0), 1),
    )
    return replace(turn, plain=plain_text(turn, plan_title))


def _other(plan: str, home: str) -> str:
    return "" if plan == home else plan
