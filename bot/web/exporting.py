"""The export buttons: the conversation as Markdown or Word, made here and saved by the browser."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.web.chat_tab import ChatParts
from bot.web.conversation import Conversation, ConversationError, load
from bot.web.export import file_name, markdown
from bot.web.loading import EngineLoader
from bot.web.word import word
from prompts import wording


@dataclass(frozen=True)
class Format:
    """A kind of file: how its name ends, its media type, and what makes it of a conversation."""

    suffix: str
    media: str
    make: Callable[[Conversation, str], bytes]


def _markdown(conversation: Conversation, plan_title: str) -> bytes:
    return markdown(conversation, plan_title).encode("utf-8", "replace")


FORMATS = (
    Format("md", "text/markdown;charset=utf-8", _markdown),
    Format("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
)


def build_export(loader: EngineLoader, parts: ChatParts) -> None:
    """Put the hidden buttons that the page's export links press, and wire them."""
    import gradio as gr

    made = gr.Textbox(visible="hidden", elem_id="jw-exported", show_label=False)
    quick: Any = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    for kind in FORMATS:
        button = gr.Button(visible="hidden", elem_id=f"jw-exporter-{kind.suffix}")
        button.click(_exporter(loader, kind), parts.carrier, made, **quick).then(
            None, made, js="(made) => jiwen.saveFile(made)", **quick
        )


def _exporter(loader: EngineLoader, kind: Format) -> Callable[[str], str]:
    """Makes, of the conversation as JSON, the file as JSON: what the page says, or name, type and content."""

    def export(carrier: str) -> str:
        engine = loader.engine()
        try:
            conversation = load(carrier)
        except ConversationError as error:
            return json.dumps({"said": str(error)}, ensure_ascii=False)
        if engine is None or not conversation.turns:
            return json.dumps({"said": wording("web_export.nothing")}, ensure_ascii=False)
        content = kind.make(conversation, engine.index.plan.title)
        file = {
            "name": file_name(conversation, kind.suffix),
            "type": kind.media,
            "base64": b64encode(content).decode("ascii"),
        }
        return json.dumps(file, ensure_ascii=False)

    return export
