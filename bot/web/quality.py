"""The page of the quality staff: what readers reported, what went unanswered, and drafts of known answers.

It is mounted at `/qa` behind a login only if the settings have one.
"""

import asyncio
import hmac
import json
import logging
import shlex
import sqlite3
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.web.feedback import Entry, FeedbackStore, Unanswered
from bot.web.markup import tag
from bot.web.passwords import is_hash, password_fits
from bot.web.rate import RateLimit
from bot.web.request import CLIENT
from ingest.errors import SettingsError
from prompts import wording

if TYPE_CHECKING:
    import gradio as gr

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_WRONG_LOGIN_PAUSE = 1.0  # seconds; slows down guessing
_ATTEMPTS, _ATTEMPTS_SECONDS = 10, 600.0  # attempts a client has in so many seconds
_SHOWN = 80  # characters of a cell


def login(user: str, password: str) -> Callable[[str, str], Awaitable[bool]]:
    """A check of name and password that takes as long whichever is wrong, and so many attempts a client.

    Args:
        user: the name.
        password: a hash of `python -m bot password`, or the password itself, which is warned of.

    Raises:
        SettingsError: the password begins like a hash and is none.
    """
    try:
        if not is_hash(password):
            _log.warning("%s", wording("web_quality.plain_password"))
    except ValueError as error:
        raise SettingsError(wording("web_quality.bad_hash")) from error
    attempts = RateLimit(_ATTEMPTS, _ATTEMPTS_SECONDS)
    one = asyncio.Lock()  # a hash costs memory: many guesses at once must not

    async def check(given_user: str, given_password: str) -> bool:
        if attempts.wait(CLIENT.get()):
            _log.warning("%s", wording("web_quality.many_attempts"))
            return False
        async with one:
            right = await asyncio.to_thread(password_fits, given_password, password)
        right &= hmac.compare_digest(given_user.encode(errors="replace"), user.encode(errors="replace"))
        if not right:
            await asyncio.sleep(_WRONG_LOGIN_PAUSE)
        return right

    return check


def feedback_rows(entries: list[Entry]) -> list[list[Any]]:
    """Feedback as rows of the page's table."""
    return [
        [
            entry.id,
            _when(entry.at),
            wording(f"web_quality.{entry.rating}"),
            "、".join(wording(f"web_feedback.{reason}") for reason in entry.reasons),
            entry.remark,
            entry.question,
            _short(entry.answer),
        ]
        for entry in entries
    ]


def unanswered_rows(questions: list[Unanswered]) -> list[list[Any]]:
    """Unanswered questions as rows of the page's table."""
    return [[q.question, wording(f"web_quality.{q.status}"), q.times, _when(q.last)] for q in questions]


def draft_of_feedback(entry: Entry) -> dict[str, Any]:
    """A draft for the known answers from a reader's word, with what was answered."""
    reasons = "、".join(wording(f"web_feedback.{reason}") for reason in entry.reasons)
    return {
        "question": entry.question,
        "history": list(entry.history),
        "why": wording(
            "web_quality.why_feedback",
            reasons=reasons or wording(f"web_quality.{entry.rating}"),
            remark=entry.remark,
        ),
        "status": entry.status,
        "text": entry.answer,
        "sources": list(entry.sources),
    }


def draft_of_question(question: str) -> dict[str, Any]:
    """A draft for the known answers from a question that went unanswered."""
    return {"question": question, "history": [], "why": wording("web_quality.why_unanswered")}


