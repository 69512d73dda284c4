"""The chat: its components and what happens when a question is asked."""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answer import Answer
from bot.plans.choose import stream_of_plan
from bot.web.conversation import MAX_TURNS, Conversation, ConversationError, Turn, load
from bot.web.feedback import FeedbackStore
from bot.web.loading import Loading
from bot.web.message import answer_message, note_message, user_message
from bot.web.turns import turn_of
from ingest.settings import Settings
from prompts import wording

if TYPE_CHECKING:
    from bot.engine import Engine

_log = logging.getLogger(__name__)

# The messages to show, the conversation to keep, and whether this is the end.
Frame = tuple[list[dict[str, object]], Conversation, bool]

_STREAM_STEPS = 6  # a verbatim answer is there at once: it is shown in steps, for the eye to follow
_CUT = re.compile(r"(?<=[。；！？\n])")


@dataclass(frozen=True)
class Begun:
    """A question read with its conversation; `shown` are the messages up to it, `plan` the one to ask."""

    question: str
    conversation: Conversation
    shown: list[dict[str, object]]
    plan: str = ""

    def note(self, text: str, *, over: bool = False) -> Frame:
        """The page with a word of its own under the question."""
        return [*self.shown, note_message(text)], self.conversation, over


class Chat:
    """Answers questions for the page (`bot/web/frames.py` brings them here); knows no component.

    Args:
        settings: limits.
        store: where questions that the plan does not answer are counted.
        calm: whether there is time to show a verbatim answer growing.
    """

    def __init__(
        self,
        settings: Settings,
        store: FeedbackStore | None = None,
        calm: Callable[[], bool] = lambda: True,
    ) -> None:
        self.settings = settings
        self.store = store
        self.calm = calm

    def begin(self, question: str, carrier: str, plan: str = "") -> Begun | Frame:
        """Read the conversation; where it cannot go on, the frame that says so.

        Args:
            question: as typed.
            carrier: the conversation as the browser keeps it.
            plan: key of the plan to ask; by the question if empty.
        """
        # Half a surrogate pair can be typed, but not sent back.
        question = question.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        try:
            conversation = load(carrier)
        except ConversationError as error:
            return [note_message(str(error))], Conversation(), True
        before = messages(conversation)
        if len(conversation.turns) >= MAX_TURNS:
            note = note_message(wording("web_error.too_many", count=MAX_TURNS))
            return [*before, note], conversation, True
        asked = [*before, user_message(question)] if question.strip() else before
        return Begun(question, conversation, asked, plan)

    def answer(
        self, begun: Begun, engine: "Engine", answered: Callable[[Answer], None] = lambda answer: None
    ) -> Iterator[Frame]:
        """Ask the engine.

        Args:
            begun: the question.
            engine: answers it.
            answered: is told of each answer, of one that grows each time.

        Yields:
            The messages to show, the conversation to keep, and whether this is the end.
        """
        question, conversation, asked = begun.question, begun.conversation, begun.shown
        turn: Turn | None = None
        steps = 0
        place = len(conversation.turns)
        try:
            for grown in self._turns(question, conversation, engine, begun.plan, answered):
                if turn is not None:
                    yield [*asked, answer_message(turn, place, text=turn.text)], conversation, False
                turn, steps = grown, steps + 1
        except Exception:  # the user must not see a traceback, and the log must have it
            _log.exception("a question could not be answered")
            turn = None
        if turn is None:
            yield begun.note(wording("web_error.unexpected"), over=True)
            return
        if turn.status == "invalid":  # not kept: it would be history for the next question
            yield [*asked, answer_message(turn, place)], conversation, True
            return
        self._count(turn)
        for text in _growing(turn.text) if steps == 1 and self.calm() else ():
            yield [*asked, answer_message(turn, place, text=text)], conversation, False
        conversation = conversation.with_turn(turn)
        yield messages(conversation), conversation, True

    def _count(self, turn: Turn) -> None:
        if self.store is None or turn.status not in ("not_in_plan", "partial"):
            return
        try:
            self.store.add_unanswered(turn.question, turn.status)
        except (sqlite3.Error, OSError):  # the reader's answer must not depend on it
            _log.exception("an unanswered question could not be counted")

    def _turns(
        self,
        question: str,
        conversation: Conversation,
        engine: "Engine",
        asked_of: str,
        answered: Callable[[Answer], None],
    ) -> Iterator[Turn]:
        """The answer as it grows; each one takes the place of the one before."""
        plan = engine.index.plan
        table = plan.indicator_table()
        rows = table[2].indicators if table else ()
        history = conversation.questions(self.settings.max_history)
        for answer in stream_of_plan(engine, question, history, asked_of):
            answered(answer)
            yield turn_of(question, answer, rows, plan.title, self.settings.source.stem)


def messages(conversation: Conversation) -> list[dict[str, object]]:
    """A conversation as the messages that the chat shows."""
    return [
        message
        for i, turn in enumerate(conversation.turns)
        for message in (user_message(turn.question), answer_message(turn, i))
    ]


def status_text(loading: Loading) -> str:
    """What the page says while the engine is being opened, or that it could not be."""
    if loading.error:
        return loading.error
    if loading.waiting:
        return loading.waiting
    if not loading.what:
        return wording("web_status.starting")
    percent = round(100 * loading.done / loading.total) if loading.total else 0
    return wording("web_status.working", what=loading.what, percent=percent)


def _growing(text: str) -> Iterator[str]:
    # Cut after sentences only: half a mark or half a bold word would show its asterisks.
    pieces = [piece for piece in _CUT.split(text) if piece]
    step = max(1, round(len(pieces) / _STREAM_STEPS))
    for end in range(step, len(pieces), step):
        shown = "".join(pieces[:end])
        if shown.count("**") % 2 == 0:
            yield shown
