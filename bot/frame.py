"""The frame of a question and the thing it asks about: 「[龙嘉机场三期]要投多少钱」."""

import re
from dataclasses import dataclass

from bot.expand import official_words
from bot.followup_rules import rules
from bot.keys import loose
from bot.lexicon import lexicon, places
from bot.question import cut, is_content, places_in
from ingest.terms import normalise

_YEAR = re.compile(r"(?:到|至)?(?:19|20)\d{2}年?")
_SHORT = 2  # characters below which words that a question shares with a name do not tell where it names it
_SUBJECT = 2  # characters that a question must keep to be a subject


@dataclass(frozen=True)
class Piece:
    """A word of a text, where it stands, and whether it says what the text is about."""

    word: str
    start: int
    end: int
    content: bool


def pieces(text: str) -> list[Piece]:
    """The words of a normalised text with their places."""
    found, at = [], 0
    for word in cut(text):
        start = text.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        found.append(Piece(word, start, at, is_content(word)))
    return found


def names_places(text: str) -> tuple[str, ...]:
    """The places a text names, in the province and elsewhere."""
    return places_in(text, (*places().inside, *places().outside))


def is_attribute(word: str) -> bool:
    """Whether a word names only an attribute of things: 投资, 全长."""
    return word in rules().attributes


def asks_attribute(text: str) -> bool:
    """Whether a text says only which attribute it wants: 「总投资」, 「产量得到多少」."""
    asked = rules().vacuous_end.sub("", text)
    words = [piece.word for piece in pieces(asked) if piece.content]
    return bool(words) and all(map(is_attribute, words))


def thing_spans(text: str, name: str) -> list[tuple[int, int]]:
    """Where a question says a name of the plan, in its own words: 「龙嘉机场三期」."""
    wanted = normalise(name)
    at = text.find(wanted)
    if wanted and at >= 0:
        return [(at, at + len(wanted))]
    squeezed = loose(name)
    spans: list[tuple[int, int]] = []
    for piece in pieces(text):
        if not piece.content or is_attribute(piece.word) or not _said(piece.word, squeezed):
            continue
        if spans and rules().joints.fullmatch(text[spans[-1][1] : piece.start]):
            spans[-1] = (spans[-1][0], piece.end)
        else:
            spans.append((piece.start, piece.end))
    return [span for span in spans if span[1] - span[0] >= _SHORT]


def _said(word: str, name: str) -> bool:
    return word in name or any(len(other) > 1 and other in name for other in official_words(word))


def tells_of(text: str, name: str) -> bool:
    """Whether a question has more of a name than the places in it."""
    said = "".join(text[start:end] for start, end in thing_spans(text, name))
    for place in names_places(said):
        said = said.replace(place, "")
    return len(said) >= _SHORT


def subject(text: str) -> str:
    """What a question that names nothing of the plan is about: itself without its asking."""
    asking = [match for match in lexicon().asks.finditer(text)]
    turned = rules().a_not_a.sub("", text)
    if not asking:
        return turned.strip("，,。？?！! ")
    kept = rules().predicates.sub("", text[: asking[0].start()]).strip("，,。？?！! ")
    if len("".join(piece.word for piece in pieces(kept) if piece.content)) >= _SUBJECT:
        return kept
    return rules().asked.sub("", text).strip("，,。？?！! ") or text


def asking(text: str) -> str:
    """What a question asks, with its year, without what it asks it of: 「2025年做到多少亿」."""
    found = lexicon().asks.search(text)
    kept = rules().predicates.sub("", text[: found.start()]) if found else text
    last = [piece.end for piece in pieces(kept) if piece.content and not re.search(r"\d", piece.word)]
    tail = text[max(last, default=0) :].lstrip("的") if found else ""
    years = "".join(year for year in _YEAR.findall(kept) if year not in tail)
    return f"{years}{tail}"


def attached(thing: str, bare: str, named: bool) -> str:
    """An asking put to a thing: 「…的投资是多少」.

    Args:
        thing: a name, or the subject of an earlier question.
        bare: a follow-up without what opens and closes it: an attribute, or an asking.
        named: whether `thing` is a name of the plan.
    """
    if not lexicon().asks.search(bare) and asks_attribute(bare):
        last = [piece.word for piece in pieces(bare) if piece.content][-1]
        return f"{thing}的{bare}{rules().attributes[last]}"
    return f"{thing}{bare}" if named else f"{thing}，{bare}"


def replaced(text: str, span: tuple[int, int], new: str) -> str:
    """A text with the characters of a span replaced."""
    return f"{text[: span[0]]}{new}{text[span[1] :]}"


def spans_of(text: str) -> list[tuple[int, int]]:
    """Where a question says things that another could take the place of: its words and runs of them."""
    found = [piece for piece in pieces(text) if piece.content and not re.search(r"\d", piece.word)]
    spans = []
    for i, first in enumerate(found):
        end = first.end
        spans.append((first.start, end))
        for piece in found[i + 1 :]:
            if piece.start != end:
                break
            end = piece.end
            spans.append((first.start, end))
    return spans
