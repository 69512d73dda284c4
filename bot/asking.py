"""How a question is worded: whether questions put like this are ones that a plan answers.

Logistic models over the character n-grams of a text (one to three characters, tf-idf weighted and brought to
length 1), fitted by `python -m eval fit` on the training questions. One reads the question: 「电话多少」 is
asked of offices, 「去年排第几」 of statistics, 「怎么支持」 and 「建哪些」 of plans. Two read what is left of
it (`bot/unmet.py`): a left 「咋整啊」 tells nothing, a left 「总投资」 that what is asked for is not there.
The models know nothing of what the plan says; the judge of evidence weighs them with the rest.
"""

import json
import math
from array import array
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LONGEST = 3
NAMES = ("asking", "unmet", "unasked")  # what each reads: the question, and what of it is left
_HERE = Path(__file__).resolve().parent


def ngrams(text: str) -> Counter[str]:
    """The character n-grams of a normalised question, its beginning and end marked, with their counts."""
    marked = f"^{text.rstrip('?？。！!')}$"
    return Counter(marked[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(marked) - n + 1))


def vector(counts: Counter[str], idf: dict[str, float]) -> dict[str, float]:
    """The tf-idf vector of length 1 (tf as 1 + ln count) over the n-grams that `idf` knows."""
    raw = {gram: (1 + math.log(count)) * idf[gram] for gram, count in counts.items() if gram in idf}
    length = math.sqrt(sum(value * value for value in raw.values()))
    return {gram: value / length for gram, value in raw.items()} if length else {}


class AskingModel:
    """The fitted model: `score` is the log-odds that a plan answers a question worded like this."""

    def __init__(self, idf: Mapping[str, float], weights: Mapping[str, float], bias: float) -> None:
        self._rows = {gram: row for row, gram in enumerate(idf)}  # one table for both: there are many n-grams
        self._idf = array("d", idf.values())
        self._weights = array("d", (weights.get(gram, 0.0) for gram in idf))
        self.bias = bias

    def score(self, text: str) -> float:
        """The log-odds for a normalised question."""
        rows = self._rows
        raw = [
            ((1 + math.log(count)) * self._idf[row], self._weights[row])
            for gram, count in ngrams(text).items()
            if (row := rows.get(gram)) is not None
        ]
        length = math.sqrt(sum(value * value for value, _ in raw))
        return self.bias + sum(value / length * weight for value, weight in raw) if length else self.bias

    def save(self, path: Path) -> None:
        """Write the model as JSON: for each n-gram its idf and weight, so that one sees what it learned."""
        grams = {
            gram: [round(self._idf[row], 3), round(self._weights[row], 3)]
            for gram, row in sorted(self._rows.items())
        }
        text = json.dumps({"bias": round(self.bias, 4), "ngrams": grams}, ensure_ascii=False, indent=0)
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "AskingModel":
        """Read what `save` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        found = cls({}, {}, data["bias"])
        grams = data["ngrams"]
        found._rows = dict(zip(grams, range(len(grams)), strict=True))
        found._idf = array("d", [idf for idf, _ in grams.values()])
        found._weights = array("d", [weight for _, weight in grams.values()])
        return found


def model_path(name: str) -> Path:
    """Where the shipped model of a name is."""
    return _HERE / f"{name}.json"


@cache
def asking_model(name: str) -> AskingModel:
    """The shipped model of one of `NAMES`."""
    return AskingModel.load(model_path(name))
