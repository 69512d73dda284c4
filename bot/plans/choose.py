"""Asking an engine of the plan that a caller chose; nothing heavy is imported where none is chosen."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.errors import SettingsError
from prompts import wording

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.engine import Engine
    from bot.plans.engine import LibraryEngine
    from ingest.index import PlanIndex
    from ingest.library.catalogue import PlanEntry


def ask_of_plan(engine: "Engine", question: str, history: Sequence[str], plan: str) -> "Answer":
    """Ask an engine, of one plan if `plan` (its key, title or region) is not empty."""
    if not plan:
        return engine.ask(question, history)
    *_, answer = stream_of_plan(engine, question, history, plan)
    return answer


def stream_of_plan(engine: "Engine", question: str, history: Sequence[str], plan: str) -> Iterator["Answer"]:
    """As `ask_of_plan`, giving the answer as it grows."""
    if not plan:
        yield from engine.stream(question, history)
        return
    from bot.answer import Answer
    from bot.plans.engine import LibraryEngine

    if isinstance(engine, LibraryEngine):
        yield from engine.stream(question, history, plan)
    else:
        yield Answer("invalid", wording("plans.not_set"))


def plans_of(engine: "Engine") -> "tuple[PlanEntry, ...]":
    """The catalogue of an engine over several plans, the home plan first; nothing for any other engine."""
    from bot.plans.engine import LibraryEngine

    return engine.entries if isinstance(engine, LibraryEngine) else ()


def answer_about(engine: "Engine", about: str) -> "Answer":
    """Which of an engine's plans speak of something."""
    return _library(engine).survey(about)


def index_of_plan(engine: "Engine", plan: str) -> "PlanIndex":
    """The index of one of an engine's plans, by its key, title or region.

    Raises:
        SettingsError: there is none.
        IndexBuildError: it cannot be opened.
    """
    library = _library(engine)
    return library.engine_of(library.plan(plan).key).index


def _library(engine: "Engine") -> "LibraryEngine":
    from bot.plans.engine import LibraryEngine

    if not isinstance(engine, LibraryEngine):
        raise SettingsError(wording("plans.not_set"))
    return engine
