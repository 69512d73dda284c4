"""The report: one HTML page in Chinese that asks no host, made from a run's results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.charts import Bar, Line, bar_chart, histogram, line_chart
from eval.labels import label, labels
from eval.metrics import METRICS
from eval.report_cases import case_view, coverage_groups, filters, level
from eval.summary_text import bound, figure, percent, wording_rows
from eval.thresholds import class_name

_HERE = Path(__file__).resolve().parent
_HEAT = (
    "right", "facts_right", "citation_precision", "citation_recall", "first_citation_right",
    "number_fidelity", "refusal_recall", "over_refusal", "hit@1", "hit@5", "mrr", "facts@5",
)  # fmt: skip
_GROUP_NAMES = {
    "kind": "按类型",
    "chapter": "按章",
    "user": "按用户",
    "noise": "按干扰",
    "ability": "按能力",
    "split": "按部分",
}


def write_report(path: Path, results: Mapping[str, Any], release: Mapping[str, Any] | None = None) -> None:
    """Write the report of `results`; `release` holds the last release's figures of the same split."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_report(results, release), encoding="utf-8", errors="replace")


def render_report(results: Mapping[str, Any], release: Mapping[str, Any] | None = None) -> str:
    """The report as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Our own files and drawings go in as they stand; everything from the run is escaped.
    charts = {name: Markup(svg) for name, svg in _charts(results).items()}
    checks = [_check(check, release) for check in results["checks"]]
    return environment.get_template("report.html.j2").render(
        results=results,
        split=label("split", results["split"]),
        failed=sum(not check["good"] for check in results["checks"]),
        checks=sorted(checks, key=lambda check: check["good"]),
        metrics=list(_metric_rows(results, release)),
        release=release,
        wordings=results.get("wordings", []),
        wording_rows=wording_rows(results.get("wordings", [])),
        charts=charts,
        stages=[
            {"key": stage, "name": name, "count": results["stages"][stage]}
            for stage, name in labels("stage").items()
            if stage in results["stages"]
        ],
        latency=[
            {"name": label("timing", stage), **_rounded(found)} for stage, found in results["latency"].items()
        ],
        tables=_tables(results),
        coverage=coverage_groups(results.get("coverage", [])),
        filters=filters(results["cases"]),
        cases=[case_view(case) for case in results["cases"]],
        css=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
        js=Markup((_HERE / "report.js").read_text(encoding="utf-8")),
    )


def _check(check: Mapping[str, Any], release: Mapping[str, Any] | None) -> dict[str, Any]:
    before = None
    if release and "（" not in check["label"]:
        before = release["overall"].get(check["metric"], {}).get("value")
    return {
        **check,
        "shown": "没有测到" if check["value"] is None else figure(check["metric"], check["value"]),
        "bound": bound(check),
        "release": None if before is None else figure(check["metric"], before),
    }


def _metric_rows(results: Mapping[str, Any], release: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    rows = []
    group = ""
    for metric in METRICS:
        found = results["overall"].get(metric.name)
        if found is None:
            continue
        row = {
            "label": metric.label,
            "value": figure(metric.name, found["value"]),
            "interval": f"[{figure(metric.name, found['low'])}, {figure(metric.name, found['high'])}]",
            "n": found["n"],
            "about": metric.about,
            "first": metric.group != group,
            "release": "—",
            "change": "—",
            "trend": "",
        }
        group = metric.group
        before = release["overall"].get(metric.name) if release else None
        if before:
            change = found["value"] - before["value"]
            better = change > 0 if metric.higher_is_better else change < 0
            row["release"] = figure(metric.name, before["value"])
            if abs(change) >= 0.0005:
                plain = metric.name == "length"
                row["change"] = f"{change:+.0f}" if plain else f"{change * 100:+.1f}"
                row["trend"] = "" if plain else "up" if better else "down"
            else:
                row["change"] = "持平"
        rows.append(row)
    return rows


def _charts(results: Mapping[str, Any]) -> dict[str, str]:
    bounds = {check["metric"]: check["min"] for check in results["checks"] if "（" in check["label"]}
    groups = results["groups"]
    parts = ("split",) if len(groups.get("split", {})) > 1 else ()
    others = [
        bar for group in ("user", "noise", "ability", *parts) for bar in _bars(groups.get(group, {}), group)
    ]
    totals = [case["timings"]["total"] for case in results["cases"] if "total" in case["timings"]]
    found = results["latency"].get("total")
    marks = [("中位数", found["median"]), ("95%分位", found["p95"])] if found else []
    curve = results["curve"]
    lines = [
        Line("拒答召回率", "recall", [(point["threshold"], point["recall"]) for point in curve]),
        Line("误拒率", "over", [(point["threshold"], point["over"]) for point in curve]),
    ]
    return {
        "kind": bar_chart(_bars(groups["kind"], "kind"), "各类型的整体正确率", bounds.get("right")),
        "chapter": bar_chart(_bars(groups["chapter"], "chapter"), "各章的整体正确率"),
        "other": bar_chart(others, "按用户、干扰和能力的整体正确率"),
        "curve": line_chart(lines, "拒答曲线", "证据门槛", results["threshold"]) if curve else "",
        "latency": histogram(totals, "每问全程用时的分布", "毫秒", marks),
    }


def _bars(classes: Mapping[str, Any], group: str) -> list[Bar]:
    return [
        Bar(class_name(group, name), f["value"], f["low"], f["high"], f"{f['n']} 问")
        for name, metrics in classes.items()
        if (f := metrics.get("right"))
    ]


def _tables(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = {metric.name: metric for metric in METRICS}
    tables = []
    for group, title in _GROUP_NAMES.items():
        classes = results["groups"].get(group, {})
        if group == "split" and len(classes) < 2:
            continue
        rows = [
            {
                "name": class_name(group, name),
                "n": metrics["right"]["n"],
                "cells": [_heat(metrics.get(key), names[key].higher_is_better) for key in _HEAT],
            }
            for name, metrics in classes.items()
        ]
        tables.append({"name": title, "heads": [names[key].label for key in _HEAT], "rows": rows})
    return tables


def _heat(found: Mapping[str, Any] | None, higher_is_better: bool) -> dict[str, str]:
    if found is None:
        return {"text": "—", "level": "void", "title": "不适用"}
    good = found["value"] if higher_is_better else 1 - found["value"]
    title = f"[{percent(found['low'])}, {percent(found['high'])}]，{found['n']} 问"
    return {"text": percent(found["value"]), "level": level(good), "title": title}


def _rounded(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: f"{found[key]:.1f}" for key in ("median", "p95", "max")} | {"n": int(found["n"])}
