"""The summary that a run shows on the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.labels import label, labels
from eval.metrics import METRICS
from eval.thresholds import class_name
from ingest.terms import normalise

_BY_CLASS = ("right", "facts_right", "first_citation_right", "citation_precision", "hit@1", "facts@5")


def summary_lines(results: Mapping[str, Any]) -> list[str]:
    """The figures of a run as lines of text: overall, by kind, stages that failed, thresholds."""
    lines = [f"{label('split', results['split'])}，{results['questions']} 问，配置：{results['config']}", ""]
    named = {metric.name: metric.label for metric in METRICS}
    for name, found in results["overall"].items():
        if name == "length":
            continue
        interval = f"[{percent(found['low'])}, {percent(found['high'])}]"
        lines.append(f"{_wide(named[name], 18)}{percent(found['value']):>7}  {interval:>16}  {found['n']} 问")
    if results["length"]:
        found = results["length"]
        lines.append(f"{_wide('回答字数', 18)}中位数 {found['median']:.0f}，95%分位 {found['p95']:.0f}")
    for stage, found in results["latency"].items():
        name = f"用时·{label('timing', stage)}"
        lines.append(f"{_wide(name, 18)}中位数 {found['median']:.1f} 毫秒，95%分位 {found['p95']:.1f} 毫秒")
    lines += ["", *class_table(results["groups"]["kind"], "kind")]
    wordings = results.get("wordings")
    if wordings:
        lines += ["", "语言模型的措辞", *wording_lines(wordings)]
    missed = [case for case in results["cases"] if not case["right"]]
    if missed:
        stages = "，".join(f"{label('stage', stage)} {count}" for stage, count in results["stages"].items())
        shown = "、".join(case["id"] for case in missed[:40]) + ("……" if len(missed) > 40 else "")
        lines += ["", f"未达标 {len(missed)} 问（所在环节：{stages}）：{shown}"]
    return lines


def class_table(classes: Mapping[str, Mapping[str, Any]], group: str) -> list[str]:
    """The chief metrics of every class, one line each."""
    named = {metric.name: metric.label for metric in METRICS}
    lines = [_wide("", 14) + "".join(_wide(named[name], 14) for name in _BY_CLASS) + "问数"]
    for name, metrics in classes.items():
        cells = [percent(metrics[metric]["value"]) if metric in metrics else "—" for metric in _BY_CLASS]
        lines.append(
            _wide(class_name(group, name), 14)
            + "".join(_wide(cell, 14) for cell in cells)
            + str(metrics["right"]["n"])
        )
    return lines


def wording_rows(wordings: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """What became of the models' sentences (`eval.wordings`): rows of a name and a cell for each model."""
    counts = [(name, [_count(found, key) for found in wordings]) for key, name in labels("wording").items()]
    listed = (("退回的原因", "reasons", "reason"), ("不符之处", "faults", "fault"))
    return counts + [
        (name, ["，".join(_named(found[key], group)) or "无" for found in wordings])
        for name, key, group in listed
    ]


def wording_lines(wordings: Sequence[Mapping[str, Any]], names: Sequence[str] = ()) -> list[str]:
    """The same as lines of text, the models side by side; `names` stand before the models' own."""
    heads = [
        " ".join([*names[i : i + 1], f"{found['model']}（{found['prompt']}）"])
        for i, found in enumerate(wordings)
    ]
    rows = [("", heads), *wording_rows(wordings)]
    widths = [max(_columns(cells[i]) for _, cells in rows) + 2 for i in range(len(wordings))]
    lines = []
    for name, cells in rows:
        shown = (_wide(cell, width) for cell, width in zip(cells, widths, strict=True))
        lines.append((_wide(name, 18) + "".join(shown)).rstrip())
    return lines


def wording_words(wording: Mapping[str, Any]) -> str:
    """What became of the sentences of one answer, in one line."""
    found = [
        f"{labels('wording')[key]} {wording[key]}" for key in ("sentences", "kept", "replaced", "dropped")
    ]
    faults = _named(wording["faults"], "fault")
    told = "，".join(found) + (f"（{'、'.join(faults)}）" if faults else "")
    return told + (f"；退回原文：{label('reason', wording['reason'])}" if wording["reason"] else "")


