"""Follow-up questions: 「那2030年呢」「它的投资是多少」「还有呢」 take their topic from earlier ones."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.lexicon import lexicon, load_data, places
from bot.question import content_words, read_question
from ingest.numerals import chinese_numeral, chinese_value
from ingest.terms import normalise

_YEAR = re.compile(r"(?:19|20)\d{2}")
_NEW_THING = 4  # characters from which a new thing can be asked about without the old one
_OWN_WORDS = 2  # informative words with which a question can stand by itself
_NUMERAL = "0-9〇零一二三四五六七八九十百"
_ORDINAL = re.compile(
    rf"第([{_NUMERAL}]+)(?:个|条|项|种)(?:项目|工程|呢)?|最后一?(?:个|条|项|种)(?:项目|工程|呢)?"
)
_EARLY = 4  # characters before an ordinal that points back (「那第三个呢」)
_NEIGHBOUR = re.compile(r"(?P<way>[上下前后])一?个?(?P<unit>[章节])")


@dataclass(frozen=True)
class Resolved:
    """A question that can be understood by itself.

    Attributes:
        text: the question to answer.
        carried: whether its topic came from an earlier question.
        more: how many times the user has asked for more of the same (「还有呢」).
        apart: what was asked now with nothing of the earlier topic, for where that topic drowns it.
    """

    text: str
    carried: bool = False
    more: int = 0
    apart: str = ""


@dataclass(frozen=True)
class _Rules:
    more: tuple[re.Pattern[str], ...]
    openers: re.Pattern[str]
    pronouns: re.Pattern[str]
    classifiers: re.Pattern[str]
    closers: re.Pattern[str]
    contrasts: tuple[tuple[str, ...], ...]
    attributes: frozenset[str]
    short: int
    short_plain: int


@cache
def _rules() -> _Rules:
    data = load_data("followup.toml")
    return _Rules(
        more=tuple(re.compile(pattern) for pattern in data["more"]),
        openers=re.compile(data["openers"]),
        pronouns=re.compile(data["pronouns"]),
        classifiers=re.compile(data["classifiers"]),
        closers=re.compile(data["closers"]),
        contrasts=tuple(tuple(group) for group in data["contrasts"]),
        attributes=frozenset(data["attributes"]),
        short=data["short"],
        short_plain=data["short_plain"],
    )


def resolve(
    question: str,
    history: Sequence[str],
    topic_of: Callable[[str], str],
    names: Callable[[str], bool] = lambda text: False,
    item_of: Callable[[str, int], str] = lambda text, number: "",
) -> Resolved:
    """Understand a question in its conversation.

    Args:
        question: as typed.
        history: the earlier questions, oldest first.
        topic_of: names what a self-contained question is about (a term, a project, an indicator), or "".
        names: whether a question itself names such a thing, or a place in the plan.
        item_of: names the n-th thing (from 1; -1 is the last) that the answer to a question lists, or "".
    """
    if not history:
        return Resolved(question)
    before = resolve(history[-1], history[:-1], topic_of, names, item_of)
    if _asks_more(question):
        return Resolved(before.text, True, before.more + 1)
    ordinal = _ORDINAL.search(normalise(question))
    if ordinal and ordinal.start() <= _EARLY:
        name = item_of(before.text, _ordinal_number(ordinal[1]))
        if name:
            return Resolved(_ORDINAL.sub(name, normalise(question), count=1), True)
    if not _depends(question) and not (_is_bare(question, names) and read_question(before.text).content):
        return Resolved(question)
    merged = _merge(question, before.text, topic_of)
    # What came before may have had no topic either.
    if not merged.strip():
        return Resolved(question)
    return Resolved(merged, True, apart=_apart(question, before.text))


def _ordinal_number(numeral: str | None) -> int:
    if numeral is None:
        return -1
    return int(numeral) if numeral.isascii() else int(chinese_value(numeral))


def _asks_more(question: str) -> bool:
    plain = re.sub(r"[?？。！!，,\s]", "", normalise(question))
    return any(pattern.fullmatch(plain) for pattern in _rules().more)


def _depends(question: str) -> bool:
    """Whether a question says that it leaves its topic to the ones before."""
    rules = _rules()
    text = normalise(question).strip()
    words = content_words(read_question(text).text)
    if rules.pronouns.search(text) or rules.classifiers.search(text) or _NEIGHBOUR.search(text):
        return True
    opened = rules.openers.match(text)
    closing = rules.closers.search(text)
    closed = bool(closing and closing.group(2))
    if opened and (closed or len(words) <= 1):
        return True
    return closed and len("".join(words)) <= rules.short


def _is_bare(question: str, names: Callable[[str], bool]) -> bool:
    """Whether a question says next to nothing of what it is about: 「多少钱」, 「哪年通车」."""
    words = [word for word in content_words(read_question(question).text) if len(word) > 1]
    return len("".join(words)) <= _rules().short_plain and not names(question)


def _merge(question: str, before: str, topic_of: Callable[[str], str]) -> str:
    rules = _rules()
    text = normalise(question).strip()
    bare = _bare(text)
    before = normalise(before)
    moved = _neighbour(bare, before)
    if moved:
        return moved
    if rules.pronouns.search(bare):
        return rules.pronouns.sub(_topic(before, topic_of), bare, count=1)
    if rules.classifiers.search(bare):  # 「梅河口到桦甸那条」: that pipeline
        return f"{rules.classifiers.sub('', bare)} {_kind_of_thing(before)}"
    if _names_attribute(bare):
        return f"{_topic(_without_attribute(before), topic_of)}{bare}"
    swapped = _swap(bare, before)
    if swapped:
        return swapped
    if not content_words(read_question(bare).text):  # 「多少钱」: the asking is new, the topic old
        return f"{_topic(before, topic_of)}{bare}" if bare else before
    asks = lexicon().asks.search(bare)
    if not asks:
        return _replaced(bare, before, topic_of)
    if len(content_words(read_question(bare).text)) >= _OWN_WORDS and re.search(
        "呢|那", text[: asks.start() + 4]
    ):
        return re.sub(r"呢[，, ]?", "", bare)  # 「县里的医院呢，怎么提升」 has a subject of its own
    topic = topic_of(before)
    return f"{topic}{bare}" if topic and topic not in bare else f"{bare} {_kind_of_thing(before)}"


def _bare(text: str) -> str:
    """A normalised follow-up without what opens and closes it: 「那投资呢」 is 投资."""
    rules = _rules()
    return rules.closers.sub("", rules.openers.sub("", text, count=1)).strip("，,。？?！! ")


def _apart(question: str, before: str) -> str:
    """A new thing with the asking of the earlier question (「国际航线2025年做到多少」); "" without one."""
    rules = _rules()
    bare = _bare(normalise(question).strip())
    names = (*places().inside, *places().outside)
    new = [word for word in content_words(read_question(bare).text) if word not in names]
    if (
        len("".join(new)) < _NEW_THING
        or rules.pronouns.search(bare)
        or rules.classifiers.search(bare)
        or _names_attribute(bare)
    ):
        return ""
    if lexicon().asks.search(bare):  # it has an asking of its own: 「谁整出来的」 needs the old thing
        return ""
    rest = normalise(before)
    for word in content_words(read_question(rest).text):
        rest = rest.replace(word, "")
    return f"{bare}{rest}"


def _names_attribute(bare: str) -> bool:
    """Whether a follow-up adds only another attribute of the same thing: 「那全长呢」."""
    words = content_words(read_question(bare).text)
    return bool(words) and all(word in _rules().attributes for word in words)


def _without_attribute(before: str) -> str:
    """An earlier question without the attribute it asked for."""
    for attribute in sorted(_rules().attributes, key=len, reverse=True):
        before = before.replace(attribute, "")
    return before


def _topic(before: str, topic_of: Callable[[str], str]) -> str:
    return topic_of(before) or "".join(content_words(read_question(before).text))


def _neighbour(bare: str, before: str) -> str:
    """「下一章」 after 「第十一章讲什么」."""
    match = _NEIGHBOUR.search(bare)
    point = re.search(rf"第([{_NUMERAL}]+){match['unit']}", before) if match else None
    if match is None or point is None:
        return ""
    number = int(point[1]) if point[1].isascii() else int(chinese_value(point[1]))
    number += 1 if match["way"] in "下后" else -1
    return before.replace(point.group(), f"第{chinese_numeral(number)}{match['unit']}") if number > 0 else ""


def _kind_of_thing(before: str) -> str:
    """The words of an earlier question without its names of places: what kind of thing it was about."""
    names = (*places().inside, *places().outside)
    return "".join(word for word in content_words(read_question(before).text) if word not in names)


def _replaced(new: str, before: str, topic_of: Callable[[str], str]) -> str:
    """The earlier question with a new topic: 「冶金建材呢」 after 「医药健康产业规模多大」."""
    topic = normalise(topic_of(before))
    if topic and topic in before:
        return before.replace(topic, new)
    owner = re.match(r"^(.{2,12}?)的(?=.{2})", before)
    if owner and content_words(owner[1]):
        return f"{new}的{before[owner.end() :]}"
    rest = before
    for word in content_words(read_question(before).text):
        if word in topic or word in new:
            rest = rest.replace(word, "")
    return f"{new} {rest}"


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
        rest = new.replace(max(here, key=len), "").removeprefix("市") if here else ""  # 「珲春市呢」
        if here and there and not content_words(read_question(rest).text):
            return before.replace(max(there, key=len), max(here, key=len))
    return ""
