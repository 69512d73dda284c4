"""Comparison of two runs: what got better and worse, question by question."""

from collections.abc import Mapping
from typing import Any

from eval.junit import what_is_wrong
from eval.labels import label
from eval.metrics import METRICS
from eval.summary_text import figure, wording_lines


def compare_lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What changed from `old` to `new` as lines of text: metrics first, then questions.

    A difference of metrics is given with the exact sign test over the questions that changed sides, for
    intervals of two runs over the same questions say little about their difference.
    """
    lines = [f"旧：{_about(old)}", f"新：{_about(new)}", ""]
    for metric in METRICS:
        a, b = old["overall"].get(metric.name), new["overall"].get(metric.name)
        if a and b and abs(a["value"] - b["value"]) >= 0.0005:
            good = (b["value"] > a["value"]) == metric.higher_is_better
            told = "" if metric.name == "length" else "变好" if good else "变差"
            change = f"{figure(metric.name, a['value'])} → {figure(metric.name, b['value'])}"
            lines.append(f"{metric.label}：{change} {told}".rstrip())
    for stage in new["latency"]:
        if stage in old["latency"]:
            a, b = old["latency"][stage]["p95"], new["latency"][stage]["p95"]
            if abs(a - b) > 0.2 * max(a, b):
                lines.append(f"用时·{label('timing', stage)}（95%分位）：{a:.1f} → {b:.1f} 毫秒")
    lines += _wordings(old, new)
    before = {case["id"]: case for case in old["cases"]}
    after = {case["id"]: case for case in new["cases"]}
    shared = [key for key in after if key in before]
    better = [key for key in shared if after[key]["right"] and not before[key]["right"]]
    worse = [key for key in shared if before[key]["right"] and not after[key]["right"]]
    lines += [
        "",
        f"相同的 {len(shared)} 问中：变好 {len(better)}，变差 {len(worse)}"
        f"（符号检验 p = {sign_test(len(better), len(worse)):.3f}）",
    ]
    lines += [f"  变差 {key} {after[key]['question']}\n       {what_is_wrong(after[key])}" for key in worse]
    lines += [
        f"  变好 {key} {after[key]['question']}\n       原先：{what_is_wrong(before[key])}" for key in better
    ]
    reworded = [
        key for key in shared if before[key]["text"] != after[key]["text"] and key not in (*better, *worse)
    ]
    if reworded:
        lines.append(f"  对错不变但回答有改动 {len(reworded)} 问：{'、'.join(reworded)}")
    for name, keys in (
        ("只在旧结果中", before.keys() - after.keys()),
        ("只在新结果中", after.keys() - before.keys()),
    ):
        if keys:
            lines.append(f"  {name} {len(keys)} 问：{'、'.join(sorted(keys))}")
    return lines


def _wordings(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What became of the models' sentences in both runs, side by side; nothing if no model was at work."""
    sides = [("旧", old.get("wordings", [])), ("新", new.get("wordings", []))]
    found = [one for _, side in sides for one in side]
    if not found:
        return []
    names = [name for name, side in sides for _ in side]
    without = [f"{name}：没有经过语言模型的回答。" for name, side in sides if not side]
    return ["", "语言模型的措辞", *wording_lines(found, names), *without]


def sign_test(better: int, worse: int) -> float:
    """The two-sided exact sign test (binomial with p = 1/2) over the questions that changed sides."""
    from math import comb

    total = better + worse
    if total == 0:
        return 1.0
    tail = sum(comb(total, i) for i in range(min(better, worse) + 1)) / 2**total
    return min(1.0, 2 * tail)


def _about(results: Mapping[str, Any]) -> str:
    asked = f"{label('split', results['split'])} {results['questions']} 问"
    return f"{asked}，配置 {results['config']}，{results['made']}，指纹 {results['fingerprint']}"
