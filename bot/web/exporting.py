"""The export button: the conversation as a Markdown file, made here and saved by the browser."""

import json
from typing import Any

from bot.web.chat_tab import ChatParts
from bot.web.conversation import ConversationError, load
from bot.web.export import file_name, markdown
from bot.web.loading import EngineLoader
from prompts import wording


def build_export(loader: EngineLoader, parts: ChatParts) -> None:
    """Put the hidden button that the page's export link presses, and wire it."""
    import gradio as gr

    made = gr.Textbox(visible="hidden", elem_id="jw-exported", show_label=False)
    button = gr.Button(visible="hidden", elem_id="jw-exporter")
    # Queued: Gradio shows notices (gr.Info) of queued events only.
    quick: Any = {"concurrency_limit": None, "api_visibility": "private", "show_progress": "hidden"}

    def export(carrier: str) -> str:
        try:
            conversation = load(carrier)
        except ConversationError as error:
            raise gr.Error(str(error), print_exception=False) from error
        engine = loader.engine()
        if engine is None or not conversation.turns:
            gr.Info(wording("web_export.nothing"), duration=3)
            return ""
        return json.dumps(
            [file_name(conversation), markdown(conversation, engine.index.plan.title)], ensure_ascii=False
        )

    button.click(export, parts.carrier, made, **quick).then(
        None, made, js="(made) => jiwen.saveFile(made)", queue=False, api_visibility="private"
    )
