"""JUnit XML: every known answer and every threshold as a test case, for build servers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from eval.labels import label
from eval.summary_text import bound, figure


def write_junit(path: Path, results: Mapping[str, Any]) -> None:
    """Write `results` as JUnit XML.

    Only thresholds are failures of the build; a known answer that is missed is told as skipped, with what
    was wrong, because a threshold says how many may be missed.
    """
    checks, cases = results["checks"], results["cases"]
    root = ElementTree.Element("testsuites", name="jiwen-eval")
    failed = [check for check in checks if not check["good"]]
    suite = ElementTree.SubElement(
        root, "testsuite", name="thresholds", tests=str(len(checks)), failures=str(len(failed)), errors="0"
    )
    for check in checks:
        item = ElementTree.SubElement(suite, "testcase", classname="thresholds", name=check["label"])
        if not check["good"]:
            value = "没有测到" if check["value"] is None else figure(check["metric"], check["value"])
            ElementTree.SubElement(item, "failure", message=f"{value}，要求 {bound(check)}")
    missed = sum(not case["right"] for case in cases)
    suite = ElementTree.SubElement(
        root, "testsuite", name=f"known-{results['split']}", tests=str(len(cases)), failures="0", errors="0",
        skipped=str(missed),
    )  # fmt: skip
    for case in cases:
        seconds = case["timings"].get("total", 0.0) / 1000
        name = xml_text(f"{case['id']} {case['question']}")
        item = ElementTree.SubElement(
            suite, "testcase", classname=f"known.{case['kind']}", name=name, time=f"{seconds:.4f}"
        )
        if not case["right"]:
            ElementTree.SubElement(item, "skipped", message=xml_text(what_is_wrong(case)))
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def what_is_wrong(case: Mapping[str, Any]) -> str:
    """What is wrong with a missed case, in one line."""
    if case["error"]:
        return f"程序出错：{case['error']}"
    expected, found = label("status", case["expected_status"]), label("status", case["status"])
    parts = [f"环节：{label('stage', case['stage'])}"]
    if found != expected:
        parts.append(f"状态应为{expected}，实为{found}")
    missing = [" / ".join(fact["any"]) for fact in case["facts"] if not fact["held"]]
    if missing and case["expected_status"] == "answered":
        parts.append(f"缺要点：{'；'.join(missing)}")
    if case["forbidden_held"]:
        parts.append(f"出现了：{'、'.join(case['forbidden_held'])}")
    if case["places"] and case["citations"] and not any(citation["right"] for citation in case["citations"]):
        parts.append("出处都不符")
    return "，".join(parts)


def xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 does not allow."""
    return "".join(char for char in text if char in "\t\n\r" or " " <= char <= "\ud7ff" or char >= "\ue000")
