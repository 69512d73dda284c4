"""A conversation as the browser keeps it: turns with their answers, sources and all, as JSON.

The server keeps none of it. What comes back from a browser is checked like any other input.
"""

import time
import uuid
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from bot.answer import Status
from ingest.errors import JiwenError
from prompts import wording

MAX_TURNS = 50  # a longer conversation is slow to send back and forth; the user is told to begin another
MAX_CHARACTERS = 2_000_000
TITLE_CHARACTERS = 24

Rating = Literal["good", "bad"]


class ConversationError(JiwenError):
    """A stored conversation cannot be read, or is too long to go on."""


@dataclass(frozen=True)
class Source:
    """A citation as a message carries it."""

    n: int
    passage: str
    place: str
    quote: str
    start: int
    end: int
    kind: str = "paragraph"
    plan: str = ""  # key of another plan than the one on the page


@dataclass(frozen=True)
class Figure:
    """An indicator that an answer cites, for the small table and the bars under it."""

    name: str
    unit: str
    before: str | None  # 2020, expected
    after: str | None  # 2025, target
    annual: str | None
    attribute: str
    passage: str
    source: int  # the number of the citation


@dataclass(frozen=True)
class Turn:
    """A question with its answer; `plain` is what the copy button puts on the clipboard."""

    question: str
    status: Status
    text: str
    sources: tuple[Source, ...] = ()
    figures: tuple[Figure, ...] = ()
    suggestions: tuple[str, ...] = ()
    understood: str = ""
    mode: str = ""
    elapsed_ms: float = 0.0
    plain: str = ""
    rating: Rating | None = None


@dataclass(frozen=True)
class Conversation:
    """Turns in order; `updated` is in seconds since 1970."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    title: str = ""
    updated: float = 0.0
    turns: tuple[Turn, ...] = ()

    def with_turn(self, turn: Turn) -> "Conversation":
        """The conversation with one more turn; the first question becomes its title."""
        title = self.title or shorten(turn.question, TITLE_CHARACTERS)
        return replace(self, title=title, updated=time.time(), turns=(*self.turns, turn))

    def without_last(self) -> "Conversation":
        """The conversation before its last turn."""
        return replace(self, turns=self.turns[:-1])

    def rated(self, index: int, rating: Rating | None) -> "Conversation":
        """The conversation with the turn at `index` rated."""
        turns = list(self.turns)
        turns[index] = replace(turns[index], rating=rating)
        return replace(self, turns=tuple(turns))

    def questions(self, most: int) -> tuple[str, ...]:
        """The last `most` questions, the history that an engine is asked with."""
        return tuple(turn.question for turn in self.turns)[-most:] if most else ()


@cache
def _adapter() -> TypeAdapter[Conversation]:
    return TypeAdapter(Conversation)


def dump(conversation: Conversation) -> str:
    """A conversation as JSON text."""
    return _adapter().dump_json(conversation).decode()


def load(text: str | None) -> Conversation:
    """Read a conversation that a browser sent; nothing gives a new one.

    Raises:
        ConversationError: it is no conversation, or too large to be one.
    """
    if not text:
        return Conversation()
    if len(text) > MAX_CHARACTERS:
        raise ConversationError(wording("web_error.too_large"))
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        raise ConversationError(wording("web_error.unreadable")) from error


def shorten(text: str, most: int) -> str:
    """The first `most` characters of `text` on one line, with an ellipsis if there were more."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
