"""The results as a workbook, for those who work in a spreadsheet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.junit import what_is_wrong
from eval.labels import label, labels
from eval.metrics import METRICS
from eval.sheets import Row, Sheet, write_xlsx
from eval.summary_text import bound
from eval.thresholds import class_name

_CASE_HEAD = (
    "编号", "结果", "环节", "类型", "用户", "干扰", "能力", "章", "问题", "理解为", "预期状态", "状态",
    "回答", "缺的要点", "出现的禁用内容", "无据数字", "可接受的出处", "出处",
    "出处是否正确", "检索到的段落", "证据", "用时（毫秒）", "说明",
)  # fmt: skip
_CASE_WIDTHS = (9, 8, 8, 10, 12, 10, 10, 6, 36, 30, 10, 10, 60, 30, 16, 14, 36, 40, 12, 40, 8, 10, 40)


def write_workbook(path: Path, results: Mapping[str, Any]) -> None:
    """Write summary, classes, thresholds and every question of `results`."""
    write_xlsx(
        path,
        [
            Sheet(
                "总览",
                ("指标", "数值", "下限95%", "上限95%", "题数", "算法"),
                _metric_rows(results),
                (18, 10, 10, 10, 8, 60),
            ),
            Sheet(
                "分类",
                ("分组", "类别", "指标", "数值", "下限95%", "上限95%", "题数"),
                _class_rows(results),
                (10, 16, 18, 10, 10, 10, 8),
            ),
            Sheet("门槛", ("指标", "数值", "要求", "是否达到"), _check_rows(results), (30, 12, 16, 12)),
            Sheet("逐题", _CASE_HEAD, [_case_row(case) for case in results["cases"]], _CASE_WIDTHS),
        ],
    )


def _metric_rows(results: Mapping[str, Any]) -> list[Row]:
    rows: list[Row] = [
        (
            "部分",
            label("split", results["split"]),
            None,
            None,
            results["questions"],
            f"配置：{results['config']}",
        )
    ]
    for metric in METRICS:
        found = results["overall"].get(metric.name)
        if found:
            rows.append((metric.label, found["value"], found["low"], found["high"], found["n"], metric.about))
    for stage, found in results["latency"].items():
        name = f"用时·{label('timing', stage)}（毫秒）"
        rows.append((name, found["median"], None, None, found["n"], f"中位数；95%分位 {found['p95']}"))
    return rows


def _class_rows(results: Mapping[str, Any]) -> list[Row]:
    metrics_named = {metric.name: metric.label for metric in METRICS}
    return [
        (
            name,
            class_name(group, value),
            metrics_named[metric],
            found["value"],
            found["low"],
            found["high"],
            found["n"],
        )
        for group, name in labels("class").items()
        for value, metrics in results["groups"].get(group, {}).items()
        for metric, found in metrics.items()
    ]


def _check_rows(results: Mapping[str, Any]) -> list[Row]:
    return [
        (check["label"], check["value"], bound(check), "是" if check["good"] else "否")
        for check in results["checks"]
    ]


def _case_row(case: Mapping[str, Any]) -> Row:
    return (
        case["id"],
        "正确" if case["right"] else "未达标",
        label("stage", case["stage"]) if case["stage"] else "",
        label("kind", case["kind"]),
        label("user", case["user"]),
        label("noise", case["noise"]),
        label("ability", case["ability"]),
        case["chapter"],
        case["question"],
        case["understood"],
        label("status", case["expected_status"]),
        label("status", case["status"]),
        case["text"],
        "\n".join(" / ".join(fact["any"]) for fact in case["facts"] if not fact["held"]),
        "\n".join(case["forbidden_held"]),
        "\n".join(case["unfaithful_numbers"]),
        "\n".join(case["places"]),
        "\n".join(f"[{citation['n']}] {citation['place']}" for citation in case["citations"]),
        "\n".join("正确" if citation["right"] else "不符" for citation in case["citations"]),
        "\n".join(f"{passage['score']:.3f} {passage['id']}" for passage in case["retrieved"]),
        case["evidence"],
        case["timings"].get("total"),
        "" if case["right"] else what_is_wrong(case),
    )
