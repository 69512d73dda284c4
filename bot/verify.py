"""The last check of every answer: what does not stand on its citations is not said."""

import re

from bot.draft import Draft, Line, Quote
from bot.quantities import worked_out

_MARKS = re.compile(r"\[\d+\]")
_DECORATION = re.compile(r"^- (?:[①-⑳] )?|\*\*|\|")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def faults_of(draft: Draft) -> list[str]:
    """What is wrong with a draft; nothing for a good one.

    Checked are every quotation (the plan's text at its span, inside its passage), every mark (a citation that
    exists) and, in every cited line, every number (it stands in one of the line's quotations, or follows from
    those that do).
    """
    faults = [fault for quote in draft.quotes if (fault := _quote_fault(draft, quote))]
    for line in draft.lines:
        faults += _line_faults(draft, line)
    return faults


def _quote_fault(draft: Draft, quote: Quote) -> str:
    node = quote.node
    if not node.metadata["start"] <= quote.span.start < quote.span.end <= node.metadata["end"]:
        return f"quotation outside its passage {node.node_id}"
    here = draft.plan.slice(quote.span)
    offset = quote.span.start - node.metadata["start"]
    if node.text[offset : offset + len(here)] != here:
        return f"quotation differs from its passage {node.node_id}"
    return ""


def _line_faults(draft: Draft, line: Line) -> list[str]:
    quotes = draft.quotes
    if any(not 1 <= number <= len(quotes) for number in line.cites):
        return [f"mark without citation: {line.text}"]
    if not line.cites:
        return []
    text = _DECORATION.sub("", _MARKS.sub("", line.text))
    borne = " ".join(draft.read(quotes[number - 1].span) for number in line.cites)
    known = set(_NUMBER.findall(borne)) | worked_out(text)
    unknown = [number for number in _NUMBER.findall(text) if number not in known]
    return [f"numbers {unknown} not in the quotation: {line.text}"] if unknown else []


def kept(draft: Draft) -> Draft:
    """The draft without the lines that have faults, or that stand on a quotation that has one."""
    broken = {number for number, quote in enumerate(draft.quotes, 1) if _quote_fault(draft, quote)}
    lost = [line for line in draft.lines if _line_faults(draft, line) or broken & set(line.cites)]
    good = [line for line in draft.lines if line not in lost]
    clean = Draft(draft.plan)
    renumbered: dict[int, int] = {}
    for line in good:
        for number in line.cites:
            renumbered.setdefault(number, clean.cite(draft.quotes[number - 1]))
        text = _MARKS.sub(lambda match: f"[{renumbered[int(match.group()[1:-1])]}]", line.text)
        clean.lines.append(Line(text, tuple(renumbered[number] for number in line.cites)))
    if draft.value and not any(draft.value in line.text for line in lost):
        clean.value = draft.value
    return clean
