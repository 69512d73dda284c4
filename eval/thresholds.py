"""Thresholds: what a version must reach to go out (`thresholds.toml`)."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.labels import label, labels
from eval.metrics import METRICS
from eval.records import EvaluationError
from eval.summary import GROUPS

THRESHOLDS = Path(__file__).resolve().parent / "thresholds.toml"
_KEYS = {"metric", "min", "max", "goal", "by", "at_least", "splits", "timing"}
_LABELS = {metric.name: metric.label for metric in METRICS}


@dataclass(frozen=True)
class Threshold:
    """A bound on a metric, for all questions or for every class of a group.

    `min` or `max` is the floor that a version must hold; `goal` is what the project promises itself, where
    that is more.
    """

    metric: str
    min: float | None = None
    max: float | None = None
    goal: float | None = None
    by: str | None = None
    at_least: int = 1
    splits: tuple[str, ...] = ("dev", "test", "all")
    timing: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value, to the digits that a report shows, is within the bound."""
        rounded = round(value, 4)
        return (self.min is None or rounded >= self.min) and (self.max is None or rounded <= self.max)


@dataclass(frozen=True)
class Check:
    """A threshold against a value found."""

    threshold: Threshold
    value: float | None
    where: str = ""  # the class, for a threshold by class

    @property
    def good(self) -> bool:
        """Whether it holds; a metric that could not be measured does not."""
        return self.value is not None and self.threshold.holds(self.value)

    def to_json(self) -> dict[str, Any]:
        """For the report and the files."""
        threshold = self.threshold
        return {
            "metric": threshold.metric,
            "label": metric_label(threshold.metric) + (f"（{self.where}）" if self.where else ""),
            "min": threshold.min,
            "max": threshold.max,
            "goal": threshold.goal,
            "value": None if self.value is None else round(self.value, 4),
            "good": self.good,
            "timing": threshold.timing,
        }


def metric_label(name: str) -> str:
    """The Chinese name of a metric, a latency or a length."""
    if name.startswith("latency."):
        _, stage, quantile = name.split(".")
        return f"用时·{label('timing', stage)}（{'中位数' if quantile == 'median' else '95%分位'}，毫秒）"
    if name.startswith("length."):
        return f"回答字数（{'中位数' if name.endswith('median') else '95%分位'}）"
    return _LABELS.get(name, name)


def load_thresholds(path: Path = THRESHOLDS) -> list[Threshold]:
    """Read the thresholds.

    Raises:
        EvaluationError: the file cannot be read, or an entry is wrong; the message names the entry.
    """
    try:
        with path.open("rb") as file:
            entries = tomllib.load(file).get("threshold", [])
    except OSError as error:
        raise EvaluationError(f"读不到门槛文件 {path}：{error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise EvaluationError(f"门槛文件 {path.name} 不是合法的 TOML：{error}") from error
    return [_read(entry, number, path.name) for number, entry in enumerate(entries, 1)]


def check_thresholds(
    results: Mapping[str, Any], thresholds: list[Threshold], *, timing: bool = True
) -> list[Check]:
    """Hold thresholds against a run's results (`eval.results`).

    Args:
        results: with "split", "overall", "groups", "latency" and "length".
        thresholds: as loaded.
        timing: whether those that depend on the machine count.
    """
    checks: list[Check] = []
    for threshold in thresholds:
        if results["split"] not in threshold.splits or (threshold.timing and not timing):
            continue
        if threshold.by is None:
            checks.append(Check(threshold, _value(results, threshold.metric)))
            continue
        for name, metrics in results["groups"].get(threshold.by, {}).items():
            found = metrics.get(threshold.metric)
            if found and found["n"] >= threshold.at_least:
                checks.append(Check(threshold, found["value"], class_name(threshold.by, name)))
    return checks


def class_name(group: str, name: str) -> str:
    """A class of questions in words: 名词, 第3章, 群众."""
    if group == "chapter":
        return f"第{name}章"
    try:
        return labels(group).get(name, name)
    except KeyError:
        return name


def _value(results: Mapping[str, Any], metric: str) -> float | None:
    group, *path = metric.split(".")
    if group in ("latency", "length") and path:
        found: Any = results[group]
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return None if found is None else float(found)
    estimate = results["overall"].get(metric)
    return None if estimate is None else float(estimate["value"])


def _read(entry: Mapping[str, Any], number: int, name: str) -> Threshold:
    problems = list(_problems(entry))
    if problems:
        raise EvaluationError(f"门槛文件 {name} 第 {number} 项：{'；'.join(problems)}")
    return Threshold(**{**entry, "splits": tuple(entry.get("splits", ("dev", "test", "all")))})


def _problems(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(entry) - _KEYS):
        yield f"没有“{key}”这一项"
    metric = entry.get("metric")
    if not isinstance(metric, str):
        yield "缺少 metric"
    elif metric not in _LABELS and metric.split(".")[0] not in ("latency", "length"):
        yield f"没有指标“{metric}”，可选：{'、'.join(_LABELS)}"
    if "min" not in entry and "max" not in entry:
        yield "min 和 max 至少要有一个"
    for key in ("min", "max", "goal"):
        if key in entry and not isinstance(entry[key], int | float):
            yield f"{key} 应为数字"
    if entry.get("by") is not None and entry["by"] not in GROUPS:
        yield f"by 可选：{'、'.join(GROUPS)}"
