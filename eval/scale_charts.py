"""The curves of `eval.scale` as SVG files: measured points as lines, the cost model dashed beyond them."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.scale_model import FAR, model_of

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 190, 44, 52
_COLOURS = ("#1f5fa8", "#c4561e", "#2d7d46", "#7a3f98", "#8a6d00")
_STYLE = (
    "text{font:13px 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:#222}"
    ".title{font-size:16px;font-weight:600}.grid{stroke:#ddd;fill:none}.axis{stroke:#555;fill:none}"
    ".line{fill:none;stroke-width:2}.far{stroke-dasharray:5 4}"
)


@dataclass(frozen=True)
class Curve:
    """A line of a chart: its name and how it is read from a row of measurements."""

    name: str
    key: str
    field: str = ""
    modelled: bool = True  # whether the cost model goes on with it

    def of(self, row: Mapping[str, Any]) -> float:
        """Its value in a row."""
        value = row[self.key]
        return float(value[self.field] if self.field else value)


CHARTS: dict[str, tuple[str, str, tuple[Curve, ...]]] = {
    "scale-build": (
        "建库用时（累计）",
        "秒",
        (Curve("实际用时", "total_s", modelled=False), Curve("处理器用时", "total_cpu_s")),
    ),
    "scale-size": (
        "索引大小",
        "MiB",
        (Curve("向量（Chroma）", "vectors_mib"), Curve("词语和原文", "words_mib")),
    ),
    "scale-memory": (
        "内存",
        "MiB",
        (
            Curve("建库的峰值", "build_peak_mib"),
            Curve("跨规划检索以后", "searched_mib"),
            Curve("只按规划问答", "plans_open_mib"),
            Curve("只有一份规划", "single_mib", modelled=False),
        ),
    ),
    "scale-latency": (
        "查询用时（中位数）",
        "毫秒",
        (
            Curve("打开一份规划并回答", "cold_ms"),
            Curve("问已打开的一份", "routed_ms", "median"),
            Curve("跨规划检索", "search_ms", "median"),
            Curve("Chroma 按规划过滤", "filter_one_ms", "median"),
            Curve("其中：词语", "words_ms", "median"),
        ),
    ),
}


def with_totals(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what all builds up to each have taken together."""
    found: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: row["plans"]):
        before = found[-1] if found else {"total_s": 0.0, "total_cpu_s": 0.0}
        found.append(
            {
                **row,
                "total_s": before["total_s"] + row["build_s"],
                "total_cpu_s": before["total_cpu_s"] + row["build_cpu_s"],
            }
        )
    return found


def write_charts(rows: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Draw each chart of `CHARTS` into `folder`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    full = with_totals(rows)
    paths = []
    for name, (title, unit, curves) in CHARTS.items():
        path = folder / f"{name}.svg"
        path.write_text(log_chart(full, title, unit, curves) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def log_chart(rows: Sequence[Mapping[str, Any]], title: str, unit: str, curves: Sequence[Curve]) -> str:
    """Curves over the number of plans, both axes logarithmic; dashed where the model goes on."""
    values = [curve.of(row) for curve in curves for row in rows]
    far = {
        curve.name: model_of([(row["plans"], curve.of(row)) for row in rows])
        for curve in curves
        if curve.modelled
    }
    values += [model(FAR) for model in far.values()]
    low = math.floor(math.log10(max(min(values), 0.1)))
    high = math.ceil(math.log10(max(values)))
    most = math.log10(FAR)
    plot_w, plot_h = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def point(plans: float, value: float) -> str:
        x = _LEFT + math.log10(plans) / most * plot_w
        y = _TOP + (high - math.log10(max(value, 10**low))) / (high - low) * plot_h
        return f"{x:.1f} {y:.1f}"

    parts = [f'<text class="title" x="{_LEFT}" y="24">{html.escape(title)}（{unit}）</text>']
    for power in range(low, high + 1):
        start, end = point(1, 10**power), point(FAR, 10**power)
        parts.append(f'<path class="grid" d="M{start}L{end}"/>')
        y = float(start.split()[1])
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_said(10**power)}</text>')
    for power in range(int(most) + 1):
        x, y = map(float, point(10**power, 10**low).split())
        parts.append(f'<path class="grid" d="M{x} {_TOP}V{y}"/>')
        parts.append(f'<text x="{x}" y="{y + 20}" text-anchor="middle">{_said(10**power)}</text>')
    parts.append(
        f'<text x="{_LEFT + plot_w / 2}" y="{_HEIGHT - 10}" text-anchor="middle">'
        "规划份数（虚线是推算，不是实测）</text>"
    )
    for i, curve in enumerate(curves):
        colour = _COLOURS[i % len(_COLOURS)]
        points = [(row["plans"], curve.of(row)) for row in rows]
        path = "L".join(point(*pair) for pair in points)
        parts.append(f'<path class="line" stroke="{colour}" d="M{path}"/>')
        for pair in points:
            cx, cy = point(*pair).split()
            told = f"{curve.name}：{pair[0]} 份 {pair[1]:.4g} {unit}"
            parts.append(
                f'<circle cx="{cx}" cy="{cy}" r="3.5" fill="{colour}"><title>{told}</title></circle>'
            )
        if curve.name in far:
            goes_on = f"M{point(*points[-1])}L{point(FAR, far[curve.name](FAR))}"
            parts.append(f'<path class="line far" stroke="{colour}" d="{goes_on}"/>')
        y = _TOP + 14 + 24 * i
        at = _WIDTH - _RIGHT + 14
        parts.append(f'<path class="line" stroke="{colour}" d="M{at} {y - 4}h22"/>')
        parts.append(f'<text x="{at + 28}" y="{y}">{html.escape(curve.name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}"'
        f' role="img" aria-label="{html.escape(title)}"><style>{_STYLE}</style>'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _said(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
