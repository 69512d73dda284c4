"""Reading questions with the plan at hand: pinyin, wrong characters, and what a question is about."""

import re
from functools import cached_property

from bot.homophones import HomophoneReader
from bot.keys import Keys, loose
from bot.lexicon import lexicon, places
from bot.pinyin import PinyinReader
from bot.question import Question, read_question
from bot.ranking import Ranking
from bot.retrieve import PlanRetriever
from ingest.terms import BIGRAM_MARK

_LATIN = re.compile(r"[A-Za-z]{4}|[a-z]{2,} [a-z]{2,}")  # may be pinyin


class PlanReader:
    """Reads questions about the plan of a retriever."""

    def __init__(self, retriever: PlanRetriever) -> None:
        self._retriever = retriever
        self._index = retriever.index

    def read(self, text: str) -> Question:
        """Read a self-contained question, pinyin included."""
        if _LATIN.search(text):
            text = self._pinyin.read(text.lower())
        return read_question(text, self._retriever.characters)

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

    @cached_property
    def _homophones(self) -> HomophoneReader:
        return HomophoneReader([*self._retriever.keys.names(), *places().inside])

    @cached_property
    def _pinyin(self) -> PinyinReader:
        idf = self._index.lexical.idf
        words = sorted((word for word in idf if word[0] != BIGRAM_MARK), key=lambda word: idf[word])
        pieces = sorted((word for word in idf if word[0] == BIGRAM_MARK), key=lambda word: idf[word])
        names = [form for term in self._index.plan.terms for form in (term.name, *term.aliases)]
        return PinyinReader([*names, *lexicon().asking, *words], [piece[1:] for piece in pieces])
