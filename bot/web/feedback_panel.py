"""Thumbs under answers, and the panel that asks what was wrong with one."""

import logging
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from bot.web.chat_tab import ChatParts
from bot.web.conversation import ConversationError, Rating, dump, load
from bot.web.feedback import MAX_REMARK, REASONS, FeedbackStore
from prompts import wording

if TYPE_CHECKING:
    pass

_T = TypeVar("_T")
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
    notice = gr.Textbox(visible="hidden", elem_id="jw-notice", show_label=False)
    quick: Any = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}

    def rate(carrier: str, data: gr.LikeData) -> list[Any]:
        rating: Rating | None = "good" if data.liked is True else "bad" if data.liked is False else None
        try:
            conversation = load(carrier)
            index = (data.index if isinstance(data.index, int) else data.index[0]) // 2
            turn = conversation.turns[index]
        except (ConversationError, IndexError):
            return [gr.skip()] * 6
        number, said = None, ""
        if rating:
            history = [earlier.question for earlier in conversation.turns[:index]]
            number, said = _kept(lambda: store.add(turn, rating, history), f"noted_{rating}")
        panel_shown = gr.update(visible=rating == "bad" and number is not None)
        return [dump(conversation.rated(index, rating)), number, panel_shown, [], "", said]

    def explain(number: int | None, chosen: list[str], text: str) -> list[Any]:
        said = (
            _kept(lambda: store.explain(number, chosen, text), "noted_good")[1] if number is not None else ""
        )
        return [gr.update(visible=False), said]

    tell = {"fn": None, "inputs": notice, "js": "(notice) => jiwen.toast(notice)", **quick}
    rated = parts.chatbot.like(
        rate, parts.carrier, [parts.carrier, kept, panel, reasons, remark, notice], **quick
    )
    rated.then(None, parts.carrier, js="(carrier) => jiwen.store.save(carrier)", **quick).then(**tell)
    send.click(explain, [kept, reasons, remark], [panel, notice], **quick).then(**tell)
    close.click(lambda: gr.update(visible=False), None, panel, **quick)


def _kept(keep: Callable[[], _T], said: str) -> tuple[_T | None, str]:
    # A full disk must not look as if the answer had failed.
    try:
        return keep(), wording(f"web_feedback.{said}")
    except (sqlite3.Error, OSError):
        _log.exception("feedback could not be kept")
        return None, wording("web_feedback.failed")
