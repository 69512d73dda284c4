"""Follow-up questions: 「那2030年呢」「它的投资是多少」「还有呢」 take their topic from the questions before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.lexicon import load_data
from bot.question import content_words, read_question
from ingest.terms import normalise

_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True)
class Resolved:
    """A question that can be understood by itself.

    Attributes:
        text: the question to answer.
        carried: whether its topic came from an earlier question.
        more: how many times the user has asked for more of the same (「还有呢」).
    """

    text: str
    carried: bool = False
    more: int = 0


@dataclass(frozen=True)
class _Rules:
    more: tuple[re.Pattern[str], ...]
    openers: re.Pattern[str]
    pronouns: re.Pattern[str]
    closers: re.Pattern[str]
    contrasts: tuple[tuple[str, ...], ...]
    short: int


@cache
def _rules() -> _Rules:
    data = load_data("followup.toml")
    return _Rules(
        more=tuple(re.compile(pattern) for pattern in data["more"]),
        openers=re.compile(data["openers"]),
        pronouns=re.compile(data["pronouns"]),
        closers=re.compile(data["closers"]),
        contrasts=tuple(tuple(group) for group in data["contrasts"]),
        short=data["short"],
    )


def resolve(question: str, history: Sequence[str], topic_of: Callable[[str], str]) -> Resolved:
    """Understand a question in its conversation.

    Args:
        question: as typed.
        history: the earlier questions, oldest first.
        topic_of: names what a self-contained question is about (a term, a project, an indicator), or "".
    """
    if not history:
        return Resolved(question)
    if _asks_more(question):
        before = resolve(history[-1], history[:-1], topic_of)
        return Resolved(before.text, True, before.more + 1)
    if not _depends(question):
        return Resolved(question)
    before = resolve(history[-1], history[:-1], topic_of)
    return Resolved(_merge(question, before.text, topic_of), True)


def _asks_more(question: str) -> bool:
    plain = re.sub(r"[?？。！!，,\s]", "", normalise(question))
    return any(pattern.fullmatch(plain) for pattern in _rules().more)


def _depends(question: str) -> bool:
    """Whether a question leaves its topic to the ones before."""
    rules = _rules()
    text = normalise(question).strip()
    words = content_words(read_question(text).text)
    if rules.pronouns.search(text):
        return True
    opened = rules.openers.match(text)
    closed = rules.closers.search(text)
    if opened and (closed or len(words) <= 1):
        return True
    if closed and len("".join(words)) <= rules.short:
        return True
    return not words


def _merge(question: str, before: str, topic_of: Callable[[str], str]) -> str:
    rules = _rules()
    text = normalise(question).strip()
    bare = rules.closers.sub("", rules.openers.sub("", text, count=1)).strip("，,。？?！! ")
    if rules.pronouns.search(bare):
        topic = topic_of(before) or "".join(content_words(read_question(before).text))
        return rules.pronouns.sub(topic, bare, count=1)
    swapped = _swap(bare, normalise(before))
    if swapped:
        return swapped
    if not content_words(read_question(bare).text):  # 「多少钱」: the asking is new, the topic old
        topic = topic_of(before) or "".join(content_words(read_question(before).text))
        return f"{topic}{bare}" if bare else before
    topic = topic_of(before)
    return f"{topic}{bare}" if topic and topic not in bare else f"{bare}{before}"


def _swap(new: str, before: str) -> str:
    """The earlier question with one thing changed for its counterpart: the year, the city, 城镇 for 农村."""
    years = _YEAR.findall(new)
    if years and len(content_words(read_question(new).text)) == 0:
        if _YEAR.search(before):
            return _YEAR.sub(years[0], before, count=1)
        return f"{years[0]}年{before}"
    for group in _rules().contrasts:
        here = [word for word in group if word in new]
        there = [word for word in group if word in before and word not in here]
        if here and there:
            return before.replace(max(there, key=len), here[0])
    return ""
