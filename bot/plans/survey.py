"""Which plans speak of something: found by words or by meaning, quoted plan by plan."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation
from bot.plans.naming import Survey
from bot.plans.sides import side_by_side
from bot.question import read_question
from ingest.library.catalogue import PlanEntry
from ingest.library.words import Found
from ingest.place import place_of_words
from ingest.sentences import sentence_spans
from ingest.terms import normalise
from prompts import wording

if TYPE_CHECKING:
    from bot.engine import Engine
    from ingest.library.library import Library

_QUOTED = 6  # plans that are quoted; more are named
_NAMED = 30
_ASKED = 3  # plans asked in full where no plan has the very words
_LOOK = 400  # passages among which the best of each plan is looked for


def survey(
    library: "Library", wanted: Survey, entries: Sequence[PlanEntry], engine_of: Callable[[str], "Engine"]
) -> Answer:
    """Say which plans speak of what is asked about.

    Args:
        library: the plans.
        wanted: what is asked about, and of which plans.
        entries: the catalogue.
        engine_of: opens the engine of a plan, for what is said in other words.
    """
    chosen = {entry.key: entry for entry in entries if wanted.wants(entry)}
    words = list(read_question(wanted.about).content)
    if not chosen or not words:
        return Answer("not_in_plan", wording("plans.none_such"), question=wanted.about)
    narrowed = None if len(chosen) == len(entries) else list(chosen)
    for held in ([wanted.about.replace(" ", "")], words):  # the very phrase, else its words in one passage
        counted = library.words.counted(held, narrowed)
        if counted:
            return _told(library, wanted, chosen, held, counted, narrowed)
    near = library.search(wanted.about, words, narrowed)
    keys = list(dict.fromkeys(hit.plan for hit in near))[:_ASKED]
    answers = [(chosen[key], engine_of(key).ask(wanted.about)) for key in keys]
    answered = [(entry, answer) for entry, answer in answers if answer.status == "answered"]
    if not answered:
        text = wording("plans.unsaid", about=_about(words), count=len(chosen))
        return Answer("not_in_plan", text, question=wanted.about)
    return side_by_side(answered, wanted.about)


def _told(
    library: "Library",
    wanted: Survey,
    chosen: dict[str, PlanEntry],
    words: Sequence[str],
    counted: dict[str, int],
    narrowed: Sequence[str] | None,
) -> Answer:
    best: dict[str, Found] = {}
    for hit in library.words.holding(words, narrowed, _LOOK):
        if hit.kind != "outline":
            best.setdefault(hit.plan, hit)
    # The best-ranked passages first; plans that have it more often before others.
    order = sorted(counted, key=lambda key: (key not in best, -counted[key]))
    lines = [wording("plans.said", about=_about(words), count=len(counted), total=len(chosen))]
    citations: list[Citation] = []
    for key in [key for key in order if key in best][:_QUOTED]:
        citation = _citation(len(citations) + 1, best[key], words, chosen[key])
        citations.append(citation)
        lines.append(f"- **{chosen[key].label}**：{citation.quote}[{citation.n}]")
    quoted = {citation.plan for citation in citations}
    others = [chosen[key].label for key in order if key not in quoted]
    text = lines[0] + "\n\n" + "\n".join(lines[1:])
    if others:
        shown = "、".join(others[:_NAMED]) + ("……" if len(others) > _NAMED else "")
        text += "\n\n" + wording("plans.others", count=len(others), plans=shown)
    return Answer(
        "answered",
        text,
        tuple(citations),
        question=wanted.about,
        trace={"kind": "survey", "plans": order[:_NAMED]},
    )


def _citation(number: int, hit: Found, words: Sequence[str], entry: PlanEntry) -> Citation:
    """The sentence of a passage that holds most of the words, as a citation."""
    start, end = max(
        sentence_spans(hit.text),
        key=lambda span: sum(word in normalise(hit.text[span[0] : span[1]]) for word in words),
    )
    quote = hit.text[start:end].strip()
    start += hit.text[start:end].index(quote)
    where = place_of_words(hit.place)
    return Citation(
        n=number,
        passage_id=hit.passage_id,
        kind=hit.kind,
        chapter=where.chapter,
        section=where.section,
        box=where.box,
        term=where.term,
        pages=where.pages,
        place=f"{entry.label}{hit.place}",
        quote=quote,
        start=hit.start + start,
        end=hit.start + start + len(quote),
        plan=entry.key,
    )


def _about(words: Sequence[str]) -> str:
    return "、".join(f"“{word}”" for word in words)
