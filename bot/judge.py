"""The judge of evidence: does the plan answer this question at all?

A logistic model over a few features of the best passages; its coefficients and the threshold stand in
`judge.toml`, which says from which questions they were fitted.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.features import PassageFeatures
from bot.keys import Keys
from bot.lexicon import lexicon, load_data
from bot.question import Question
from bot.retrieve import Ranking

SIGNS = (
    "score", "gap", "coverage", "joint_coverage", "dense", "asked", "name", "key", "unknown", "year_missing",
    "outside_missing", "inside_missing", "unit_missing", "value_missing",
    "actual", "detail", "off_topic", "length",
)  # fmt: skip
_LOOK = 3  # how many of the best passages are looked at


@dataclass(frozen=True)
class Evidence:
    """How well the best passages bear an answer.

    Attributes:
        probability: that the plan answers the question, 0 to 1.
        threshold: below it the question is refused.
        signs: the features it was computed from.
        missing: what the passages lack of what was asked: "year", "place" or "".
    """

    probability: float
    threshold: float
    signs: Mapping[str, float]
    missing: str = ""

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        return self.probability >= self.threshold


class Judge:
    """Weighs the evidence for a question; `coefficients` and `threshold` default to those of `judge.toml`."""

    def __init__(
        self,
        features: PassageFeatures,
        coefficients: Mapping[str, float] | None = None,
        threshold: float | None = None,
    ) -> None:
        data = load_data("judge.toml")
        self.features = features
        self.coefficients = dict(coefficients or data["coefficients"])
        self.threshold = data["threshold"] if threshold is None else threshold

    def weigh(self, question: Question, keys: Keys, ranking: Ranking) -> Evidence:
        """Judge the best passages of `ranking`."""
        signs = self.signs(question, keys, ranking)
        total = self.coefficients["bias"] + sum(self.coefficients.get(name, 0.0) * signs[name] for name in SIGNS)
        missing = "place" if signs["outside_missing"] or signs["inside_missing"] else "year" if signs["year_missing"] else ""
        return Evidence(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), self.threshold, signs, missing)

    def signs(self, question: Question, keys: Keys, ranking: Ranking) -> dict[str, float]:
        """The features of the evidence, by the names in `SIGNS`."""
        best = ranking.top(_LOOK)
        scores = ranking.scores[ranking.top(10)]
        of = {name: float(values[best].max()) for name, values in ranking.features.items()}
        figure = bool(question.want)
        years_missing = bool(question.years) and of["year"] < 1.0
        return {
            "score": float(scores[0]),
            "gap": float(scores[0] - scores[-1]),
            "coverage": of["coverage"],
            "joint_coverage": self._joint_coverage(question, best),
            "dense": of["dense"],
            "asked": of["asked"],
            "name": of["name"],
            "key": float(bool(keys.terms or keys.indicators or keys.items or keys.boxes)),
            "unknown": self._unknown(question),
            "year_missing": float(years_missing) * (1.0 if figure else 0.5),
            "outside_missing": float(any(not self.features.holding(place)[best].any() for place in question.outside)),
            "inside_missing": float(any(not self.features.holding(place)[best].any() for place in question.inside)),
            "unit_missing": float(figure and bool(question.want and question.want.units) and of["unit"] == 0.0),
            "value_missing": float(figure and not self._has_figure(best)),
            "actual": float(question.asks_actual),
            "detail": float(question.asks_detail),
            "off_topic": float(any(pattern.search(question.text) for pattern in lexicon().outside)),
            "length": min(len(question.content), 10) / 10,
        }

    def _joint_coverage(self, question: Question, best: list[int]) -> float:
        weights, held = [], []
        for word in dict.fromkeys(question.content):
            weights.append(self._weight(word))
            held.append(float(self.features.holding(word)[best].max()))
        return float(np.dot(weights, held) / sum(weights)) if weights else 0.0

    def _has_figure(self, best: list[int]) -> bool:
        return any(char.isdigit() for char in self.features.passages[best[0]].text)

    def _unknown(self, question: Question) -> float:
        """The share by idf of the question's words that stand nowhere in the plan or in what was written for it."""
        words = list(dict.fromkeys(question.content))
        total = sum(map(self._weight, words))
        return sum(self._weight(word) for word in words if not self.features.holding(word).any()) / total if total else 1.0

    def _weight(self, word: str) -> float:
        return self.features.lexical.idf.get(word, self.features.lexical.unknown_idf)
