"""What of a question a text does not speak of: 「碳纤维产业园的总投资」 without the 总投资."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.expand import says
from bot.question import Question
from bot.ranking import Ranking
from ingest.terms import normalise, words

MET = "·"  # stands for any run of words that the text has
_NEAREST = 3  # questions written for what is quoted


@dataclass(frozen=True)
class Quoted:
    """What an answer would quote: the text with its heading, its passage's position, its characters there."""

    text: str
    passage: int
    start: int = 0
    end: int = 0


def unmet(question: Question, text: str) -> str:
    """The question with `MET` for the words that a normalised text has, themselves or as official ones."""
    left = [MET if says(text, word) else word for word in words(question.text)]
    return re.sub(f"{MET}+", MET, "".join(left))


def unasked(question: Question, quotes: Sequence[Quoted], ranking: Ranking) -> str:
    """The same against the written questions that are nearest among those for the quoted sentences."""
    found = [near for quote in quotes for near in ranking.asked.texts(quote.passage, quote.start, quote.end)]
    nearest = sorted(found, key=lambda pair: -pair[0])[:_NEAREST]
    return unmet(question, normalise("\n".join(text for _, text in nearest)))
