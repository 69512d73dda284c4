"""The glossary: found by characters, pinyin or initials, each term with the places that use it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.web.markup import button, join, tag
from ingest.plan import Plan, Term
from ingest.sentences import sentence_spans
from ingest.terms import normalise
from prompts import wording

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode

_MOST_PLACES = 6  # places of use listed under a term; the rest are counted
_QUOTE = 60  # characters of a place of use that are shown


@dataclass(frozen=True)
class Use:
    """A sentence of the plan that uses a term."""

    passage: str
    place: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True)
class Entry:
    """A term, what it is found by, where it stands and where the plan uses it."""

    term: Term
    place: str
    uses: tuple[Use, ...]
    forms: tuple[str, ...]  # its name and aliases, normalised
    readings: tuple[tuple[tuple[str, ...], ...], ...]  # of each form, of each character, its spellings


def term_entries(plan: Plan, passages: "Sequence[TextNode]") -> tuple[Entry, ...]:
    """The glossary in its printed order.

    Args:
        plan: the plan as read.
        passages: its passages.
    """
    body = [node for node in passages if node.metadata["kind"] not in ("term", "outline")]
    sentences = list(_sentences(body))
    where = {node.metadata.get("term"): node for node in passages if node.metadata["kind"] == "term"}
    entries = []
    for term in plan.terms:
        forms = tuple(dict.fromkeys(normalise(form) for form in (term.name, *term.aliases)))
        readings = tuple(tuple(_spellings(char) for char in form) for form in forms)
        place = where[term.number].metadata["place"] if term.number in where else ""
        entries.append(Entry(term, place, tuple(_uses(forms, sentences)), forms, readings))
    return tuple(entries)


def search_terms(entries: Sequence[Entry], text: str) -> list[Entry]:
    """The entries that fit `text`, the best first: by name, by pinyin or initials, by definition."""
    wanted = "".join(normalise(text).split())
    if not wanted:
        return list(entries)
    ranked = []
    for entry in entries:
        rank = _rank(entry, wanted)
        if rank is not None:
            ranked.append((rank, entry.term.number, entry))
    return [entry for _, _, entry in sorted(ranked, key=lambda found: found[:2])]


def terms_html(entries: Sequence[Entry]) -> str:
    """The entries as cards."""
    if not entries:
        return str(tag("p", wording("web_terms.none"), class_="jw-none", role="status"))
    count = tag("p", wording("web_terms.count", count=len(entries)), class_="jw-count", role="status")
    return str(count + join(map(_card, entries)))


def _rank(entry: Entry, wanted: str) -> int | None:
    if any(form.startswith(wanted) for form in entry.forms):
        return 0
    if any(wanted in form for form in entry.forms):
        return 1
    if wanted.isascii() and wanted.isalpha():
        starts = [_spelt_from(reading, wanted) for reading in entry.readings]
        if any(start == 0 for start in starts):
            return 2
        if any(start is not None for start in starts):
            return 3
    return 4 if wanted in normalise(entry.term.definition) else None


def _spelt_from(reading: tuple[tuple[str, ...], ...], wanted: str) -> int | None:
    return next((start for start in range(len(reading)) if _spells(reading[start:], wanted)), None)


def _spells(reading: tuple[tuple[str, ...], ...], wanted: str) -> bool:
    # Each character gives its whole spelling or its initial; the last one may be half typed.
    if not wanted:
        return True
    if not reading:
        return False
    for spelling in reading[0]:
        if spelling.startswith(wanted):
            return True
        if wanted.startswith(spelling) and _spells(reading[1:], wanted[len(spelling) :]):
            return True
    return any(spelling[0] == wanted[0] for spelling in reading[0]) and _spells(reading[1:], wanted[1:])


@cache
def _spellings(char: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    return tuple(dict.fromkeys(pinyin(char, style=Style.NORMAL, heteronym=True, v_to_u=False)[0])) or (char,)


def _sentences(body: "Sequence[TextNode]") -> Iterator[tuple[Use, str]]:
    for node in body:
        at = node.metadata["start"]
        for start, end in sentence_spans(node.text):
            sentence = node.text[start:end]
            use = Use(node.node_id, node.metadata["place"], sentence.strip(), at + start, at + end)
            yield use, normalise(sentence)


def _uses(forms: tuple[str, ...], sentences: Sequence[tuple[Use, str]]) -> Iterator[Use]:
    seen = ""
    for use, sentence in sentences:
        # One sentence of a passage shows that it uses the term.
        if use.passage != seen and any(form in sentence for form in forms):
            seen = use.passage
            yield use


def _card(entry: Entry) -> Markup:
    term = entry.term
    place = tag("a", entry.place, class_="jw-visit", href=f"#term.{term.number}")
    question = wording("web_terms.question", name=term.name)
    foot = tag(
        "p", place, button("ask", wording("web_terms.ask"), data_question=question), class_="jw-card-foot"
    )
    return tag(
        "article", tag("h3", term.name), tag("p", term.definition), _used(entry), foot, class_="jw-card"
    )


def _used(entry: Entry) -> Markup:
    if not entry.uses:
        return Markup()
    items = [
        tag(
            "li",
            tag("a", use.place, class_="jw-visit", href=f"#{use.passage}:{use.start}-{use.end}"),
            " ",
            tag("span", _short(use.quote)),
        )
        for use in entry.uses[:_MOST_PLACES]
    ]
    if (more := len(entry.uses) - _MOST_PLACES) > 0:
        items.append(tag("li", wording("web_terms.more", count=more)))
    return tag("details", tag("summary", wording("web_terms.used", count=len(entry.uses))), tag("ul", *items))


def _short(text: str) -> str:
    return text if len(text) <= _QUOTE else text[: _QUOTE - 1] + "…"
