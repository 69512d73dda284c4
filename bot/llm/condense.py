"""A follow-up rewritten by the model as a question that stands alone, if it adds nothing of its own."""

import re
import time
from collections.abc import Sequence

from bot.llm.call import Caller, CallError
from bot.llm.coverage import spoken_words
from bot.llm.evidence import plain
from bot.llm.figures import names_in, prepared
from bot.llm.rules import rules
from prompts import prompt

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_WRAPPING = re.compile(r"^[“\"「\s]+|[”\"」\s]+$")
_HAN = re.compile(r"[\u3400-\u9fff]")


def condense(caller: Caller, title: str, question: str, history: Sequence[str], understood: str) -> str:
    """Rewrite a follow-up.

    Args:
        caller: the model.
        title: of the plan.
        question: the follow-up as typed.
        history: the earlier questions, oldest first.
        understood: the rules' reading, which stands if the model's brings in something new or does not come.
    """
    filled = prompt("condense").filled(
        plan=title, history="\n".join(plain(entry) for entry in history), question=plain(question)
    )
    deadline = time.monotonic() + caller.limit * rules()["condense"]["share"]
    try:
        reply = caller.ask(filled, deadline)
    except CallError:
        return understood
    rewritten = _WRAPPING.sub("", reply.strip())
    return rewritten if _adds_nothing(rewritten, (*history, question, understood)) else understood


def _adds_nothing(rewritten: str, conversation: Sequence[str]) -> bool:
    """Whether a rewriting is one short question whose words, names and numbers the conversation holds."""
    limits = rules()["condense"]
    if (
        not rewritten
        or "\n" in rewritten
        or len(rewritten) > limits["characters"]
        or not _HAN.search(rewritten)
    ):
        return False
    said, known = prepared(rewritten), prepared("\n".join(conversation))
    numbers = set(_DIGITS.findall(known))
    if any(number not in numbers for number in _DIGITS.findall(said)) or any(
        n not in known for n in names_in(said)
    ):
        return False
    found = spoken_words(said)
    return bool(found) and sum(word in known for word in found) / len(found) >= limits["coverage"]