def build_quality_page(store: FeedbackStore) -> "gr.Blocks":
    """Build the page over a store of feedback."""
    import gradio as gr

    quick: Any = {"api_visibility": "private", "show_progress": "hidden"}

    def read_entries(only_bad: bool) -> list[Entry]:
        return _read(lambda: store.entries("bad" if only_bad else None))

    def reports(only_bad: bool) -> list[list[Any]]:
        return feedback_rows(read_entries(only_bad))

    def questions() -> list[list[Any]]:
        return unanswered_rows(_read(store.unanswered))

    def pick_report(only_bad: bool, event: gr.SelectData) -> str:
        entries = read_entries(only_bad)
        number = event.row_value[0] if event.row_value else None
        found = next((entry for entry in entries if str(entry.id) == str(number)), None)
        return _as_line(draft_of_feedback(found)) if found else ""

    def pick_question(event: gr.SelectData) -> str:
        return _as_line(draft_of_question(str(event.row_value[0]))) if event.row_value else ""

    title = tag("h1", wording("web_quality.title"), class_="jw-hello")
    with gr.Blocks(title=wording("web_quality.title"), analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(str(title + tag("p", wording("web_quality.about"))), js_on_load=None)
        with gr.Tab(wording("web_quality.reports")):
            only_bad = gr.Checkbox(True, label=wording("web_quality.only_bad"))
            heads = [
                wording(f"web_quality.head_{name}")
                for name in ("id", "at", "rating", "reasons", "remark", "question", "answer")
            ]
            table = gr.Dataframe(
                headers=heads, interactive=False, wrap=True, show_label=False, elem_id="jw-reports"
            )
        with gr.Tab(wording("web_quality.unanswered")):
            heads = [wording(f"web_quality.head_{name}") for name in ("question", "status", "times", "last")]
            misses = gr.Dataframe(
                headers=heads, interactive=False, wrap=True, show_label=False, elem_id="jw-unanswered"
            )
        draft = gr.Code(
            label=wording("web_quality.draft"),
            language="json",
            interactive=True,
            wrap_lines=True,
            elem_id="jw-draft",
        )
        keep = gr.Button(wording("web_quality.keep"), variant="primary", elem_id="jw-keep")
        gr.HTML(_next_html(store), js_on_load=None)

        def keep_draft(text: str | None) -> None:
            try:
                path = add_draft(store, text or "")
            except (OSError, ValueError) as error:
                raise gr.Error(
                    wording("web_quality.not_kept", problem=error), print_exception=False
                ) from error
            gr.Info(wording("web_quality.kept", file=path), duration=6, title=wording("web_quality.draft"))

        only_bad.change(reports, only_bad, table, **quick)
        table.select(pick_report, only_bad, draft, **quick)
        misses.select(pick_question, None, draft, **quick)
        keep.click(keep_draft, draft, None, **quick)
        blocks.load(reports, only_bad, table, **quick)
        blocks.load(questions, None, misses, **quick)
    return blocks


def _read(read: Callable[[], _T]) -> _T:
    try:
        return read()
    except (sqlite3.Error, OSError) as error:
        import gradio as gr

        raise gr.Error(wording("web_quality.not_read", problem=error), print_exception=False) from error


def drafts_path(store: FeedbackStore) -> Path:
    """The file of drafts, beside the feedback; `python -m eval add --from` reads it."""
    return store.path.with_name("drafts.jsonl")


def add_draft(store: FeedbackStore, text: str) -> str:
    """Add a draft to `drafts.jsonl` beside the feedback; returns the file's name.

    Raises:
        ValueError: it is no JSON object with a question and, if any, a history of texts.
        OSError: the file cannot be written.
    """
    try:
        draft = json.loads(text)
    except RecursionError as error:
        raise ValueError(wording("web_quality.too_deep")) from error
    question = draft.get("question") if isinstance(draft, dict) else None
    if not isinstance(question, str) or not question.strip():
        raise ValueError(wording("web_quality.no_question"))
    history = draft.get("history", [])
    if not isinstance(history, list) or not all(isinstance(entry, str) for entry in history):
        raise ValueError(wording("web_quality.bad_history"))
    path = drafts_path(store)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A lone surrogate has no UTF-8; Python's escape for it is JSON's as well.
    with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(json.dumps(draft, ensure_ascii=False) + "\n")
    return path.name


def _next_html(store: FeedbackStore) -> str:
    command = wording("web_quality.command", file=shlex.quote(str(drafts_path(store).resolve())))
    return str(tag("p", wording("web_quality.next")) + tag("pre", tag("code", command), id="jw-next"))


def _as_line(draft: dict[str, Any]) -> str:
    return json.dumps(draft, ensure_ascii=False, indent=1)


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
