"""Asking as the page does, without a browser: what it shows from the question to the end."""

import asyncio

from bot.web.chat import Chat
from bot.web.frames import frames
from bot.web.loading import EngineLoader
from bot.web.service import Service


def frames_of(engine_or_loader, settings, question, carrier="", plan="", store=None):
    """The frames, one by one as they come: messages shown, conversation kept, whether it is the end."""
    ready = isinstance(engine_or_loader, EngineLoader)
    service = Service(engine_or_loader if ready else EngineLoader.ready(engine_or_loader), settings)
    steps = frames(service, Chat(settings, store), question, carrier, None, plan)

    async def following():
        return await anext(steps, None)

    try:
        with asyncio.Runner() as runner:
            while frame := runner.run(following()):
                yield frame
    finally:
        service.gate.close()


def last_frame(*arguments, **options):
    """The frame that stays."""
    *_, frame = frames_of(*arguments, **options)
    return frame
