"""The cost model on paper: what a library of many plans costs, from what one more plan costs.

Everything but the search in Chroma's graph grows with the number of plans: a straight line, value = fixed +
per plan · n, goes through a small size and the largest one measured (or lies flat where they do not grow).
It is a model, not a measurement: whatever is told from it must say so.
"""

from collections.abc import Callable, Sequence

FAR = 100_000  # plans: 100 times the largest number measured
_SMALL = 10  # plans from which on the fixed part no longer hides the rest


def model_of(points: Sequence[tuple[float, float]]) -> Callable[[float], float]:
    """The line through the first size of at least 10 plans and the last (number of plans, value)."""
    last, most = points[-1]
    first, least = next(((x, y) for x, y in points[:-1] if x >= _SMALL), points[0])
    slope = max(0.0, (most - least) / (last - first)) if last > first else 0.0
    return lambda plans: most + slope * (plans - last)
