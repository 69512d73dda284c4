"""What must hold for every answer, told independently of `bot.verify`."""

import re
import unicodedata
from decimal import Decimal

STATUSES = {"answered", "partial", "not_in_plan", "out_of_scope", "invalid"}
MARK = re.compile(r"\[(\d+)\]")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
DECORATION = re.compile(r"^(?:- )?[①-⑳]? ?|\*\*")
WORKED_OUT = re.compile(r"^(?:相差|合计)(\S+?)：(.+?) = (\S+)。$")
FIGURE = re.compile(r"(\d+(?:\.\d+)?)(万亿|亿|万)?(公里)?")
SIZES = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "公里": 1000, "": 1}


def faults_in(answer, index, history=()):
    """What is wrong with an answer in itself; an empty list for a sound one."""
    faults = []
    if answer.status not in STATUSES:
        faults.append(f"status {answer.status}")
    if not answer.text.strip():
        faults.append("no text")
    shown = answer.text + "".join(citation.quote + citation.place for citation in answer.citations)
    faults += [f"private-use {char!r}" for char in shown if unicodedata.category(char) == "Co"]
    if answer.status in ("answered", "partial"):
        faults += _mark_faults(answer) + _number_faults(answer, index, history) + _value_faults(answer)
    elif answer.citations or answer.value:
        faults.append("a refusal with citations or a value")
    faults += [fault for citation in answer.citations for fault in _citation_faults(citation, index)]
    return faults


def _value_faults(answer):
    """A value is not told without the 不 before it: 「不超过1%」 is not 「超过1%」."""
    value = answer.value
    stands = [citation.quote for citation in answer.citations if value and value in citation.quote]
    denied = stands and all(f"不{value}" in quote for quote in stands)
    return [f"value without its 不: {value}"] if denied else []


def _mark_faults(answer):
    marked = {int(number) for number in MARK.findall(answer.text)}
    numbers = [citation.n for citation in answer.citations]
    faults = (
        [] if numbers == list(range(1, len(numbers) + 1)) and numbers else [f"citations numbered {numbers}"]
    )
    return faults + ([] if marked == set(numbers) else [f"marks {marked}, citations {numbers}"])


def _number_faults(answer, index, history):
    """Numbers of a cited line must stand in what it cites, those of others in the question or title."""
    quotes = {citation.n: citation.quote for citation in answer.citations}
    places = [citation.place for citation in answer.citations]
    places += [index.by_id[name].metadata["place"] for name, _ in answer.trace.get("retrieved", ())]
    given = set(NUMBER.findall(" ".join((answer.question, *history, *places, index.plan.title))))
    faults = []
    for line in answer.text.split("\n"):
        cites = [int(number) for number in MARK.findall(line) if int(number) in quotes]
        text = DECORATION.sub("", MARK.sub("", line))
        computed = set()
        if WORKED_OUT.search(text) and cites:
            result, terms, again = WORKED_OUT.search(text).groups()
            minus = " − " in terms
            parts = [_amount(FIGURE.findall(term)[-1]) for term in terms.split(" − " if minus else " + ")]
            wanted = abs(parts[0] - parts[1]) if minus else sum(parts)
            if result != again or wanted != _amount(FIGURE.search(result).groups()):
                faults.append(f"wrongly worked out: {line}")
            computed = set(NUMBER.findall(result))
        known = set(NUMBER.findall(" ".join(quotes[number] for number in cites))) if cites else given
        unknown = [number for number in NUMBER.findall(text) if number not in known | computed]
        faults += [f"numbers {unknown} stand in no quotation: {line}"] if unknown else []
    return faults


def _amount(figure):
    number, scale, unit = figure
    return Decimal(number) * SIZES[scale or ""] * SIZES[unit or ""]


def _citation_faults(citation, index):
    plan = index.plan
    node = index.by_id[citation.passage_id]
    faults = []
    if citation.quote != plan.text[citation.start : citation.end].replace("\n", ""):
        faults.append(f"{citation.passage_id}: the quotation is not the plan's text at its span")
    if not node.metadata["start"] <= citation.start < citation.end <= node.metadata["end"]:
        faults.append(f"{citation.passage_id}: the quotation lies outside its passage")
    if citation.pages != plan.pages(citation.start, citation.end):
        faults.append(f"{citation.passage_id}: pages {citation.pages}")
    if f"第{citation.pages[0]}" not in citation.place:
        faults.append(f"{citation.passage_id}: place {citation.place}")
    return faults
