"""The judge of evidence: does the plan answer this question at all?

It looks at what the answer would quote: a logistic model over a few signs, whose coefficients and threshold
stand in `judge.toml`, which says from which questions they were fitted.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.asking import asking_model
from bot.expand import official_words
from bot.features import PassageFeatures
from bot.keys import Keys
from bot.lexicon import lexicon, load_data
from bot.period import without_periods
from bot.question import Question
from bot.ranking import Ranking
from bot.sentences import has_figure
from bot.unmet import Quoted, unasked, unmet
from ingest.terms import bigrams, normalise

SIGNS = (
    "score", "gap", "coverage", "joint_coverage", "gram_coverage", "answer_coverage", "dense", "asked",
    "asked_near", "questions", "name", "key", "unknown", "rarest_unknown", "year_missing", "outside",
    "outside_missing", "outside_figure", "inside_missing", "inside_figure", "unit_missing",
    "date_missing", "noun_missing", "count_missing", "value_missing", "actual", "detail", "where",
    "off_topic", "undefined", "figure", "figure_near", "named_missing", "named_unknown", "number_missing",
    "place_indicator", "text", "length", "asked_quote", "asked_quote_words", "vain", "vain_words",
    "asking", "unmet", "unasked",
)  # fmt: skip
_VAIN = (0.65, 0.35)  # where no unanswered questions are known: what they mostly come to
_LOOK = 3  # how many of the best passages are looked at together
_COUNTED = re.compile(
    r"(?:多少|几)(?:个|条|座|所|家|处|名|位|辆|台|颗|架|件|项|种|间|套|块|只|趟|班)?([\u4e00-\u9fff]{1,4})"
)
_QUANTITY = re.compile(r"多少|几|多[大长高快远久]")
_DETERMINERS = "个条座所家处项些种的那这哪几"
_NUMBERED = re.compile(
    r"[二三四五六七八九十两百]{1,3}[\u4e00-\u9fff][一二三四五六七八九十两百]{1,3}[\u4e00-\u9fff]"
)
_UNIT_WORD = re.compile(
    r"^(?:公里|千米|亿|万|元|钱|人|吨|斤|亩|米|年|月|天|岁|度|平|方|户|个|条|的|了|呢|吗|啊)"
)


@dataclass(frozen=True)
class Evidence:
    """How well the evidence bears an answer.

    Attributes:
        probability: that the plan answers the question, 0 to 1.
        threshold: below it the question is refused.
        signs: the features it was computed from.
        missing: what the evidence lacks of what was asked: "year", "place" or "".
        wordings: the texts that the signs of wording (`bot/asking.py`) were computed from, by sign.
    """

    probability: float
    threshold: float
    signs: Mapping[str, float]
    missing: str = ""
    wordings: Mapping[str, str] = field(default_factory=dict)

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        return self.probability >= self.threshold


class Judge:
    """Weighs the evidence for a question.

    Args:
        features: of the passages.
        target_year: the last year of the plan's period.
        period: its short name (十四五).
        coefficients, threshold: in place of those of `judge.toml`.
    """

    def __init__(
        self,
        features: PassageFeatures,
        target_year: str = "",
        period: str = "",
        coefficients: Mapping[str, float] | None = None,
        threshold: float | None = None,
    ) -> None:
        data = load_data("judge.toml")
        self.features = features
        self.target_year = target_year
        self.period = period
        self.coefficients = dict(coefficients or data["coefficients"])
        self.strict = data["strict"]
        self.threshold = data["threshold"] if threshold is None else threshold

    def weigh(self, question: Question, keys: Keys, ranking: Ranking, quotes: Sequence[Quoted]) -> Evidence:
        """Judge what an answer would stand on.

        Args:
            question: as understood.
            keys: what it names.
            ranking: the passages, ranked for it.
            quotes: what the answer would quote, in order.
        """
        signs = self._signs(question, keys, ranking, quotes)
        wordings = self._wordings(question, ranking, quotes)
        signs |= {name: asking_model(name).score(text) for name, text in wordings.items()}
        total = self.coefficients["bias"] + sum(
            self.coefficients.get(name, 0.0) * signs[name] for name in SIGNS
        )
        missing = (
            "place"
            if signs["outside_missing"] or signs["inside_missing"]
            else "year"
            if signs["year_missing"]
            else ""
        )
        probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
        doubts = {
            "off_topic": bool(signs["off_topic"]),
            "unknown_name": keys.slip is None and not all(map(self.features.names, question.quoted)),
            "gap": self._has_gap(question, keys, ranking, signs),
        }
        least = max((self.strict[name] for name, found in doubts.items() if found), default=0.0)
        if probability < least:
            probability = min(probability, self.threshold / 2)
        return Evidence(probability, self.threshold, signs, missing, wordings)

    def _wordings(self, question: Question, ranking: Ranking, quotes: Sequence[Quoted]) -> dict[str, str]:
        """The question, what of it the evidence lacks, and what of it was not asked of the evidence."""
        first = ranking.top(1)[0]
        evidence = "\n".join((_read(quotes), self.features.text(first), self.features.written(first)))
        return {
            "asking": question.text,
            "unmet": unmet(question, evidence),
            "unasked": unasked(question, quotes, ranking),
        }

    def _has_gap(self, question: Question, keys: Keys, ranking: Ranking, signs: Mapping[str, float]) -> bool:
        """Whether what is asked for seems not to be there.

        That is so where another five-year period is meant, where a figure of a place elsewhere is asked for,
        or of one in the province and no sentence gives both, and where a project is named whose only item
        lacks the figure.
        """
        elsewhere = signs["outside_figure"] or (signs["outside"] and signs["figure"])
        if elsewhere or (signs["inside_figure"] and signs["figure"]):
            return True
        first = ranking.top(1)[0]
        if any(not self.features.has_figure(first, period) for period in self._other_periods(question)):
            return True
        best = self.features.passages[first]
        named = best.node_id in keys.items and best.metadata["kind"] == "box_item"
        return named and bool(signs["unit_missing"] or signs["date_missing"])

    def _signs(
        self, question: Question, keys: Keys, ranking: Ranking, quotes: Sequence[Quoted]
    ) -> dict[str, float]:
        """The features of the evidence by the names in `SIGNS`, without those of wording."""
        best = ranking.top(_LOOK)
        first = best[0]
        scores = ranking.scores[ranking.top(10)]
        of = {name: float(values[first]) for name, values in ranking.features.items()}
        figure = question.want is not None and question.asks_figure
        text = _read(quotes) or normalise(self.features.passages[first].text)
        passage = self.features.text(first)
        units = question.want.units if question.want else ()
        dated = "年" in units
        sentences = [part for part in re.split(r"[。；\n]", text) if re.search(r"\d", part)]
        stands = f"{passage}\n{text}"
        named_outside = _apart_from_names(question.outside, keys)
        named_inside = _apart_from_names(question.inside, keys)
        outside = [place for place in named_outside if place not in stands]
        inside = [place for place in named_inside if place not in stands]
        # The whole plan is for its last year: a passage need not name it.
        years = [year for year in question.years if year != self.target_year]
        year_missing = any(not self.features.has_figure(first, year) for year in years) or any(
            not self.features.has_figure(first, period) for period in self._other_periods(question)
        )
        apart = (
            (lambda places: any(not any(p in s for s in sentences) for p in places))
            if figure or lexicon().target.search(question.text)
            else (lambda places: False)
        )
        named = [
            match[1][-2:] + match[2]
            for match in lexicon().named.finditer(question.text)
            if match[1][-1] not in _DETERMINERS
        ]
        unknown = [word for word in question.content if not self.features.holding(word).any()]
        near = [ranking.asked.near(quote.passage, quote.start, quote.end) for quote in quotes]
        vain, vain_words = _VAIN if ranking.vain is None else ranking.vain
        return {
            "vain": vain,
            "vain_words": vain_words,
            "asked_quote": max((cosine for cosine, _ in near), default=0.0),
            "asked_quote_words": max((words for _, words in near), default=0.0),
            "score": float(scores[0]),
            "gap": float(scores[0] - scores[-1]),
            "coverage": of["coverage"],
            "joint_coverage": self._coverage(question, best),
            "gram_coverage": _gram_coverage(question, passage),
            "answer_coverage": _gram_coverage(question, text),
            "dense": of["dense"],
            "asked": of["asked"],
            "asked_near": float(ranking.features["asked"].max()),
            "questions": of.get("questions", 0.0),
            "name": of["name"],
            "key": of["key"],
            "unknown": self._unknown(question, unknown),
            "rarest_unknown": float(any(len(word) > 1 for word in unknown)),
            "year_missing": float(year_missing),
            "outside": float(bool(named_outside)),
            "outside_missing": float(bool(outside)),
            "outside_figure": float(apart(named_outside)),
            "inside_missing": float(bool(inside)),
            "inside_figure": float(apart(named_inside)),
            "unit_missing": float(figure and bool(units) and not dated and not has_figure(text, units)),
            "date_missing": float(figure and dated and not has_figure(text, units)),
            "noun_missing": float(figure and not _has_noun(question, text)),
            "count_missing": float(not _has_counted(question, text)),
            "value_missing": float(figure and not sentences),
            "actual": float(question.asks_actual),
            "detail": float(question.asks_detail),
            "where": float(bool(lexicon().location.search(question.text)) and not question.asks_place),
            "off_topic": float(any(pattern.search(question.text) for pattern in lexicon().outside)),
            "undefined": float(any(cue in question.text for cue in lexicon().meaning) and not keys.terms),
            "figure": float(figure),
            "figure_near": of["figure"],
            "named_missing": float(any(not _names(name, passage) for name in named)),
            "named_unknown": float(any(not self.features.holding(name).any() for name in named)),
            "number_missing": float(self._number_missing(question, first)),
            "place_indicator": float(bool(keys.indicators) and bool(inside or outside)),
            "text": of["text"],
            "length": min(len(question.content), 10) / 10,
        }

    def _number_missing(self, question: Question, first: int) -> bool:
        """Whether a figure or a numbered name of the question (「七横八纵」) is not in the passage."""
        text = self.features.text(first)
        names = [match.group() for match in _NUMBERED.finditer(without_periods(question.text))]
        return any(number.strip("%") not in text for number in question.numbers) or any(
            name not in text for name in names
        )

    def _other_periods(self, question: Question) -> list[str]:
        return [period for period in question.periods if period != self.period]

    def _coverage(self, question: Question, best: list[int]) -> float:
        """The share by idf of the question's words that the best passages hold together."""
        words = list(dict.fromkeys(question.content))
        weights = [self._weight(word) for word in words]
        held = [float(self.features.holding(word)[best].max()) for word in words]
        return float(np.dot(weights, held) / sum(weights)) if weights else 0.0

    def _unknown(self, question: Question, unknown: Sequence[str]) -> float:
        """The share by idf of the question's words that stand nowhere in the plan or its questions."""
        total = sum(map(self._weight, question.content))
        return sum(map(self._weight, unknown)) / total if total else 1.0

    def _weight(self, word: str) -> float:
        return self.features.lexical.idf.get(word, self.features.lexical.unknown_idf)


