"""An answer as it grows out of checked sentences: its lines, its citations, and what was wrong on the way."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.draft import Draft, Line, Quote
from bot.llm.check import Checker
from bot.llm.figures import prepared
from bot.llm.reply import Said
from bot.llm.source import Source
from bot.llm.support import in_stead_of, quotes_behind
from bot.verify import faults_of, kept
from ingest.plan import Plan


class Wording:
    """Takes a model's sentences one by one; each is shown, replaced by verbatim text, or dropped.

    Args:
        plan: what is quoted.
        sources: the passages given, number 1 first.
        checker: finds what is wrong with a sentence.
        head: the verbatim answer's line with the direct value, and its quotation; it stands over the wording.
    """

    def __init__(
        self,
        plan: Plan,
        sources: Sequence[Source],
        checker: Checker,
        head: tuple[Line, Quote] | None = None,
    ) -> None:
        self._plan = plan
        self._sources = sources
        self._checker = checker
        self._head = head
        self.begin()

    def begin(self) -> None:
        """Start again with nothing said."""
        self._draft = Draft(self._plan)
        self.kept = self.replaced = self.dropped = 0
        self.faults: Counter[str] = Counter()
        self._shown: set[str] = set()
        self._line = -1
        self._waiting: list[Said] = []
        if self._head:
            line, quote = self._head
            self._draft.cite(quote)
            self._draft.lines.append(line)

    @property
    def sentences(self) -> int:
        """How many sentences were weighed."""
        return self.kept + self.replaced + self.dropped

    @property
    def corrected(self) -> int:
        """How many of them were not shown as they were."""
        return self.replaced + self.dropped

    def report(self) -> dict[str, Any]:
        """What became of the sentences, for the evaluation."""
        counts = {
            "sentences": self.sentences,
            "kept": self.kept,
            "replaced": self.replaced,
            "dropped": self.dropped,
        }
        return counts | {"faults": dict(self.faults)}

    def take(self, said: Said) -> bool:
        """Weigh a sentence; returns whether the answer has grown.

        A sentence without a mark waits for the next one with a mark in its line: many write one mark for two
        sentences. It is held to the same passages.
        """
        if self._waiting and self._waiting[0].line != said.line:
            self._drop_waiting()
        if not said.cites:
            self._waiting.append(said)
            return False
        grown = False
        for sentence in (*self._waiting, said):
            grown |= self._weigh(sentence, said.cites)
        self._waiting = []
        return grown

    def close(self) -> Draft:
        """The whole answer, checked once more as every answer is."""
        self._drop_waiting()
        draft = self.draft()
        return kept(draft) if faults_of(draft) else draft

    def draft(self) -> Draft:
        """The answer as far as it goes."""
        return self._draft

    def _drop_waiting(self) -> None:
        for _ in self._waiting:
            self._fail("uncited")
        self._waiting = []

    def _weigh(self, said: Said, cites: Sequence[int]) -> bool:
        key = prepared(said.text)
        cited = [self._sources[n - 1] for n in cites if 1 <= n <= len(self._sources)]
        if key in self._shown:
            return self._fail("repeated")
        if said.text[-1] in "？?":
            return self._fail("question")
        fault, cited = self._checked(said.text, cited, given=len(cited) == len(cites))
        if not fault:
            self._shown.add(key)
            self.kept += 1
            self._put(
                said, said.text, [quote for source in cited for quote in quotes_behind(said.text, source)]
            )
            return True
        quote = in_stead_of(said.text, cited)
        text = self._draft.read(quote.span) if quote else ""
        if quote is None or prepared(text) in self._shown:
            return self._fail(fault)
        self._shown.add(prepared(text))
        self.faults[fault] += 1
        self.replaced += 1
        self._put(said, text, [quote])
        return True

    def _checked(self, text: str, cited: list[Source], *, given: bool) -> tuple[str, list[Source]]:
        """What is wrong with a sentence, and which of the passages it cites bear it."""
        if not given:
            return "citation", cited
        alone = [source for source in cited if len(cited) > 1 and not self._checker.fault(text, [source])]
        return ("", alone) if alone else (self._checker.fault(text, cited), cited)

    def _fail(self, fault: str) -> bool:
        self.faults[fault] += 1
        self.dropped += 1
        return False

    def _put(self, said: Said, text: str, quotes: Sequence[Quote]) -> None:
        draft = self._draft
        cites = tuple(dict.fromkeys(draft.cite(quote) for quote in quotes))
        marked = text + "".join(f"[{number}]" for number in cites)
        if said.line == self._line:
            before = draft.lines.pop()
            draft.lines.append(Line(before.text + marked, tuple(dict.fromkeys((*before.cites, *cites)))))
        else:
            draft.lines.append(Line(f"- {marked}" if said.bullet else marked, cites))
        self._line = said.line
