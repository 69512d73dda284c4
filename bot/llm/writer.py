"""The writer: words an answer with a language model; where that does not go well the verbatim one stands."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from llama_index.core.llms import LLM

from bot.answer import Answer
from bot.draft import Draft, Line, Quote
from bot.llm.call import Caller, CallError
from bot.llm.check import Checker
from bot.llm.condense import condense
from bot.llm.coverage import Coverage
from bot.llm.evidence import budget_for, chosen, numbered, plain, token_counter
from bot.llm.figures import prepared
from bot.llm.ground import Ground
from bot.llm.reply import Reply, Said
from bot.llm.rules import rules
from bot.llm.suggest import suggested
from bot.llm.wording import Wording
from ingest.index import PlanIndex
from ingest.settings import Settings
from prompts import prompt, wording


class Writer:
    """Words answers with a language model; safe to use from several threads.

    Args:
        llm: any llama-index model that can chat.
        index: whose plan is quoted and whose idf weighs words.
        settings: the time limit, and whether the model suggests questions.
    """

    def __init__(self, llm: LLM, index: PlanIndex, settings: Settings) -> None:
        self.llm = llm
        self.plan = index.plan
        self.settings = settings
        self.caller = Caller(llm, settings.llm_timeout)
        self.coverage = Coverage(index.lexical)
        self.count = token_counter(llm)

    def takes(self, ground: Ground) -> bool:
        """Whether wording helps here; definitions, tables, outlines and lists stay as printed."""
        kinds = {quote.node.metadata["kind"] for quote in ground.draft.quotes}
        return ground.kind in rules()["kinds"] and bool(kinds) and kinds.isdisjoint(rules()["never"])

    def condense(self, question: str, history: Sequence[str], understood: str) -> str:
        """A follow-up as a question that stands alone; the rules' reading where the model's is no better."""
        return condense(self.caller, self.plan.title, question, history, understood)

    def stream(self, verbatim: Answer, ground: Ground) -> Iterator[Answer]:
        """The answer as it grows, the last one whole; every sentence in it is checked before it is shown.

        Args:
            verbatim: the answer without a model, which stands if the model's does not.
            ground: what it was composed from.
        """
        if not self.takes(ground):
            yield verbatim
            return
        attempt = _Attempt(self, verbatim, ground)
        if not attempt.sources:  # the budget holds no passage
            yield verbatim
            return
        yield from attempt.answers()


class _Attempt:
    """One answer in the making."""

    def __init__(self, writer: Writer, verbatim: Answer, ground: Ground) -> None:
        self._started = time.monotonic()
        self._writer = writer
        self._verbatim = verbatim
        self._ground = ground
        self._deadline = self._started + writer.caller.limit
        self._first: float | None = None
        self._restarted = 0
        self._declined = prepared(prompt("refuse").task)
        known = {
            "plan": writer.plan.title,
            "sentences": rules()["asking"]["sentences"],
            "refusal": prompt("refuse").task,
            "question": plain(ground.question),
        }
        empty = prompt("answer").filled(**known, passages="")
        quoted = [quote.node for quote in ground.draft.quotes]
        nodes = {node.node_id: node for node in (*quoted, *ground.nodes)}
        budget = budget_for(writer.llm, empty, writer.count)
        self.sources = chosen(nodes.values(), budget, writer.count)
        self._prompt = prompt("answer").filled(**known, passages=numbered(self.sources))
        checker = Checker(writer.coverage, writer.plan.title, self._prompt.rules)
        self._head = _value_line(ground.draft)
        self._wording = Wording(writer.plan, self.sources, checker, self._head)

    def answers(self) -> Iterator[Answer]:
        """The growing answer, and at last the whole one."""
        if self._head:  # the direct value need not wait for the model
            yield self._worded(self._wording.draft())
        reason = yield from self._listen()
        answer = self._settled(reason)
        yield answer
        if self._writer.settings.llm_suggest and not reason:
            yield replace(answer, suggestions=self._suggestions() or answer.suggestions)

    def _listen(self) -> Generator[Answer, None, str]:
        """Give the answer whenever it has grown; returns why the model's part is void, "" if it is not."""
        reply = Reply()
        limits = rules()["asking"]
        pieces = self._writer.caller.stream(self._prompt, self._deadline)
        try:
            for piece in pieces:
                if self._take(reply, reply.feed(piece)):
                    yield self._worded(self._wording.draft())
                if reply.length > limits["characters"] or reply.endless:
                    return "too_long"
            self._take(reply, reply.finish())
        except CallError as error:
            return error.reason
        except _DeclinedError:
            return "declined"
        finally:
            pieces.close()
        return ""

    def _take(self, reply: Reply, sentences: Iterator[Said]) -> bool:
        grown = False
        for said in sentences:
            if reply.restarted != self._restarted:  # what came before was thinking aloud
                self._restarted = reply.restarted
                self._wording.begin()
            if self._declined in prepared(said.text):
                raise _DeclinedError
            grown |= self._wording.take(said)
        return grown

    def _settled(self, reason: str) -> Answer:
        """The answer in the end: worded if it held, else verbatim with the reason."""
        draft = self._wording.close()
        words = self._wording
        if not reason and (words.kept == 0 or words.kept < rules()["asking"]["accepted"] * words.sentences):
            reason = "unsupported"
        trace = {**self._verbatim.trace, "llm": self._report(reason)}
        if reason:
            notice = wording(f"model.{reason}")
            text = f"{self._verbatim.text}\n\n{notice}"
            return replace(self._verbatim, text=text, trace=trace, timings=self._timings())
        notice = wording("model.corrected", count=words.corrected) if words.corrected else ""
        return replace(self._worded(draft, notice), trace=trace)

    def _worded(self, draft: Draft, notice: str = "") -> Answer:
        if self._first is None:
            self._first = time.monotonic()
        parts = (self._ground.before, draft.text(), notice)
        return replace(
            self._verbatim,
            text="\n\n".join(part for part in parts if part),
            citations=draft.citations(),
            mode="llm",
            timings=self._timings(),
        )

    def _report(self, reason: str) -> dict[str, Any]:
        model = self._writer.llm.metadata.model_name
        version = f"{self._prompt.name}@{self._prompt.version}"
        return {"model": model, "prompt": version, "reason": reason, **self._wording.report()}

    def _timings(self) -> dict[str, float]:
        """Milliseconds: the verbatim answer's, the model's, and until its first sentence was shown."""
        mine = {"llm": (time.monotonic() - self._started) * 1000}
        if self._first is not None:
            mine["llm_first"] = (self._first - self._started) * 1000
        return {**self._verbatim.timings, **mine}

    def _suggestions(self) -> tuple[str, ...]:
        return suggested(
            self._writer.caller, self._ground.question, self.sources, self._writer.coverage, self._deadline
        )


class _DeclinedError(Exception):
    """The model said that the passages do not answer."""


def _value_line(draft: Draft) -> tuple[Line, Quote] | None:
    """The line with the direct value, which stands over the wording as over the verbatim answer."""
    first = draft.lines[0] if draft.lines else None
    if draft.value is None or first is None or first.cites != (1,) or draft.value not in first.text:
        return None
    return first, draft.quotes[0]
