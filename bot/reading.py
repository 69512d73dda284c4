"""Reading questions with the plan at hand: pinyin, English words, chapters by name, slips, topics."""

import re
from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np

from bot.carry import Known
from bot.counterparts import Counterparts
from bot.followup_rules import rules
from bot.frame import tells_of, thing_spans
from bot.homophones import HomophoneReader
from bot.keys import Keys, loose
from bot.lexicon import lexicon, load_data, places
from bot.pinyin import PinyinReader
from bot.question import Question, content_words, read_question, simplify
from bot.ranking import Ranking
from bot.retrieve import PlanRetriever
from ingest.plan import Chapter
from ingest.terms import BIGRAM_MARK, normalise

_LATIN = re.compile(r"[A-Za-z]{4}|[a-z]{2,} [a-z]{2,}")  # may be pinyin
_WORD = re.compile(r"[A-Za-z]{3}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NAMED_CHAPTER = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,12}?)(?:那|这|的)?(?P<which>一?章)(?![节程])")
_SPACED = 4  # a text with a space in every so many characters has them between words
_TOLD = 0.6  # share of a lead, by characters, that a question has where it means it
# 「5章3节」 and 「十二章讲啥」, not 「一共十六章」.
_BARE_CHAPTER = re.compile(
    r"(?<![第共有几哪某每上下是分成写这那前后\d.零一二三四五六七八九十])(\d{1,2}|[一二三四五六七八九十]{1,3})章"
)
_BARE_SECTION = re.compile(r"(?<=章)的?(?:第)?(\d{1,2}|[一二三四五六七八九十]{1,3})(?=节)")
_LAST_CHAPTER = re.compile(r"最后(?:那|的)?一?章")


