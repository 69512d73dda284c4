"""Counters, gauges and histograms in the text format that Prometheus reads.

The format is "text/plain; version=0.0.4" of Prometheus' exposition formats: a HELP and a TYPE line for each
name, then one line a set of labels; a histogram is its cumulative buckets, sum and count.
"""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

Labels = tuple[str, ...]


class Counter:
    """A number that only grows, for each set of labels."""

    kind = "counter"

    def __init__(self, name: str, about: str, labels: Sequence[str] = ()) -> None:
        self.name, self.about, self.labels = name, about, tuple(labels)
        self._values: dict[Labels, float] = defaultdict(float)
        self._lock = threading.Lock()

    def add(self, *values: str, by: float = 1.0) -> None:
        """Count `by` more for the labels' values."""
        with self._lock:
            self._values[values] += by

    def lines(self) -> Iterator[str]:
        """The samples."""
        with self._lock:
            held = sorted(self._values.items())
        for values, number in held:
            yield _sample(self.name, zip(self.labels, values, strict=True), number)


class Gauge:
    """A number read when it is asked for; `read` gives it for each set of labels' values."""

    kind = "gauge"

    def __init__(
        self, name: str, about: str, read: Callable[[], Mapping[Labels, float]], labels: Sequence[str] = ()
    ) -> None:
        self.name, self.about, self.labels = name, about, tuple(labels)
        self._read = read

    def lines(self) -> Iterator[str]:
        """The samples."""
        for values, number in sorted(self._read().items()):
            yield _sample(self.name, zip(self.labels, values, strict=True), number)


class Histogram:
    """How long things took, in seconds, for each value of one label."""

    kind = "histogram"

    def __init__(self, name: str, about: str, label: str, bounds: Sequence[float] = SECONDS) -> None:
        self.name, self.about, self.label = name, about, label
        self.bounds = tuple(bounds)
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def observe(self, value: str, seconds: float) -> None:
        """Count one that took `seconds`."""
        with self._lock:
            counts = self._counts.setdefault(value, [0] * (len(self.bounds) + 1))
            counts[bisect_left(self.bounds, seconds)] += 1
            self._sums[value] += seconds

    def lines(self) -> Iterator[str]:
        """The samples."""
        with self._lock:
            held = [(value, list(counts), self._sums[value]) for value, counts in self._counts.items()]
        for value, counts, total in sorted(held):
            so_far = 0
            for bound, count in zip((*self.bounds, float("inf")), counts, strict=True):
                so_far += count
                le = "+Inf" if bound == float("inf") else f"{bound:g}"
                yield _sample(f"{self.name}_bucket", ((self.label, value), ("le", le)), so_far)
            yield _sample(f"{self.name}_sum", ((self.label, value),), total)
            yield _sample(f"{self.name}_count", ((self.label, value),), so_far)


def exposition(metrics: Sequence[Counter | Gauge | Histogram]) -> str:
    """All samples of the metrics as one text."""
    lines = []
    for metric in metrics:
        about = metric.about.replace("\\", "\\\\").replace("\n", "\\n")
        lines += [f"# HELP {metric.name} {about}", f"# TYPE {metric.name} {metric.kind}", *metric.lines()]
    return "\n".join(lines) + "\n"


def _sample(name: str, labels: Iterable[tuple[str, str]], number: float) -> str:
    inside = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels)
    shown = str(int(number)) if number == int(number) else repr(float(number))
    return f"{name}{{{inside}}} {shown}" if inside else f"{name} {shown}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
