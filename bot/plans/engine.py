"""The engine over many plans: it finds out which plan a question means and has that plan's engine answer."""

import logging
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot import followup
from bot.answer import Answer
from bot.engine import Engine
from bot.llm import writer_for
from bot.plans.naming import Named, PlanNames, Survey
from bot.plans.pool import EnginePool
from bot.plans.sides import of_plan, side_by_side
from bot.plans.survey import survey
from bot.question import clean
from ingest.errors import JiwenError, SettingsError
from ingest.index import Progress
from ingest.library.build import home_key, open_library
from ingest.library.catalogue import PlanEntry
from ingest.library.library import Library
from prompts import wording

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_log = logging.getLogger(__name__)

MOST_SIDES = 4  # plans set side by side in one answer
_SHOWN = 10  # plans named where one was asked for that is not there


class LibraryEngine(Engine):
    """Answers questions about the home plan as its engine does, and about any other plan of a library.

    A question that names the region of another plan is answered from that plan; one that sets plans against
    each other from each; one for which plans say something from all. Everything else is the home plan's,
    answered as if it were the only one.

    Args:
        home: the home plan's engine, whose parts this one shares.
        library: the plans.
        llm: words other plans' answers, if there is one.
    """

    def __init__(self, home: Engine, library: Library, llm: "LLM | None" = None) -> None:
        self.__dict__.update(vars(home))  # one index, one retriever: nothing is opened twice
        self.home = home
        self.library = library
        self.home_key = home_key(home.settings)
        self.names = PlanNames(library.entries, self.home_key)
        self._llm = llm
        self._pool = EnginePool(self._open, home.settings.open_plans)

    @property
    def entries(self) -> tuple[PlanEntry, ...]:
        """The catalogue, the home plan first."""
        return tuple(sorted(self.library.entries, key=lambda entry: (entry.key != self.home_key, entry.key)))

    def plan(self, name: str) -> PlanEntry:
        """The plan with this key, title or region (its latest edition, or the one whose period is named).

        Raises:
            SettingsError: there is none; the message says which there are.
        """
        entries = self.names.entries
        if name in entries:
            return entries[name]
        for entry in entries.values():
            if name.strip("《》") in (entry.title, entry.label.strip("《》")):
                return entry
        named = self.names.find(name)
        if len(named.keys) == 1:
            return entries[named.keys[0]]
        shown = "、".join(entry.key for entry in self.entries[:_SHOWN])
        more = "……" if len(entries) > _SHOWN else ""
        raise SettingsError(wording("plans.unknown", name=name[:80], plans=shown + more))

    def engine_of(self, key: str) -> Engine:
        """The engine of one plan: a plain one, which knows of no other.

        Raises:
            KeyError: there is no such plan.
            JiwenError: it cannot be opened.
        """
        return self.home if key == self.home_key else self._pool.get(key)

    def survey(self, about: str) -> Answer:
        """Which plans speak of something, quoted plan by plan."""
        return survey(self.library, Survey(about, "", ()), self.entries, self.engine_of)

    def ask(self, question: str, history: Sequence[str] = (), plan: str = "") -> Answer:
        """Answer a question; `plan` is the one to ask (key, title or region), whatever the question names."""
        *_, answer = self.stream(question, history, plan)
        return answer

    def stream(self, question: str, history: Sequence[str] = (), plan: str = "") -> Iterator[Answer]:
        """As `Engine.stream`; `plan` as for `ask`."""
        started = time.perf_counter()
        usable = isinstance(question, str) and len(clean(question)) <= self.settings.max_question
        try:
            if plan:
                yield from self._chosen(question, history, self.plan(plan))
                return
            named = self.names.find(question) if usable else Named((), "", "", False)
            keys, text, earlier = (
                self._meant(question, named, self._usable(history)) if usable else ((), "", [])
            )
            if not keys or keys == (self.home_key,):
                wanted = self.names.survey(question) if usable and not named.keys else None
                if wanted is not None:
                    told = survey(self.library, wanted, self.entries, self.engine_of)
                    yield told.timed({"total": (time.perf_counter() - started) * 1000})
                else:
                    yield from self.home.stream(question, history)
            elif len(keys) == 1:
                yield from self._from(self.names.entries[keys[0]], text, earlier)
            else:
                yield self._sides(keys, text, earlier, started)
        except JiwenError as error:
            yield Answer("invalid", str(error), question=question if usable else "")

    def _meant(
        self, question: str, named: Named, history: list[str]
    ) -> tuple[tuple[str, ...], str, list[str]]:
        """The plans a question is for, what each is asked, and the earlier questions as it is told them."""
        earlier = [self.names.find(entry) for entry in history]
        if named.keys:
            if self.home_key in named.keys and not named.compares:
                return (
                    (self.home_key,),
                    question,
                    history,
                )  # what two regions do together is asked of the home plan
            if named.bare and earlier:  # 「那岚原省呢」 asks the question before of another plan
                return named.keys, earlier[-1].rest, [entry.rest for entry in earlier[:-1]]
            return named.keys, named.rest, [entry.rest for entry in earlier]
        keys = self._carried(question, history, earlier)
        return keys, question, [entry.rest for entry in earlier]

    def _carried(self, question: str, history: Sequence[str], earlier: Sequence[Named]) -> tuple[str, ...]:
        """The plans of the conversation, if each question since they were named leaves its topic to it."""
        last = next((i for i in range(len(earlier) - 1, -1, -1) if earlier[i].keys), None)
        if last is None:
            return ()
        keys = earlier[last].keys
        reader = self.engine_of(keys[0]).reader
        asked = [earlier[last].rest, *history[last + 1 :], question]
        for i in range(1, len(asked)):
            resolved = followup.resolve(asked[i], asked[:i], reader.known)
            if not resolved.carried:
                return ()
        return () if self.home_key in keys and not earlier[last].compares else keys

    def _chosen(self, question: str, history: Sequence[str], entry: PlanEntry) -> Iterator[Answer]:
        if not isinstance(question, str):
            yield from self.home.stream(question, history)
            return
        text = self._without(question, entry)
        earlier = [self._without(before, entry) for before in self._usable(history)]
        if entry.key == self.home_key:
            yield from self.home.stream(question, earlier)
        else:
            yield from self._from(entry, text, earlier)

    def _without(self, question: str, entry: PlanEntry) -> str:
        """A question without the name of the plan it is asked of; one that names others stays as it is."""
        named = self.names.find(question)
        return named.text if named.keys == (entry.key,) else question

    def _from(self, entry: PlanEntry, text: str, history: Sequence[str]) -> Iterator[Answer]:
        for answer in self.engine_of(entry.key).stream(text, history):
            yield of_plan(answer, entry)

    def _sides(self, keys: Sequence[str], text: str, history: Sequence[str], started: float) -> Answer:
        if len(keys) > MOST_SIDES:
            return Answer(
                "invalid", wording("plans.too_many", most=MOST_SIDES, count=len(keys)), question=text
            )
        sides = []
        for key in keys:
            answer = self.engine_of(key).ask(text, history)
            sides.append((self.names.entries[key], answer))
        told = side_by_side(sides, text)
        return told.timed({**told.timings, "total": (time.perf_counter() - started) * 1000})

    def _open(self, key: str) -> Engine:
        index = self.library.index(key)
        return Engine(
            index,
            self.settings,
            writer=writer_for(self._llm, index, self.settings),
            reranker=self.retriever.reranker,
        )


def open_plans(home: Engine, llm: "LLM | None" = None, progress: Progress | None = None) -> LibraryEngine:
    """Open the engine over the settings' plans, bringing the library up to date first.

    Args:
        home: the home plan's engine.
        llm: words answers, if there is one.
        progress: called as the library is built.

    Raises:
        SettingsError: the folder of plans cannot be read.
        IndexBuildError: the library cannot be written.
    """
    library, built = open_library(home.settings, home.index.embedding, progress)
    for key, reason in built.failed.items():  # the others serve
        _log.error("%s: %s", key, reason)
    return LibraryEngine(home, library, llm)
