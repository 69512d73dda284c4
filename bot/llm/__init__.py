"""Answers worded by a language model, and what holds them to the text."""

from typing import TYPE_CHECKING

from bot.llm.ground import Ground
from ingest.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from bot.llm.writer import Writer
    from ingest.index import PlanIndex


def writer_for(llm: "LLM | None", index: "PlanIndex", settings: Settings) -> "Writer | None":
    """The writer for a language model; None where there is no model, and then nothing of it is imported."""
    if llm is None:
        return None
    from bot.llm.writer import Writer

    return Writer(llm, index, settings)


__all__ = ["Ground", "writer_for"]