class PlanReader:
    """Reads questions about the plan of a retriever."""

    def __init__(self, retriever: PlanRetriever) -> None:
        self._retriever = retriever
        self._index = retriever.index

    def read(self, text: str) -> Question:
        """Read a self-contained question, pinyin included."""
        return read_question(self._in_chinese(text), self._retriever.characters)

    def _in_chinese(self, text: str) -> str:
        """A text with its pinyin and English words as Chinese, and chapters named by subject numbered."""
        if _WORD.search(text) and _HAN.search(text):
            text = _english().sub(lambda match: _meanings()[match.group().strip().lower()], text)
        if _LATIN.search(text):
            text = self._pinyin.read(text.lower())
        if "章" in text:
            text = self._chapter_numbered(text)
        return text

    def _chapter_numbered(self, text: str) -> str:
        """The text with the number of a chapter told by its subject (「城镇化那一章」) or as the last."""
        chapters = self._index.plan.chapters
        text = _BARE_SECTION.sub(r"第\1", _BARE_CHAPTER.sub(r"第\1章", text))
        question = read_question(text)
        if not chapters or question.chapter is not None or question.asks_place:
            return text
        text = _LAST_CHAPTER.sub(f"第{chapters[-1].number}章", text)
        match = _NAMED_CHAPTER.search(simplify(text))
        words = content_words(normalise(match["name"])) if match else []
        if match is None or not words:
            return text
        named = [
            chapter.number
            for chapter in chapters
            if all(word in normalise(f"{chapter.title}{_sections(chapter)}") for word in words)
        ]
        titled = [
            chapter.number for chapter in chapters if all(word in normalise(chapter.title) for word in words)
        ]
        found = titled or named
        if len(found) != 1:  # several chapters could be meant
            return text
        return f"{text[: match.start()]}第{found[0]}章{text[match.end() :]}"

    def ranked(self, text: str) -> tuple[Question, Ranking]:
        """Read a question and rank the passages for it."""
        question = self.read(text)
        return question, self._retriever.rank(question)

    def mended(self, text: str) -> str:
        """The normalised text with names that were typed with characters of the same sound set right."""
        return self._homophones.read(self.read(text).text)

    @cached_property
    def known(self) -> Known:
        """What the resolving of follow-ups needs to know of the plan; whoever answers adds `item`."""
        return Known(
            topic=self.topic,
            names=self.names_something,
            counterpart=self._counterparts.find,
            indicator=lambda name: bool(self.keys(self.read(name)).indicators),
            project=self._counterparts.project,
            holds=self._counterparts.holds,
            likeness=self._likeness,
            written=self._written,
            spelt=self.spelt,
        )

    def spelt(self, text: str) -> str:
        """A normalised text in simplified characters, its pinyin and its slips of sound set right."""
        read = self._in_chinese(text)
        if read != text:
            read = rules().that.sub("那", read)
        text = normalise(simplify(read, self._retriever.characters))
        if text.count(" ") * _SPACED > len(text):  # 「省 级 的 打 造 几 个」
            text = re.sub(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", "", text)
        for typed, meant in rules().slips.items():
            text = text.replace(typed, meant)
        known = all(self._written(word) or word in rules().attributes for word in content_words(text))
        return text if known else self._homophones.read(text)  # their sounds take a while to load

    def _likeness(self, text: str, others: Sequence[str]) -> list[float]:
        vectors = np.asarray(self._index.embedding.get_text_embedding_batch([text, *others]))
        lengths = np.linalg.norm(vectors, axis=1)
        return list((vectors[1:] @ vectors[0]) / np.maximum(lengths[1:] * lengths[0], 1e-9))

    def keys(self, question: Question) -> Keys:
        """What a question names outright."""
        return self._retriever.keys.find(question.text, question.box, question.content)

    def names_something(self, text: str) -> bool:
        """Whether a question names what it is about: a term, indicator, project, list or place."""
        question = self.read(text)
        keys = self.keys(question)
        named = (keys.terms, keys.indicators, keys.boxes, keys.items, keys.numbers)
        return any(named) or question.chapter is not None or question.page is not None

    def topic(self, text: str) -> str:
        """What a question is about: the name it holds, or that of the passage that answers it; else ""."""
        question = self.read(text)
        keys = self.keys(question)
        if keys.terms:
            return keys.terms[0].name
        if keys.indicators:
            return keys.indicators[0].name
        for passage_id in keys.items:
            return str(self._index.by_id[passage_id].metadata["lead"])
        if keys.boxes:
            return keys.boxes[0].title
        if not question.content:  # 「第七章讲什么」: no passage is what it is about
            return ""
        ranking = self._retriever.rank(question, keys)
        first = ranking.top(1)[0]
        if ranking.features["asked"][first] < load_data("compose.toml")["evidence"]["weak"]:
            return ""  # it only shares words
        best = self._index.passages[first]
        lead = str(best.metadata.get("lead") or "").split("，")[0]
        said = normalise(text)
        if best.metadata["kind"] == "box_item":
            return lead if tells_of(said, lead) else ""
        told = sum(end - start for start, end in thing_spans(said, lead)) if lead else 0
        return lead if lead and told >= _TOLD * len(loose(lead)) else ""

    @cached_property
    def _counterparts(self) -> Counterparts:
        return Counterparts(self._index)

    def make_sounds(self) -> None:
        """Make the tables of sounds, for which the first question in pinyin or with a slip would wait."""
        _ = self._pinyin, self._homophones

    @cached_property
    def _homophones(self) -> HomophoneReader:
        asks, idf = lexicon().asks, self._index.lexical.idf
        words = (word for word in idf if word[0] != BIGRAM_MARK and not asks.search(word))
        names = [*self._retriever.keys.names(), *places().inside, *rules().attributes, *sorted(words)]
        return HomophoneReader(names, right=self._right)

    def _right(self, run: str, differing: str) -> bool:
        """Whether a run of characters is no slip: it is in the plan, or differs in a word that asks."""
        return self._written(run) or any(char in lexicon().asking for char in differing)

    def _written(self, words: str) -> bool:
        """Whether the plan has these very words."""
        return words in self._index.text

    @cached_property
    def _pinyin(self) -> PinyinReader:
        idf = self._index.lexical.idf
        words = sorted((word for word in idf if word[0] != BIGRAM_MARK), key=lambda word: idf[word])
        pieces = sorted((word for word in idf if word[0] == BIGRAM_MARK), key=lambda word: idf[word])
        names = [form for term in self._index.plan.terms for form in (term.name, *term.aliases)]
        # In a fixed order: of two words spelt alike the first is taken.
        asking = sorted(lexicon().asking, key=lambda word: (idf.get(word, np.inf), word))
        said = [*places().inside, *places().outside, *asking, *rules().attributes]
        return PinyinReader(
            [*names, *said, *words],
            [piece[1:] for piece in pieces],
            latin=[name for name in self._retriever.keys.names() if name.isascii()],
        )


def _sections(chapter: Chapter) -> str:
    return "".join(section.title for section in chapter.sections)


@cache
def _meanings() -> dict[str, str]:
    """English words with what they mean in Chinese (`english.toml`)."""
    return {word.lower(): meaning for word, meaning in load_data("english.toml")["words"].items()}


@cache
def _english() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(_meanings(), key=len, reverse=True)))
    return re.compile(rf"(?<![A-Za-z]) ?(?:{words})(?![A-Za-z]) ?", re.IGNORECASE)
