"""The cost model on paper: what a library of many plans costs, from what one more plan costs.

Everything but the search in Chroma's graph grows with the number of plans: a straight line, value = fixed +
per plan · n, is drawn through the two largest sizes measured (or lies flat where they do not grow). It is
a model, not a measurement: whatever is told from it must say so.
"""

from collections.abc import Callable, Sequence

FAR = 100_000  # plans: 100 times the largest number measured


def model_of(points: Sequence[tuple[float, float]]) -> Callable[[float], float]:
    """The line through the last two points (number of plans, value); a falling one lies flat at the last."""
    if len(points) < 2:
        return lambda plans: points[-1][1]
    (x0, y0), (x1, y1) = points[-2], points[-1]
    slope = max(0.0, (y1 - y0) / (x1 - x0))
    return lambda plans: y1 + slope * (plans - x1)