def check_lines(checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The thresholds and whether they hold, the failed ones first."""
    return [
        f"{'达标' if check['good'] else '未达标'}  {check['label']}：{_shown(check)}（要求 {bound(check)}）"
        for check in sorted(checks, key=lambda check: bool(check["good"]))
    ]


def case_lines(case: Mapping[str, Any]) -> list[str]:
    """One case in full, for `--only`."""
    facts = [f"    {'有' if fact['held'] else '缺'}：{' / '.join(fact['any'])}" for fact in case["facts"]]
    citations = [
        f"    [{c['n']}] {'正确' if c['right'] else '不符'} {c['place']}：{c['quote']}"
        for c in case["citations"]
    ]
    retrieved = [
        f"    {i:>2}. {'*' if found['gold'] else ' '} {found['score']:.3f} {found['id']} {found['text'][:60]}"
        for i, found in enumerate(case["retrieved"], 1)
    ]
    return [
        f"{case['id']} {'正确' if case['right'] else '未达标'}"
        + (f"（环节：{label('stage', case['stage'])}）" if case["stage"] else ""),
        f"  问：{case['question']}",
        f"  理解为：{case['understood']}（{case['understood_kind']}）",
        f"  预期：{label('status', case['expected_status'])}；得到：{label('status', case['status'])}"
        f"；证据 {case['evidence']}，门槛 {case['threshold']}",
        "  要点：",
        *facts,
        *([f"  出现了禁用内容：{'、'.join(case['forbidden_held'])}"] if case["forbidden_held"] else []),
        *([f"  无据数字：{'、'.join(case['unfaithful_numbers'])}"] if case["unfaithful_numbers"] else []),
        f"  可接受的出处：{'；'.join(case['places'])}",
        *([f"  语言模型：{wording_words(case['wording'])}"] if case["wording"] else []),
        "  回答：",
        *(f"    {line}" for line in case["text"].split("\n")),
        "  出处：",
        *citations,
        "  检索到（*为相关段）：",
        *retrieved,
    ]


def bound(check: Mapping[str, Any]) -> str:
    """A threshold's bound in words, with the goal beside a floor: ≥ 77.0%，目标 92.0%（未到）."""
    show = _number if _plain(check["metric"]) else percent
    low = [f"≥ {show(check['min'])}"] if check["min"] is not None else []
    high = [f"≤ {show(check['max'])}"] if check["max"] is not None else []
    goal = check.get("goal")
    if goal is not None and check["value"] is not None:
        reached = check["value"] >= goal if check["min"] is not None else check["value"] <= goal
        return "，".join([*low, *high, f"目标 {show(goal)}（{'已到' if reached else '未到'}）"])
    return "，".join(low + high)


def _shown(check: Mapping[str, Any]) -> str:
    if check["value"] is None:
        return "没有测到"
    return figure(check["metric"], check["value"])


def _plain(metric: str) -> bool:
    return metric.startswith(("latency.", "length"))


def figure(metric: str, value: float) -> str:
    """A metric's value as shown: a percentage, or a number of milliseconds or characters."""
    return _number(value) if _plain(metric) else percent(value)


def percent(value: float) -> str:
    """A share as a percentage with one digit."""
    return f"{value * 100:.1f}%"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _wide(text: str, width: int) -> str:
    return text + " " * max(1, width - _columns(text))


def _columns(text: str) -> int:
    # Chinese characters take two columns of a terminal.
    return sum(2 if ord(char) > 0x2E80 else 1 for char in normalise(text))


def _named(counts: Mapping[str, int], group: str) -> list[str]:
    return [f"{label(group, name)} {count}" for name, count in counts.items()]


def _count(found: Mapping[str, Any], key: str) -> str:
    share = found["shares"].get(key)
    return str(found[key]) if share is None else f"{found[key]}（{percent(share)}）"
