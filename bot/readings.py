"""Names with two readings: 吉林 is a province and a city of it. A question means the province, mostly."""

import re

from bot.lexicon import load_data
from bot.question import Question


def other_place() -> str:
    """The name of the place that is meant less often: 吉林市."""
    return str(load_data("places.toml")["ambiguous"]["other"])


def other_reading(question: Question) -> str:
    """The question about the other place of that name; "" where it has no such name, or a place."""
    if question.inside or question.outside:
        return ""
    word = re.compile(load_data("places.toml")["ambiguous"]["word"])
    return word.sub(other_place(), question.text, count=1) if word.search(question.text) else ""
