"""Thumbs under answers, and the panel that asks what was wrong with one."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.web.chat_tab import ChatParts
from bot.web.conversation import ConversationError, Rating, dump, load
from bot.web.feedback import MAX_REMARK, REASONS, FeedbackStore
from prompts import wording

if TYPE_CHECKING:
    pass

_log = logging.getLogger(__name__)


def build_feedback(store: FeedbackStore, parts: ChatParts) -> None:
    """Put the panel on the page and wire the thumbs of the chat to the store."""
    import gradio as gr

    with gr.Column(visible=False, elem_id="jw-feedback") as panel:
        reasons = gr.CheckboxGroup(
            [(wording(f"web_feedback.{reason}"), reason) for reason in REASONS],
            label=wording("web_feedback.ask"),
        )
        remark = gr.Textbox(
            label=wording("web_feedback.remark"),
            placeholder=wording("web_feedback.remark_hint"),
            max_length=MAX_REMARK,
            max_lines=3,
            value="",
        )
        with gr.Row():
            send = gr.Button(
                wording("web_feedback.send"), variant="primary", size="sm", elem_id="jw-feedback-send"
            )
            close = gr.Button(wording("web_feedback.close"), size="sm")
    kept = gr.State(None)  # the number of the rating that the panel is about
    # Queued: Gradio shows notices (gr.Info) of queued events only.
    quick: Any = {"concurrency_limit": None, "api_visibility": "private", "show_progress": "hidden"}

    def rate(carrier: str, data: gr.LikeData) -> list[Any]:
        rating: Rating | None = "good" if data.liked is True else "bad" if data.liked is False else None
        try:
            conversation = load(carrier)
            index = (data.index if isinstance(data.index, int) else data.index[0]) // 2
            turn = conversation.turns[index]
        except (ConversationError, IndexError):
            return [gr.skip()] * 5
        number = None
        if rating:
            with _told():
                number = store.add(turn, rating, [earlier.question for earlier in conversation.turns[:index]])
            gr.Info(wording(f"web_feedback.noted_{rating}"), duration=3)
        return [dump(conversation.rated(index, rating)), number, gr.update(visible=rating == "bad"), [], ""]

    def explain(number: int | None, chosen: list[str], text: str) -> dict[str, Any]:
        if number is not None:
            with _told():
                store.explain(number, chosen, text)
        gr.Info(wording("web_feedback.noted_good"), duration=3)
        return gr.update(visible=False)

    parts.chatbot.like(rate, parts.carrier, [parts.carrier, kept, panel, reasons, remark], **quick).then(
        None,
        parts.carrier,
        js="(carrier) => jiwen.store.save(carrier)",
        queue=False,
        api_visibility="private",
    )
    send.click(explain, [kept, reasons, remark], panel, **quick)
    close.click(lambda: gr.update(visible=False), None, panel, **quick)


@contextmanager
def _told() -> Iterator[None]:
    # A full disk must not look as if the answer had failed.
    import gradio as gr

    try:
        yield
    except (sqlite3.Error, OSError) as error:
        _log.exception("feedback could not be kept")
        raise gr.Error(wording("web_feedback.failed"), print_exception=False) from error
