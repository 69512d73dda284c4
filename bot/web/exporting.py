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
    quick: Any = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}

    def export(carrier: str) -> str:
        engine = loader.engine()
        try:
            conversation = load(carrier)
        except ConversationError as error:
            return json.dumps({"said": str(error)}, ensure_ascii=False)
        if engine is None or not conversation.turns:
            return json.dumps({"said": wording("web_export.nothing")}, ensure_ascii=False)
        file = {"name": file_name(conversation), "text": markdown(conversation, engine.index.plan.title)}
        return json.dumps(file, ensure_ascii=False)

    button.click(export, parts.carrier, made, **quick).then(
        None, made, js="(made) => jiwen.saveFile(made)", **quick
    )
