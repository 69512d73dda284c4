"""Reading questions with the plan at hand: pinyin, English words, chapters by name, slips, topics."""

import re
from functools import cache, cached_property

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
_LAST_CHAPTER = re.compile(r"最后(?:那|的)?一?章")


class PlanReader:
    """Reads questions about the plan of a retriever."""

    def __init__(self, retriever: PlanRetriever) -> None:
        self._retriever = retriever
        self._index = retriever.index

    def read(self, text: str) -> Question:
        """Read a self-contained question, pinyin included."""
        if _WORD.search(text) and _HAN.search(text):
            text = _english().sub(lambda match: _meanings()[match.group().strip().lower()], text)
        if _LATIN.search(text):
            text = self._pinyin.read(text.lower())
        if "章" in text:
            text = self._chapter_numbered(text)
        return read_question(text, self._retriever.characters)

    def _chapter_numbered(self, text: str) -> str:
        """The text with the number of a chapter told by its subject (「城镇化那一章」) or as the last."""
        chapters = self._index.plan.chapters
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
        best = self._index.passages[self._retriever.rank(question, keys).top(1)[0]]
        lead = str(best.metadata.get("lead") or "").split("，")[0]
        named = best.metadata["kind"] == "box_item" or (lead and loose(lead) in loose(question.text))
        return lead if named else ""

    def make_sounds(self) -> None:
        """Make the tables of sounds, for which the first question in pinyin or with a slip would wait."""
        _ = self._pinyin, self._homophones

    @cached_property
    def _homophones(self) -> HomophoneReader:
        return HomophoneReader([*self._retriever.keys.names(), *places().inside])

    @cached_property
    def _pinyin(self) -> PinyinReader:
        idf = self._index.lexical.idf
        words = sorted((word for word in idf if word[0] != BIGRAM_MARK), key=lambda word: idf[word])
        pieces = sorted((word for word in idf if word[0] == BIGRAM_MARK), key=lambda word: idf[word])
        names = [form for term in self._index.plan.terms for form in (term.name, *term.aliases)]
        # In a fixed order: of two words spelt alike the first is taken.
        return PinyinReader([*names, *sorted(lexicon().asking), *words], [piece[1:] for piece in pieces])


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
