"""The frame of a question and the thing it asks about: 「[龙嘉机场三期]要投多少钱」."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.expand import official_words
from bot.followup_rules import rules
from bot.keys import loose
from bot.lexicon import lexicon, places
from bot.question import cut, is_content, places_in
from ingest.terms import normalise

_YEAR = re.compile(r"(?:到|至)?(?:19|20)\d{2}年?")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:%|年)?")
_ASSERTS = re.compile("是|算|属")  # 「是硬指标不」 asks by itself
_SHORT = 2  # characters below which words that a question shares with a name do not tell where it names it
_CACHED = 4096  # texts whose places are remembered
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


@lru_cache(_CACHED)  # a follow-up is held against all names of a plan
def names_places(text: str) -> tuple[str, ...]:
    """The places a text names, in the province and elsewhere."""
    return places_in(text, (*places().inside, *places().outside))


def is_attribute(word: str) -> bool:
    """Whether a word names only an attribute of things: 投资, 全长."""
    return word in rules().attributes


def asks_attribute(text: str) -> bool:
    """Whether a text says only which attribute it wants: 「总投资」, 「产量得到多少」."""
    asked = rules().vacuous_end.sub("", text)
    found = False
    for attribute in sorted(rules().attributes, key=len, reverse=True):
        found, asked = found or attribute in asked, asked.replace(attribute, " ")
    return found and not any(piece.content for piece in pieces(asked))


def last_attribute(text: str) -> str:
    """The attribute that stands last in a text that asks only for such."""
    return max(
        rules().attributes, key=lambda word: (text.rfind(word) + len(word) if word in text else -1, len(word))
    )


def thing_spans(text: str, name: str) -> list[tuple[int, int]]:
    """Where a question says a name of the plan, in its own words: 「龙嘉机场三期」."""
    wanted = normalise(name)
    at = text.find(wanted)
    if wanted and at >= 0:
        return [(at, at + len(wanted))]
    squeezed = loose(name)
    spans: list[tuple[int, int]] = []
    for piece in pieces(text):
        joined = bool(spans) and rules().joints.fullmatch(text[spans[-1][1] : piece.start]) is not None
        if not _said(piece.word, squeezed) or (is_attribute(piece.word) and not joined):
            continue
        if not piece.content and not (joined and len(piece.word) > 1):
            continue
        if joined:
            spans[-1] = (spans[-1][0], piece.end)
        else:
            spans.append((_back(text, piece.start, squeezed), piece.end))
    return [span for span in spans if span[1] - span[0] >= _SHORT]


def _back(text: str, start: int, name: str) -> int:
    """Where a word of a name begins with what stands before it in both: 中 before 韩."""
    while start > 0 and text[start - 1 : start + 1] in name:
        start -= 1
    return start


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
    if not lexicon().asks.search(bare) and asks_attribute(bare) and not _ASSERTS.match(bare):
        return f"{thing}的{bare}{rules().attributes[last_attribute(bare)]}"
    if not named:
        return f"{thing}，{bare}"
    twice = next((n for n in range(len(bare), 1, -1) if thing.endswith(bare[:n])), 0)  # 「铁路花多少钱」
    return f"{thing}{bare[twice:]}"


def replaced(text: str, span: tuple[int, int], new: str) -> str:
    """A text with the characters of a span replaced; what would stand twice before it goes (城市城市防洪)."""
    before = text[: span[0]]
    twice = next((n for n in range(min(len(before), len(new)), 0, -1) if before.endswith(new[:n])), 0)
    return f"{before[: len(before) - twice]}{new}{text[span[1] :]}"


def without_head(text: str, name: str) -> str:
    """A text without the words at its beginning that a name has: 桥 of 「桥多少米」."""
    for piece in pieces(text):
        if not piece.content or piece.word not in name:
            return text[piece.start :]
    return text


def stands_apart(text: str, words: str) -> bool:
    """Whether words stand in a text and are no part of a longer run of words that say what it is about."""
    at = text.find(words)
    found = [piece for piece in pieces(text) if piece.content]
    return at >= 0 and not any(piece.end == at or piece.start == at + len(words) for piece in found)


def spans_of(text: str) -> list[tuple[int, int]]:
    """Where a question says things that another could take the place of: its words and runs of them."""
    found = [piece for piece in pieces(text) if piece.content and not _FIGURE.fullmatch(piece.word)]
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
