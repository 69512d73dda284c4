"""What a question hands on to its follow-up: its frame for another thing, its thing for another asking."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot import frame
from bot.followup_rules import rules
from bot.lexicon import lexicon, places
from bot.question import content_words, read_question
from ingest.numerals import arabic, chinese_numeral, whole_number
from ingest.terms import normalise

_YEAR = re.compile(r"(?<!\d)(?:(?:19|20)\d{2}|[1-3]\d(?=年))(?!\d)")
_OWN_WORDS = 2  # informative words with which a question can stand by itself
NUMERAL = "0-9〇零一二三四五六七八九十百"
NEIGHBOUR = re.compile(
    r"(?P<way>[上下前后])一?个?(?P<unit>[章节])|^(?P<count>(?:一共|总共|共|分|有|分成|分为)*几个?节)"
)
_UNIT = re.compile(r"(?:多少|几)[^，。？?]*")
_PART = re.compile(rf"第(?P<number>[{NUMERAL}]+)(?P<unit>[章节])")
END = "，,、。？?！!；; "


@dataclass(frozen=True)
class Known:
    """What follow-ups need to know of the plan; the defaults know nothing.

    Attributes:
        topic: names what a self-contained question is about (a term, a project, an indicator), or "".
        names: whether a question itself names such a thing, or a place in the plan.
        item: names the n-th thing (from 1; -1 is the last) that the answer to a question lists, or "".
        counterpart: the name that stands beside another and has the given words, or "".
        indicator: whether a name is that of an indicator, whose figures are the whole province's.
        project: whether a name is that of an item of a 专栏.
        holds: whether what stands under a name has these words.
        likeness: how like a text each of some others is (cosine).
        written: whether the plan has these very words.
        spelt: a text in simplified characters, its pinyin and slips read.
    """

    topic: Callable[[str], str] = lambda text: ""
    names: Callable[[str], bool] = lambda text: False
    item: Callable[[str, int], str] = lambda text, number: ""
    counterpart: Callable[[str, Sequence[str]], str] = lambda old, words: ""
    indicator: Callable[[str], bool] = lambda name: False
    project: Callable[[str], bool] = lambda name: False
    holds: Callable[[str, str], bool] = lambda name, words: False
    likeness: Callable[[str, Sequence[str]], Sequence[float]] = lambda text, others: [0.0] * len(others)
    written: Callable[[str], bool] = lambda text: False
    spelt: Callable[[str], str] = normalise


def stripped(text: str) -> str:
    """A normalised follow-up without what opens and closes it: 「那投资呢」 is 投资."""
    opened = rules().openers.sub("", text, count=1)
    return rules().closers.sub("", opened).strip(END)


class Carry:
    """A follow-up on its way into the question before it."""

    def __init__(self, follow_up: str, before: str, known: Known) -> None:
        self.asked = follow_up
        told = stripped(follow_up)
        pointed = rules().classifiers.search(told)
        self.bare = rules().classifiers.sub("", told)
        self.pointed = pointed.start() if pointed else 0  # where it points: 「双阳那个」
        self.several = bool(pointed and re.search("几|些", pointed.group()))  # 「通化那几个」
        self.before = before
        self.known = known
        self.asks = lexicon().asks.search(self.bare)

    def text(self) -> str:
        """The question that is meant."""
        return (
            self._in_plan()
            or self._pronoun()
            or self._against()
            or self._year()
            or self._attribute()
            or self._other()
        )

    def _in_plan(self) -> str:
        """「下一章」 or 「第四节」 after 「第十一章讲什么」."""
        step, part = NEIGHBOUR.search(self.bare), _PART.search(self.bare)
        if step and step["count"]:  # 「有几节」
            chapter = re.search(rf"第[{NUMERAL}]+章", self.before)
            return f"{chapter.group()}{step['count']}" if chapter else ""
        found = step or part
        if found is None:
            return ""
        old = re.search(rf"第([{NUMERAL}]+){found['unit']}", self.before)
        if old is None:
            return ""
        if step:
            number = whole_number(old[1])
            number += 1 if step["way"] in "下后" else -1
            new = f"第{chinese_numeral(number)}{step['unit']}" if number > 0 else ""
        else:
            new = found.group()
        return self.before.replace(old.group(), new) if new else ""

    def _pronoun(self) -> str:
        if not rules().pronouns.search(self.bare):
            return ""
        thing = self.topic or frame.subject(self.before)
        asked = rules().pronouns.sub("", self.bare, count=1)
        if not content_words(asked) and not lexicon().asks.search(asked):
            return self.before
        if rules().pronouns.match(self.bare):
            return frame.attached(thing, asked.strip(END), named=bool(self.topic))
        return rules().pronouns.sub(thing, self.bare, count=1)

    def _against(self) -> str:
        """How far the same thing is to move: 「比2020年提高多少」 after 「2025年城镇化率」."""
        if not rules().against.match(self.bare):
            return ""
        thing = self.topic or frame.subject(self.before)
        years = _YEAR.findall(arabic(self.before))
        own = _YEAR.findall(arabic(self.bare))
        year = f"{years[-1]}年" if len(years) == 1 and years[0] not in own else ""
        return f"{thing}{year}{self.bare}" if thing else ""

    def _year(self) -> str:
        """The question before, of another year: 「25年呢」."""
        years = _YEAR.findall(arabic(self.bare))
        if not years or content_words(_YEAR.sub("", arabic(self.bare)).replace("年", "")):
            return ""
        year = years[-1] if len(years[-1]) > 2 else f"20{years[-1]}"
        before = arabic(self.before)
        return _YEAR.sub(year, before, count=1) if _YEAR.search(before) else f"{year}年{before}"

    def _attribute(self) -> str:
        """Another attribute, or another asking, of the same thing: 「那全长呢」, 「多少钱」."""
        if not frame.asks_attribute(self.bare) and content_words(read_question(self.bare).text):
            return ""
        if not self.bare:
            return self.before
        if self.topic:
            return self._attached(self.bare)
        return frame.attached(frame.subject(self._without_attribute()), self.bare, named=False)

    def _without_attribute(self) -> str:
        text = self.before
        for piece in reversed(frame.pieces(text)):
            if frame.is_attribute(piece.word):
                text = text[: piece.start].removesuffix("的") + text[piece.end :]
        return text

    def _other(self) -> str:
        """The question before of another thing, or what is asked now of that thing."""
        new, asked = self._parts()
        if self.several and frame.names_places(new):
            return f"{new}{self.before}"
        words = [word for word in content_words(new) if not frame.is_attribute(word)]
        if len("".join(words)) < _OWN_WORDS and not frame.names_places(new) and self.asks:
            return self._attached(self.bare)  # 「投了多少」
        name = self.known.counterpart(self.topic, words) if self.topic else ""
        if not self._wants(asked):
            if name:
                return self._renamed(name) or frame.attached(name, asked, named=True)
            swapped = self._swapped(new)
            if not swapped and self.asks and self.known.project(self.topic) and not frame.names_places(new):
                return self._attached(self.bare)  # 「近期供气多少」: a part of the project
            return swapped or self._part(new) or self._replaced(new)
        pointed = bool(self.pointed or frame.names_places(new))
        if name and pointed:
            asked = frame.without_head(asked, name)
            return frame.attached(name, asked, named=True)
        if not self.asks:  # 「煤的占比」
            moved = self._swapped(new) or self._replaced(new)
            return frame.attached(frame.subject(moved), asked, named=True)
        own = content_words(read_question(self.bare).text)
        if len(own) >= _OWN_WORDS and re.search("呢|那", self.asked[: self.asks.start() + 4]):
            return re.sub(r"呢[，, ]?", "", self.bare)  # 「县里的医院呢，怎么提升」 has a subject of its own
        if pointed and not self.topic:
            swapped = self._swapped(new)
            return frame.attached(frame.subject(swapped), asked, named=False) if swapped else self.bare
        if (
            not self.topic and len("".join(words)) >= _OWN_WORDS and self.known.written(new)
        ):  # 「耕地要保住多少亩」 after 粮食
            return self.bare
        return self._attached(self.bare)

    def _part(self, new: str) -> str:
        """What is asked of a part of the thing before: 索道 after 「通化万峰滑雪场有几条雪道」."""
        if not self.topic or frame.names_places(new) or not self.known.holds(self.topic, new):
            return ""
        return f"{self.topic}的{new}{'是多少' if lexicon().figure.search(self.before) else ''}"

    def _wants(self, asked: str) -> bool:
        """Whether what a follow-up asks of a thing is not what was asked before."""
        if not asked:
            return False
        asks = lexicon().asks.search(asked)
        figure = lexicon().figure
        wanted = bool(figure.search(self.before)) or not lexicon().asks.search(self.before)
        if asks and bool(figure.search(asked)) != wanted:
            return bool(figure.search(asked)) or not rules().vacuous.fullmatch(asked)
        if rules().vacuous.fullmatch(asked):
            return False
        if not asks and frame.asks_attribute(asked):
            return not any(frame.is_attribute(piece.word) for piece in frame.pieces(self.before))
        words = content_words(asked)
        same = asks is None or asks.group() in self.before
        return not words or not same or any(word not in self.before for word in words)

    def _attached(self, asked: str) -> str:
        return frame.attached(self.topic or frame.subject(self.before), asked, named=bool(self.topic))

    def _parts(self) -> tuple[str, str]:
        """The thing a follow-up names and what it asks of it: 安图 and 又是多少."""
        if self.pointed and self.asks and self.asks.start() >= self.pointed:
            return self.bare[: self.pointed], re.sub("^[呢的，, ]+", "", self.bare[self.pointed :])
        vacuous = rules().vacuous_end.search(self.bare)
        asks = self.asks.start() if self.asks else len(self.bare)
        if vacuous and vacuous.start() > 0:
            asks = min(asks, vacuous.start())
        end = 0
        for piece in frame.pieces(self.bare):
            if piece.start >= asks:
                break
            framed = self.asks and end and piece.word in self.before  # 属于 of 「通化属于哪个」
            if piece.content and not frame.is_attribute(piece.word) and not framed:
                end = piece.end
        new = self.bare[:end]
        asked = self.bare[end:]
        return new.strip(END).removesuffix("的"), re.sub("^[呢的，, ]+", "", asked).strip(END)

    def _renamed(self, name: str) -> str:
        """The question before of another name of the plan."""
        spans = frame.thing_spans(self.before, self.topic)
        text = self.before
        for span in reversed(spans[1:]):  # 「洮南要整啥种子基地」 says its thing in two places
            text = frame.replaced(text, span, "")
        return frame.replaced(text, spans[0], name) if spans else ""

    def _swapped(self, new: str) -> str:
        """The question before with one thing changed for its counterpart: the city, 城镇 for 农村."""
        inside = (*places().inside, *places().outside)
        for group in (*rules().contrasts, inside):
            here = [word for word in group if word in new]
            there = [word for word in group if word in self.before and word not in here]
            if not here or not there:
                continue
            word = max(here, key=len)
            old = max(there, key=len)
            rest = new.replace(word, "").removeprefix("市")
            if not all(other in self.before for other in content_words(rest)):
                continue
            after = self.before[self.before.find(old) + len(old) :]
            meant = word if not rest or after.startswith(rest[0]) else new  # 生物质能, not 生物质
            return re.sub(f"{old}市?" if frame.names_places(word) else old, meant, self.before)
        return ""

    def _replaced(self, new: str) -> str:
        """The question before of a new thing: 「冶金建材呢」 after 「医药健康产业规模多大」."""
        if self.known.indicator(new):
            return f"{new}{_UNIT.sub('多少', frame.asking(self.before))}"
        if frame.names_places(new) and not content_words(_without_places(new)):
            return self._moved(new)
        spans = frame.spans_of(self.before)
        if self.topic:
            spans += [span for span in frame.thing_spans(self.before, self.topic) if span not in spans]
        if not spans:
            return f"{new}{self.before}"
        scores = self.known.likeness(new, [self.before[start:end] for start, end in spans])
        fits = [self._fit(new, span) for span in spans]
        best = max(range(len(spans)), key=lambda i: scores[i] + fits[i])
        return frame.replaced(self.before, spans[best], self._with_kind(new, spans[best]))

    def _with_kind(self, new: str, span: tuple[int, int]) -> str:
        """A new thing with the old one's word of kind, where the plan says it so: 汽车产业."""
        kind = next((piece.word for piece in frame.pieces(self.before) if piece.end == span[1]), "")
        return f"{new}{kind}" if len(kind) > 1 and self.known.written(f"{new}{kind}") else new

    def _fit(self, new: str, span: tuple[int, int]) -> float:
        """How well something stands in the place of a part of the question before."""
        fit = rules().fit
        old, after = self.before[span[0] : span[1]], self.before[span[1] : span[1] + 2]
        found = 0.0
        for start, end in frame.thing_spans(self.before, self.topic) if self.topic else []:
            if span == (start, end):
                found += fit["topic"]
            elif start <= span[0] and span[1] <= end and not self.known.indicator(self.topic):
                found += fit["cut"]  # a part of a name
        if span[0] == min(start for start, _ in frame.spans_of(self.before)):
            found += fit["first"]
        if rules().measures.search(old) and not rules().measures.search(new):
            found += fit["measure"]
        shared = [word for word in content_words(new) if len(word) > 1 and word in self.before]
        found += fit["shared"] * sum(word in old for word in shared) / len(shared) if shared else 0.0
        if shared and old.endswith(shared[-1]) and new.endswith(shared[-1]):
            found += fit["longer"] * len(old)
        if not shared and len(after) > 1:
            if self.known.written(new[-2:] + after):
                found += fit["written"]
            elif self.known.written(old[-2:] + after):
                found += fit["cut"]
        left = next((piece for piece in frame.pieces(self.before) if piece.end == span[0]), None)
        if left and left.content and not self.known.written(left.word + new[:2]):
            found += fit["cut"]
        return found

    def _moved(self, place: str) -> str:
        """The question before of another place, where no place of its kind stands in it."""
        for province in places().province:
            if province in self.before:
                return self.before.replace(province, place, 1)
        spans = frame.thing_spans(self.before, self.topic) if self.topic else []
        apart = self.known.indicator(self.topic) or bool(frame.names_places(self.topic))
        if spans and not apart and not lexicon().asks.search(self.before[: spans[0][0]]):
            return frame.replaced(self.before, spans[0], place)
        return f"{place}{self.before}"

    @cached_property
    def topic(self) -> str:
        """The name of the plan that the question before is about, or ""."""
        return self.known.topic(self.before)


def _without_places(text: str) -> str:
    for name in frame.names_places(text):
        text = text.replace(name, "")
    return text.removeprefix("市")
