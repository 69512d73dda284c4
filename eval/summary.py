"""Summaries: metrics over cases with bootstrap confidence intervals, overall and by class of question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.case import Case
from eval.metrics import METRICS, Metric
from eval.ranking import text_length

SEED = 2035
RESAMPLES = 1000
CONFIDENCE = 0.95
GROUPS: dict[str, Callable[[Case], Any]] = {
    "kind": lambda case: case.record.kind,
    "chapter": lambda case: case.record.chapter,
    "user": lambda case: case.record.user,
    "noise": lambda case: case.record.noise,
    "ability": lambda case: case.record.ability,
    "split": lambda case: case.record.split,
}


@dataclass(frozen=True)
class Estimate:
    """A metric's value with its confidence interval and the number of questions behind it."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, Any]:
        """Rounded for files."""
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "n": self.n,
        }


def estimates(cases: Sequence[Case], metrics: Sequence[Metric] = METRICS) -> dict[str, Estimate]:
    """Every metric that applies to at least one case.

    The interval is the percentile bootstrap (Efron & Tibshirani 1993, ch. 13): questions are drawn with
    replacement `RESAMPLES` times from a fixed seed.
    """
    if not cases:
        return {}
    shares = [[metric.measure(case) for metric in metrics] for case in cases]
    above = np.array([[share[0] if share else 0.0 for share in row] for row in shares])
    below = np.array([[share[1] if share else 0.0 for share in row] for row in shares])
    applies = np.array([[share is not None for share in row] for row in shares]).sum(axis=0)
    weights = _resampled(len(cases))
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (weights @ above) / (weights @ below)
        values = above.sum(axis=0) / below.sum(axis=0)
    found = {}
    for i, metric in enumerate(metrics):
        column = drawn[:, i][np.isfinite(drawn[:, i])]
        if applies[i] and len(column):
            low, high = np.quantile(column, _tails())
            found[metric.name] = Estimate(float(values[i]), float(low), float(high), int(applies[i]))
    return found


def by_group(cases: Sequence[Case]) -> dict[str, dict[str, dict[str, Estimate]]]:
    """The metrics for every class of question: {"kind": {"term": {metric: estimate}}}."""
    found: dict[str, dict[str, dict[str, Estimate]]] = {}
    for group, class_of in GROUPS.items():
        classes: dict[Any, list[Case]] = {}
        for case in cases:
            value = class_of(case)
            if value is not None:
                classes.setdefault(value, []).append(case)
        found[group] = {str(value): estimates(classes[value]) for value in sorted(classes, key=_in_order)}
    return found


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile with the median's bootstrap interval, and how many values there were."""
    array = np.array(values, dtype=float)
    generator = np.random.default_rng(SEED)
    drawn = np.median(generator.choice(array, (RESAMPLES, len(array))), axis=1)
    low, high = np.quantile(drawn, _tails())
    return {
        "median": round(float(np.median(array)), 3),
        "low": round(float(low), 3),
        "high": round(float(high), 3),
        "p95": round(float(np.quantile(array, 0.95)), 3),
        "max": round(float(array.max()), 3),
        "n": len(array),
    }


def latency(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Milliseconds by stage: median and 95th percentile over the answers that went through it."""
    stages: dict[str, list[float]] = {}
    for case in cases:
        for stage, milliseconds in case.answer.timings.items():
            stages.setdefault(stage, []).append(float(milliseconds))
    ordered = sorted(stages, key=lambda stage: stage != "total")
    return {stage: quantiles(stages[stage]) for stage in ordered}


def lengths(cases: Sequence[Case]) -> dict[str, float]:
    """Characters of the answers that are no refusals."""
    values = [float(text_length(case.answer.text)) for case in cases if not case.refused]
    return quantiles(values) if values else {}


def refusal_curve(cases: Sequence[Case]) -> list[dict[str, float]]:
    """Refusal recall and over-refusal for every threshold on the evidence that would change either.

    A case that the evidence did not decide (out of scope, invalid, a term or an outline asked for by name)
    stays as it is at any threshold.
    """
    scored = [(_deciding_evidence(case), case.record.answerable, case.refused) for case in cases]
    answerable = sum(1 for _, good, _ in scored if good)
    unanswerable = len(scored) - answerable
    if not answerable or not unanswerable:
        return []
    points = sorted({float(evidence) for evidence, _, _ in scored if evidence is not None})
    if len(points) > 200:
        points = [float(point) for point in np.quantile(points, np.linspace(0, 1, 200))]
    curve = []
    for threshold in [*points, (points[-1] if points else 0.0) + 0.001]:
        below = [
            (good, refused if evidence is None else float(evidence) < threshold)
            for evidence, good, refused in scored
        ]
        curve.append(
            {
                "threshold": round(threshold, 5),
                "recall": round(sum(refused for good, refused in below if not good) / unanswerable, 4),
                "over": round(sum(refused for good, refused in below if good) / answerable, 4),
            }
        )
    return curve


def _deciding_evidence(case: Case) -> float | None:
    evidence, threshold = case.answer.trace.get("evidence"), case.answer.trace.get("threshold")
    if evidence is None or threshold is None or (evidence < threshold) != case.refused:
        return None
    return float(evidence)


def _resampled(count: int) -> np.ndarray:
    generator = np.random.default_rng(SEED)
    return generator.multinomial(count, np.full(count, 1 / count), size=RESAMPLES).astype(float)


def _tails() -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    return tail, 1 - tail


def _in_order(value: object) -> tuple[int, Any]:
    from eval.labels import labels

    if isinstance(value, int):
        return value, ""
    known = [*labels("kind"), *labels("user"), *labels("noise"), *labels("ability"), *labels("split")]
    return (known.index(value) if value in known else len(known)), str(value)
