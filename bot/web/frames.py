"""What the chat shows while a question is on its way: the line, the answer growing, or why there is none."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from bot.web.chat import Begun, Chat, Frame, status_text
from bot.web.request import RefusedError
from bot.web.service import Asked, Service, Waiting
from prompts import wording

if TYPE_CHECKING:
    import gradio as gr

_POLL = 0.3  # seconds between two looks at an engine that is still being opened
_PAUSE = 0.06  # seconds between two steps of an answer that is there


async def frames(
    service: Service,
    chat: Chat,
    question: str,
    carrier: str,
    request: "gr.Request | None",
    plan: str = "",
) -> AsyncGenerator[Frame, None]:
    """Answer a question at the end of a conversation.

    Args:
        service: the way to the engine.
        chat: answers it.
        question: as typed.
        carrier: the conversation as the browser keeps it.
        request: Gradio's.
        plan: key of the plan to ask; by the question if empty.

    Yields:
        The messages to show, the conversation to keep, and whether this is the end.
    """
    begun = chat.begin(question, carrier, plan)
    if not isinstance(begun, Begun):
        yield begun
        return
    while not (loading := service.loader.state()).over:
        yield begun.note(status_text(loading))
        await asyncio.sleep(_POLL)
    engine = loading.engine
    if engine is None:
        yield begun.note(loading.error or "", over=True)
        return
    asked = Asked.by("ask", request, "chat")
    asked.characters = len(question)
    items = service.stream(asked, lambda given_up: chat.answer(begun, engine, asked.answered))
    try:
        async with aclosing(items):
            async for item in items:
                if isinstance(item, Waiting):
                    yield begun.note(_waiting_text(item))
                    continue
                yield item
                if not item[2]:
                    await asyncio.sleep(_PAUSE)
    except RefusedError as refused:
        yield begun.note(refused.text, over=True)


def _waiting_text(waiting: Waiting) -> str:
    if waiting.position:
        return wording("web_status.waiting", place=waiting.position)
    return wording("web_status.thinking")
