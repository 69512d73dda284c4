"""Charts as inline SVG, drawn by hand: bars with confidence intervals, lines, a histogram."""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Scale = Callable[[float], float]
_WIDTH = 560
_LEFT = 108  # room for the labels of bars


@dataclass(frozen=True)
class Bar:
    """A bar: its label, a value from 0 to 1 with its interval, and a note after it."""

    label: str
    value: float
    low: float
    high: float
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A line of a chart: its name, its class for the colour, its points."""

    name: str
    style: str
    points: Sequence[tuple[float, float]]


def bar_chart(bars: Sequence[Bar], title: str, bound: float | None = None) -> str:
    """Horizontal bars from 0 to 100% with their confidence intervals; `bound` is drawn as a dashed line."""
    row, top = 24, 8
    plot = _WIDTH - _LEFT - 112
    height = top + row * len(bars) + 26
    x = _scale(0.0, 1.0, _LEFT, _LEFT + plot)
    parts = [_grid(x, top, height - 22, [0, 0.25, 0.5, 0.75, 1.0])]
    for i, bar in enumerate(bars):
        y = top + i * row
        weak = bound is not None and bar.value < bound
        parts.append(
            _text(_LEFT - 8, y + 16, bar.label, "end", "label")
            + f'<rect class="bar{" weak" if weak else ""}" x="{_LEFT}" y="{y + 5}" height="14" rx="2"'
            f' width="{max(0.5, bar.value * plot):.1f}"><title>{html.escape(_said(bar))}</title></rect>'
            f'<path class="whisker" d="M{x(bar.low):.1f} {y + 12}H{x(bar.high):.1f}'
            f'M{x(bar.low):.1f} {y + 8.5}v7M{x(bar.high):.1f} {y + 8.5}v7"/>'
            f'<text class="value" x="{_LEFT + plot + 10}" y="{y + 16}">{bar.value * 100:.1f}%'
            f'<tspan class="note" dx="6">{html.escape(bar.note)}</tspan></text>'
        )
    if bound is not None:
        parts.append(f'<path class="bound" d="M{x(bound):.1f} {top}V{height - 22}"/>')
    return _svg(_WIDTH, height, title, parts)


def line_chart(lines: Sequence[Line], title: str, x_name: str, marker: float | None = None) -> str:
    """Lines over a horizontal axis from 0 to the largest x, values as 0 to 100%; `marker` marks one x."""
    left, right, top, bottom = 46, 16, 30, 44
    height = 300
    most = max((px for line in lines for px, _ in line.points), default=1.0)
    x = _scale(0.0, most or 1.0, left, _WIDTH - right)
    y = _scale(0.0, 1.0, height - bottom, top)
    parts = [_grid_y(y, left, _WIDTH - right, [0, 0.25, 0.5, 0.75, 1.0])]
    parts += [_text(x(value), height - bottom + 16, f"{value:.2g}") for value in _ticks(most)]
    parts.append(_text((left + _WIDTH - right) / 2, height - 8, x_name))
    for i, line in enumerate(lines):
        path = "L".join(f"{x(px):.1f} {y(py):.1f}" for px, py in line.points)
        at = left + 6 + i * 150
        parts.append(
            f'<path class="line {line.style}" d="M{path}"/>'
            f'<path class="line {line.style}" d="M{at} 14h20"/>'
            f'<text class="label" x="{at + 26}" y="18">{html.escape(line.name)}</text>'
        )
    if marker is not None and marker <= most:
        parts.append(
            f'<path class="bound" d="M{x(marker):.1f} {top}V{height - bottom}"/>'
            f'<text class="tick" x="{x(marker) + 4:.1f}" y="{top + 12}">现用门槛 {marker:.3g}</text>'
        )
    return _svg(_WIDTH, height, title, parts)


def histogram(values: Sequence[float], title: str, unit: str, marks: Sequence[tuple[str, float]] = ()) -> str:
    """A histogram with vertical lines at `marks` (name, value)."""
    left, right, top, bottom, height = 46, 16, 24, 40, 240
    if not values:
        return ""
    ordered = sorted(values)
    # The few slowest would squeeze all others together: what lies beyond is counted in the last bin.
    most = _nice(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))])
    bins = 28
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / most * bins))] += 1
    x = _scale(0.0, most, left, _WIDTH - right)
    y = _scale(0.0, float(max(counts)), height - bottom, top)
    width = (_WIDTH - right - left) / bins
    parts = [
        f'<rect class="bar" x="{left + i * width + 0.5:.1f}" y="{y(count):.1f}" width="{width - 1:.1f}"'
        f' height="{max(0.0, height - bottom - y(count)):.1f}">'
        f"<title>{i * most / bins:.1f}—{(i + 1) * most / bins:.1f} {unit}：{count} 问</title></rect>"
        for i, count in enumerate(counts)
    ]
    parts += [_text(x(value), height - bottom + 16, f"{value:g}") for value in _ticks(most)]
    parts.append(
        f'<path class="axis" d="M{left} {height - bottom}H{_WIDTH - right}"/>'
        + _text(left - 6, top + 4, f"{max(counts)} 问", "end")
        + _text((left + _WIDTH - right) / 2, height - 8, unit)
    )
    for i, (name, value) in enumerate(marks):
        at = x(min(value, most))
        near_end = at > _WIDTH - 150
        parts.append(
            f'<path class="bound" d="M{at:.1f} {top - 8}V{height - bottom}"/>'
            f'<text class="tick" x="{at + (-4 if near_end else 4):.1f}" y="{top + 2 + 14 * i}"'
            f' text-anchor="{"end" if near_end else "start"}">{html.escape(name)} {value:.1f}</text>'
        )
    return _svg(_WIDTH, height, title, parts)


def _svg(width: int, height: float, title: str, parts: Sequence[str]) -> str:
    name = html.escape(title)
    return (
        f'<svg viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{name}">'
        f"<title>{name}</title>{''.join(parts)}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "middle", style: str = "tick") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def _grid(x: Scale, top: float, bottom: float, values: Sequence[float]) -> str:
    return "".join(
        f'<path class="grid" d="M{x(value):.1f} {top}V{bottom:.0f}"/>'
        + _text(x(value), bottom + 15, _percent_tick(value))
        for value in values
    )


def _grid_y(y: Scale, left: float, right: float, values: Sequence[float]) -> str:
    return "".join(
        f'<path class="grid" d="M{left} {y(value):.1f}H{right}"/>'
        + _text(left - 6, y(value) + 4, _percent_tick(value), "end")
        for value in values
    )


def _percent_tick(value: float) -> str:
    return f"{value * 100:.0f}%"


def _said(bar: Bar) -> str:
    return f"{bar.label}：{bar.value * 100:.1f}%，95% 置信区间 {bar.low * 100:.1f}%—{bar.high * 100:.1f}%"


def _nice(value: float) -> float:
    if value <= 0:
        return 1.0
    unit = 10 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * unit >= value * 0.999)


def _ticks(most: float) -> list[float]:
    if most <= 0:
        return [0.0]
    raw = most / 5
    unit = 10 ** math.floor(math.log10(raw))
    step = next(size * unit for size in (1, 2, 2.5, 5, 10) if size * unit >= raw * 0.999)
    return [round(i * step, 6) for i in range(int(most / step + 1e-6) + 1)]
