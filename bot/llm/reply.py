"""A model's reply read as it comes: its sentences with their marks, its thinking aloud left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.llm.rules import rules

_MARK = re.compile(r"[\[【［](?:资料|来源|原文)?\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]】］]")
_OPEN, _CLOSE = "<think>", "</think>"
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.、)）](?!\d)|[（(]\d{1,2}[)）])\s*")
_HEADING = re.compile(r"^\s*#+\s*")
_DECORATION = re.compile(r"\*\*|__|`+")
# A sentence with the marks and closing quotation marks after its stop.
_SENTENCE = re.compile(
    r"[^。！？!?\n]*[。！？!?]+[”’」』）》)]*(?:\s*[\[【［][^\[\]【】［］\n]{1,20}[\]】］])*"
)
_MAY_GO_ON = re.compile(r"[\s”’」』）》)\[【［]")


@dataclass(frozen=True)
class Said:
    """One sentence of a reply.

    Attributes:
        text: without marks and decoration.
        cites: the numbers it cites, as given.
        line: which line of the reply it stands in.
        bullet: whether that line is an entry of a list.
        ended: whether it has its full stop; one without may be cut off.
    """

    text: str
    cites: tuple[int, ...]
    line: int
    bullet: bool
    ended: bool = True


class Reply:
    """Collects what a model says; `feed` gives the sentences that are whole, `finish` the rest.

    `restarted` counts how often a `</think>` showed that what came before it was no answer.
    """

    def __init__(self) -> None:
        self.length = 0
        self.restarted = 0
        self._pending = ""
        self._thinking = False
        self._line = 0
        self._bullet = False
        self._line_begun = False

    def feed(self, delta: str) -> Iterator[Said]:
        """Take a piece of the reply and give the sentences it completes."""
        self._pending += delta
        self._leave_out_thoughts()
        if self._thinking:
            return
        while (found := self._next_sentence()) is not None:
            yield found

    def finish(self) -> Iterator[Said]:
        """The end of the reply: give what is left."""
        if self._thinking:
            return
        self._pending += "\n"
        while (found := self._next_sentence()) is not None:
            yield found

    @property
    def endless(self) -> bool:
        """Whether what is pending is too long to be a sentence."""
        return not self._thinking and len(self._pending) > rules()["asking"]["pending"]

    def _leave_out_thoughts(self) -> None:
        while True:
            if self._thinking:
                at = self._pending.find(_CLOSE)
                if at < 0:
                    self._pending = self._pending[-len(_CLOSE) :]
                    return
                self._pending = self._pending[at + len(_CLOSE) :]
                self._thinking = False
            at = self._pending.find(_CLOSE)
            opened = self._pending.find(_OPEN)
            if at >= 0 and not 0 <= opened < at:
                # A template may have opened the thinking in the prompt: all before was none of the answer.
                self._pending = self._pending[at + len(_CLOSE) :]
                self.restarted += 1
                self._line_begun = False
                continue
            if opened < 0:
                return
            before, self._pending = self._pending[:opened], self._pending[opened + len(_OPEN) :]
            self._thinking = True
            if before.strip():
                self._pending = f"{self._pending}"

    def _next_sentence(self) -> Said | None:
        """Cut the next whole sentence off what is pending; None if there is none yet."""
        while self._pending:
            newline = self._pending.find("\n")
            match = _SENTENCE.match(self._pending)
            if match and (newline < 0 or match.end() <= newline):
                if match.end() == len(self._pending) or (
                    newline < 0 and _MAY_GO_ON.match(self._pending, match.end())
                ):
                    return None  # a mark may follow
                text, self._pending = match.group(), self._pending[match.end() :]
            elif newline >= 0:
                text, self._pending = self._pending[:newline], self._pending[newline:]
            else:
                return None
            found = self._said(text)
            if self._pending.startswith("\n"):
                self._pending = self._pending[1:]
                self._line += 1
                self._line_begun = False
            if found is not None:
                return found
        return None

    def _said(self, text: str) -> Said | None:
        if not self._line_begun:
            self._bullet = bool(_BULLET.match(text))
            text = _BULLET.sub("", _HEADING.sub("", text), count=1)
        cites = tuple(
            dict.fromkeys(int(n) for found in _MARK.findall(text) for n in re.findall(r"\d+", found))
        )
        plain = _DECORATION.sub("", _MARK.sub("", text)).strip()
        if not plain:
            return None
        self._line_begun = True
        self.length += len(plain)
        return Said(plain, cites, self._line, self._bullet, plain[-1] in "。！？!?”」』）》)" or bool(cites))
