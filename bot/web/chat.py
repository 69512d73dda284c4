"""The chat: its components and what happens when a question is asked."""

import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.plans.choose import stream_of_plan
from bot.web.conversation import (
    MAX_TURNS,
    Conversation,
    ConversationError,
    Turn,
    load,
)
from bot.web.feedback import FeedbackStore
from bot.web.loading import EngineLoader, Loading
from bot.web.message import answer_message, note_message, user_message
from bot.web.turns import turn_of
from ingest.settings import Settings
from prompts import wording

if TYPE_CHECKING:
    from bot.engine import Engine

_log = logging.getLogger(__name__)

_STREAM_STEPS = (
    12  # a verbatim answer is there at once: it is shown in this many steps, for the eye to follow
)
_STREAM_PAUSE = 0.03  # seconds between them
_POLL = 0.3  # seconds between two looks at an engine that is still being opened
_CUT = re.compile(r"(?<=[。；！？\n])")


class Chat:
    """Answers questions for the page; knows no component, so that it can be tested without one.

    Args:
        loader: where the engine comes from.
        settings: limits.
        store: where questions that the plan does not answer are counted.
    """

    def __init__(self, loader: EngineLoader, settings: Settings, store: FeedbackStore | None = None) -> None:
        self.loader = loader
        self.settings = settings
        self.store = store

    def ask(
        self, question: str, carrier: str, plan: str = ""
    ) -> Iterator[tuple[list[dict[str, object]], Conversation, bool]]:
        """Answer a question at the end of a conversation.

        Args:
            question: as typed.
            carrier: the conversation as the browser keeps it.
            plan: key of the plan to ask; by the question if empty.

        Yields:
            The messages to show, the conversation to keep, and whether this is the end.
        """
        # Half a surrogate pair can be typed, but not sent back.
        question = question.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        try:
            conversation = load(carrier)
        except ConversationError as error:
            yield [note_message(str(error))], Conversation(), True
            return
        before = messages(conversation)
        if len(conversation.turns) >= MAX_TURNS:
            yield [*before, note_message(wording("web_error.too_many", count=MAX_TURNS))], conversation, True
            return
        asked = [*before, user_message(question)] if question.strip() else before
        loading = self.loader.state()
        while not loading.over:
            yield [*asked, note_message(status_text(loading))], conversation, False
            loading = self.loader.wait(_POLL)
        if loading.engine is None:
            yield [*asked, note_message(loading.error or "")], conversation, True
            return
        yield [*asked, note_message(wording("web_status.thinking"))], conversation, False
        turn: Turn | None = None
        steps = 0
        place = len(conversation.turns)
        try:
            for grown in self._turns(question, conversation, loading.engine, plan):
                if turn is not None:
                    yield [*asked, answer_message(turn, place, text=turn.text)], conversation, False
                turn, steps = grown, steps + 1
        except Exception:  # the user must not see a traceback, and the log must have it
            _log.exception("a question could not be answered")
            turn = None
        if turn is None:
            yield [*asked, note_message(wording("web_error.unexpected"))], conversation, True
            return
        if turn.status == "invalid":  # not kept: it would be history for the next question
            yield [*asked, answer_message(turn, place)], conversation, True
            return
        self._count(turn)
        for text in _growing(turn.text) if steps == 1 else ():
            yield [*asked, answer_message(turn, place, text=text)], conversation, False
            time.sleep(_STREAM_PAUSE)
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
        self, question: str, conversation: Conversation, engine: "Engine", asked_of: str
    ) -> Iterator[Turn]:
        """The answer as it grows; each one takes the place of the one before."""
        plan = engine.index.plan
        table = plan.indicator_table()
        rows = table[2].indicators if table else ()
        history = conversation.questions(self.settings.max_history)
        for answer in stream_of_plan(engine, question, history, asked_of):
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
