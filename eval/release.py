"""The figures of the release: `release.json`, and `RESULTS.md` made from it; both written by runs only."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.labels import label
from eval.metrics import METRICS
from eval.records import EvaluationError
from eval.summary_text import bound, figure, wording_rows
from eval.thresholds import class_name

_HERE = Path(__file__).resolve().parent
RELEASE = _HERE / "release.json"
RESULTS = _HERE / "RESULTS.md"
_KEPT = (
    "split",
    "config",
    "fingerprint",
    "made",
    "seed",
    "questions",
    "overall",
    "latency",
    "length",
    "checks",
    "passed",
)
_BY_KIND = ("right", "facts_right", "first_citation_right", "citation_precision", "hit@1", "facts@5")


def load_release(split: str, path: Path = RELEASE) -> dict[str, Any] | None:
    """The last release's figures of a split, None if there are none.

    Raises:
        EvaluationError: the file is there but cannot be read.
    """
    found: dict[str, Any] | None = _read(path).get("splits", {}).get(split)
    return found


def keep_release(results: Mapping[str, Any], path: Path = RELEASE, page: Path = RESULTS) -> None:
    """Make a run's figures those of the release, and write the page of results anew.

    Raises:
        EvaluationError: the run is partial or was made with another configuration than the default.
    """
    if results["partial"] or results["config"] != "默认":
        raise EvaluationError(
            "只有默认配置下对整个部分的评测才能作为发布的数字：请去掉 --kind、--only 和 --config。"
        )
    data = _read(path)
    kept = {key: results[key] for key in _KEPT} | {"groups": {"kind": results["groups"]["kind"]}}
    if results.get("wordings"):
        kept["wordings"] = results["wordings"]
    data.setdefault("splits", {})[results["split"]] = kept
    _write(data, path, page)


def keep_baselines(table: Mapping[str, Any], path: Path = RELEASE, page: Path = RESULTS) -> None:
    """Make a table of baselines (`eval.baselines`) that of the release, and write the page anew."""
    data = _read(path)
    data.setdefault("baselines", {})[table["split"]] = dict(table)
    _write(data, path, page)


def results_page(data: Mapping[str, Any]) -> str:
    """The page of results in Markdown."""
    lines = [
        "# 评测结果",
        "",
        "本页由 `python -m eval --release` 和 `python -m eval baselines --release` 写成，不手工修改。",
    ]
    lines.append("方括号内为 95% 置信区间（按题自助法）。各指标的公式和来源见 `eval/metrics.py`。")
    for split, results in data.get("splits", {}).items():
        lines += ["", *_split_lines(split, results)]
    for split, table in data.get("baselines", {}).items():
        lines += ["", *baseline_lines(split, table)]
    return "\n".join(lines) + "\n"


def baseline_lines(split: str, table: Mapping[str, Any]) -> list[str]:
    """The table of baselines in Markdown."""
    labels = {metric.name: metric.label for metric in METRICS}
    names = table["metrics"]
    lines = [
        f"## 基线与各部分的作用（{label('split', split)}，{table['questions']} 问，{table['made']}）",
        "",
        "| 做法 | " + " | ".join(labels[name] for name in names) + " | 用时中位数（毫秒） |",
        "|---|" + "---:|" * (len(names) + 1),
    ]
    for row in table["rows"]:
        cells = [
            figure(name, row["overall"][name]["value"]) if name in row["overall"] else "—" for name in names
        ]
        lines.append(f"| {row['name']} | {' | '.join(cells)} | {row['median_ms']:.1f} |")
    told = (
        "“去掉”各行只把该部分的权重设为 0，判断证据的系数和门槛没有重新拟合，"
        "所以拒答各栏的变化不全是该部分的作用。"
    )
    return [*lines, "", told]


def _split_lines(split: str, results: Mapping[str, Any]) -> list[str]:
    lines = [
        f"## {label('split', split)}（{results['questions']} 问，{results['made']}）",
        "",
        "| 指标 | 数值 | 95% 置信区间 | 题数 |",
        "|---|---:|---|---:|",
    ]
    for metric in METRICS:
        found = results["overall"].get(metric.name)
        if found:
            low, high = figure(metric.name, found["low"]), figure(metric.name, found["high"])
            lines.append(
                f"| {metric.label} | {figure(metric.name, found['value'])} | [{low}, {high}] | {found['n']} |"
            )
    if results["length"]:
        found = results["length"]
        lines.append(
            f"| 回答字数（中位数，95%分位） | {found['median']:.0f}，{found['p95']:.0f} | | {found['n']} |"
        )
    for stage, found in results["latency"].items():
        name = f"用时·{label('timing', stage)}（中位数，95%分位，毫秒）"
        lines.append(f"| {name} | {found['median']:.1f}，{found['p95']:.1f} | | {found['n']} |")
    labels = {metric.name: metric.label for metric in METRICS}
    lines += [
        "",
        "| 类型 | " + " | ".join(labels[name] for name in _BY_KIND) + " | 题数 |",
        "|---|" + "---:|" * (len(_BY_KIND) + 1),
    ]
    for kind, metrics in results["groups"]["kind"].items():
        cells = [figure(name, metrics[name]["value"]) if name in metrics else "—" for name in _BY_KIND]
        lines.append(f"| {class_name('kind', kind)} | {' | '.join(cells)} | {metrics['right']['n']} |")
    lines += _wording_table(results.get("wordings", []))
    failed = [check for check in results["checks"] if not check["good"]]
    told = (
        "全部达到"
        if not failed
        else "未达到：" + "；".join(f"{check['label']}（要求 {bound(check)}）" for check in failed)
    )
    return [*lines, "", f"门槛（`eval/thresholds.toml`）：{told}。"]


def _wording_table(wordings: Sequence[Mapping[str, Any]]) -> list[str]:
    if not wordings:
        return []
    heads = [f"{found['model']}（{found['prompt']}）".replace("|", "\\|") for found in wordings]
    return [
        "",
        "| 语言模型的措辞 | " + " | ".join(heads) + " |",
        "|---|" + "---|" * len(heads),
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in wording_rows(wordings)),
    ]


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"读不到上一版的数字 {path.name}：{error}。可删除它后重新运行。") from error
    return found


def _write(data: Mapping[str, Any], path: Path, page: Path) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.write_text(results_page(data), encoding="utf-8")
