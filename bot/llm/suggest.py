"""Next questions by the model, as far as the passages it was given can answer them."""

import re
from collections.abc import Sequence

from bot.llm.call import Caller, CallError
from bot.llm.coverage import Coverage
from bot.llm.evidence import numbered, plain
from bot.llm.figures import figures_in, names_in, prepared, years_in
from bot.llm.rules import rules
from bot.llm.source import Source
from prompts import prompt

_NUMBERING = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.、)）])\s*")


def suggested(
    caller: Caller, question: str, sources: Sequence[Source], coverage: Coverage, deadline: float
) -> tuple[str, ...]:
    """Questions to ask next; none where the model gives no usable one in time.

    Args:
        caller: the model.
        question: what was asked.
        sources: the passages of the answer.
        coverage: measures how much of a question the passages hold.
        deadline: on `time.monotonic`'s clock.
    """
    limits = rules()["suggest"]
    filled = prompt("suggest").filled(
        count=limits["count"], passages=numbered(sources), question=plain(question)
    )
    try:
        reply = caller.ask(filled, deadline)
    except CallError:
        return ()
    lines = (_NUMBERING.sub("", line).strip() for line in reply.splitlines())
    usable = [line for line in lines if _is_question(line) and _answerable(line, sources, coverage)]
    asked = prepared(question).rstrip("？?")
    return tuple(dict.fromkeys(line for line in usable if prepared(line).rstrip("？?") != asked))[
        : limits["count"]
    ]


def _is_question(line: str) -> bool:
    return 4 <= len(line) <= rules()["suggest"]["characters"] and line[-1] in "？?"


def _answerable(line: str, sources: Sequence[Source], coverage: Coverage) -> bool:
    said = prepared(line)
    text = "\n".join(f"{source.head}\n{source.text}" for source in sources)
    named = [
        *names_in(said),
        *(year for year, _ in years_in(said)),
        *(figure.value for figure in figures_in(said)),
    ]
    if any(name not in text for name in named):
        return False
    return coverage.of_sentence(said, sources) >= rules()["suggest"]["coverage"]