def _read(quotes: Sequence[Quoted]) -> str:
    return normalise("\n".join(quote.text for quote in quotes))


def _gram_coverage(question: Question, text: str) -> float:
    """The share of the question's informative character bigrams that stand in `text`."""
    grams = [gram[1:] for word in question.content for gram in (bigrams(word) or [f" {word}"])]
    return sum(gram in text for gram in grams) / len(grams) if grams else 0.0


def _apart_from_names(places: Sequence[str], keys: Keys) -> list[str]:
    """The places that are not part of a name the question gives: 长白山人才工程 asks of no mountain."""
    titles = (*(term.name for term in keys.terms), *(box.title for box in keys.boxes))
    names = "\n".join((*titles, *keys.item_names))
    return [place for place in places if place not in names]


def _names(name: str, text: str) -> bool:
    """Whether a passage has a name's head word with what stands before it: 二氧化碳基地 is not 碳基地."""
    return name in text or (name[:2] in text and name[2:] in text)


def _has_noun(question: Question, text: str) -> bool:
    """Whether what is measured (保有量 in 「汽车保有量多少」) stands in the quotations."""
    before = _QUANTITY.split(question.text, maxsplit=1)[0]
    noun = next((word for word in reversed(question.content) if word in before), "")
    if len(noun) < 2:
        return True
    return noun in text or any(official in text for official in official_words(noun))


def _has_counted(question: Question, text: str) -> bool:
    """Whether what is counted (「几个站」) stands close behind a figure; true where nothing is counted."""
    match = _COUNTED.search(question.text)
    if match is None or _UNIT_WORD.match(match[1]):
        return True
    noun = match[1]
    return any(
        re.search(rf"\d[^，。；]{{0,12}}{re.escape(noun[:length])}", text)
        for length in (2, 1)
        if len(noun) >= length
    )
