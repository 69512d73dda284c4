"""Follow-up questions: 「那2030年呢」「它的投资是多少」「还有呢」 take their topic from earlier ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import frame
from bot.carry import END, NEIGHBOUR, NUMERAL, Carry, Known, stripped
from bot.followup_rules import rules
from bot.lexicon import lexicon, places
from bot.question import content_words, read_question
from ingest.numerals import whole_number

_NEW_THING = 4  # characters from which a new thing can be asked about without the old one
_COUNTED = "(?:个|条|项|种|座|家|款|类)(?:项目|工程|行动)?"
_ORDINAL = re.compile(rf"第([{NUMERAL}]+){_COUNTED}|(头)一?{_COUNTED}|最[后末](?:那|的)?一?{_COUNTED}")
_EARLY = 4  # characters before an ordinal that points back (「那第三个呢」)


@dataclass(frozen=True)
class Resolved:
    """A question that can be understood by itself.

    Attributes:
        text: the question to answer.
        carried: whether its topic came from an earlier question.
        more: how many times the user has asked for more of the same (「还有呢」).
        apart: what was asked now with nothing of the earlier topic, for where that topic drowns it.
        alone: the new thing by itself, for where the plan speaks of it but not as was asked of the old one;
            "" where a figure was asked, which another answer would not be.
    """

    text: str
    carried: bool = False
    more: int = 0
    apart: str = ""
    alone: str = ""


def resolve(question: str, history: Sequence[str], known: Known) -> Resolved:
    """Understand a question in its conversation.

    Args:
        question: as typed.
        history: the earlier questions, oldest first.
        known: what the plan has to say about names.
    """
    if not history:
        return Resolved(question)
    text = known.spelt(question).strip()
    left = rules().leaving.match(text)
    if left and text[left.end() :].strip(END):  # 「算了不问这个，…」
        return Resolved(text[left.end() :].strip(END))
    before = resolve(history[-1], history[:-1], known)
    if _asks_more(text):
        return Resolved(before.text, True, before.more + 1)
    pointed = _both(text, history, before.text, known) or _listed(text, before.text, known)
    if pointed:
        return Resolved(pointed, True)
    earlier = known.spelt(before.text)
    corrected = _corrected(text, earlier)
    if corrected is not None:
        text, earlier = corrected
        if not text:
            return Resolved(earlier, True)
        if _stands_alone(text, known):
            return Resolved(text)
    elif not (
        _depends(text, known)
        or (_is_bare(text, known) and read_question(earlier).content)
        or _stands_beside(text, earlier, known)
        or _repeats(text, earlier, known)
    ):
        return Resolved(question)
    merged = Carry(text, earlier, known).text()
    # What came before may have had no topic either.
    if not merged.strip() or merged == stripped(text):
        return Resolved(question)
    return Resolved(merged, True, apart=_apart(text, earlier), alone=_alone(text, earlier, known))


def _both(text: str, history: Sequence[str], before: str, known: Known) -> str:
    """A question about the things of the two questions before it: 「这俩有啥区别」, 「哪个更长」."""
    both = rules().both.search(text)
    if both is None or len(history) < 2:
        return ""
    first, second = known.topic(resolve(history[-2], history[:-2], known).text), known.topic(before)
    if not first or not second or first == second:
        return ""
    asked = text[: both.start()] + text[both.end() :] if both["pair"] else text
    return f"{first}和{second}{asked.strip(END)}"


def _listed(text: str, before: str, known: Known) -> str:
    """A question about one of the things that the answer before lists: 「第二个呢」."""
    ordinal = _ORDINAL.search(text)
    if ordinal is None or ordinal.start() > _EARLY:
        return ""
    name = known.item(before, _ordinal_number(ordinal))
    if not name:
        return before
    asked = stripped(text[ordinal.end() :])
    return f"{name}{asked}" if content_words(asked) else rules().item.format(name=name)


def _ordinal_number(ordinal: re.Match[str]) -> int:
    if ordinal[2]:
        return 1
    if ordinal[1] is None:
        return -1
    return whole_number(ordinal[1])


def _asks_more(text: str) -> bool:
    plain = re.sub(r"[?？。！!，,\s]", "", text)
    return any(pattern.fullmatch(plain) for pattern in rules().more)


def _corrected(text: str, before: str) -> tuple[str, str] | None:
    """What a correction puts in, and the question it is put into; None where the text is none.

    「我问的是白城」 gives 白城; where the wrong thing stands in the question (「不是水稻，是玉米」),
    the right one is put in its place and nothing is left to put in.
    """
    for pattern in rules().corrections:
        match = pattern.match(text)
        if match is None:
            continue
        told = match.groupdict()
        right, wrong = told["right"].strip(END), (told.get("wrong") or "").strip(END)
        if wrong and not frame.is_attribute(wrong) and frame.stands_apart(before, wrong):
            return "", before.replace(wrong, right)
        return right, before
    return None


def _depends(text: str, known: Known) -> bool:
    """Whether a question says that it leaves its topic to the ones before."""
    told = rules()
    words = content_words(read_question(text).text)
    if told.pronouns.search(text) or NEIGHBOUR.search(text) or told.against.match(stripped(text)):
        return True
    if told.classifiers.search(text) and not (known.names(text) and lexicon().asks.search(stripped(text))):
        return True
    opened = told.openers.match(text)
    closing = told.closers.search(text)
    closed = bool(closing and closing.group(2))
    if opened and (closed or len(words) <= 1):
        return True
    if closed and not lexicon().asks.search(stripped(text)):  # 「社会消费品零售总额呢」
        return True
    return closed and len("".join(words)) <= told.short


def _is_bare(text: str, known: Known) -> bool:
    """Whether a question says next to nothing of what it is about: 「多少钱」, 「供水普及率」."""
    if known.names(text):
        return False
    bare = stripped(text)
    words = [piece.word for piece in frame.pieces(bare) if piece.content and len(piece.word) > 1]
    told = [word for word in words if not frame.is_attribute(word)]
    asks = lexicon().asks.search(bare)
    apart = "还是" in bare or any(name in bare for name in places().province)
    if told and asks and apart:
        return False  # 「吉林有哪些重点项目」 says whose they are, 「碳排放是升还是降」 what may be
    return len("".join(told)) <= (rules().short_plain if asks else rules().short)


def _stands_beside(text: str, before: str, known: Known) -> bool:
    """Whether a text is no more than a name that stands in a list with that of the question before."""
    bare = stripped(text)
    if lexicon().asks.search(bare) or frame.asks_attribute(bare):
        return False
    topic = known.topic(before)
    return bool(topic) and bool(known.counterpart(topic, content_words(bare)))


def _repeats(text: str, before: str, known: Known) -> bool:
    """Whether all that a question is about stands in the one before, whose thing it does not name.

    「雪道一共多长」 after 「北大湖训练基地有几条雪道」.
    """
    bare = rules().summing.sub("", stripped(text))
    if known.names(text) or not known.topic(before):
        return False
    words = [piece.word for piece in frame.pieces(bare) if piece.content]
    told = [word for word in words if not frame.is_attribute(word)]
    return bool(told) and all(word in before for word in told)


def _stands_alone(text: str, known: Known) -> bool:
    """Whether a text asks something of its own about something it names."""
    return bool(lexicon().asks.search(text)) and not _depends(text, known) and not _is_bare(text, known)


def _alone(text: str, before: str, known: Known) -> str:
    """A new thing that the plan names, where no figure was asked of the old one; else ""."""
    bare = stripped(text)
    words = [word for word in content_words(bare) if word not in frame.names_places(bare)]
    asked = read_question(before)
    wanted = (lexicon().figure.search(before), lexicon().target.search(before), asked.years, asked.periods)
    figure = any(wanted) or any(map(frame.is_attribute, asked.content))
    if figure or not words or lexicon().asks.search(bare) or frame.asks_attribute(bare):
        return ""
    return bare if known.written(bare) else ""


def _apart(text: str, before: str) -> str:
    """A new thing with the asking of the earlier question (「国际航线做到多少」); "" without one."""
    told = rules()
    bare = told.vacuous_end.sub("", stripped(text)).strip(END)  # 「老人呢，管不管」 is 老人
    names = (*places().inside, *places().outside)
    new = [word for word in content_words(read_question(bare).text) if word not in names]
    if (
        len("".join(new)) < _NEW_THING
        or told.pronouns.search(bare)
        or told.classifiers.search(bare)
        or frame.asks_attribute(bare)
    ):
        return ""
    if lexicon().asks.search(bare):  # it has an asking of its own: 「谁整出来的」 needs the old thing
        return ""
    return f"{bare}{frame.asking(before)}"
