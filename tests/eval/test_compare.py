"""Two runs side by side, the release's figures, and JUnit XML."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from eval.compare import compare_lines, sign_test
from eval.junit import write_junit
from eval.records import EvaluationError
from eval.release import keep_baselines, keep_release, load_release
from eval.results import judge_results, summarise
from eval.run import run
from eval.thresholds import Threshold


@pytest.fixture
def two_runs(subject, make_record, forest):
    records = [
        make_record(),
        make_record(id="d-002", question="另一问"),
        make_record(id="d-003", question="第三问"),
    ]
    runs = []
    for answers in (
        {records[0].question: forest, "第三问": forest},
        {"另一问": forest, "第三问": replace(forest, text="目标是45.8%[1]")},
    ):
        subject.system.answers = answers
        found = summarise(run(subject, records), split="dev", config="默认", fingerprint="f")
        judge_results(found, [Threshold("right", min=0.9)])
        runs.append(found)
    return runs


def test_what_got_better_and_worse(two_runs):
    text = "\n".join(compare_lines(*two_runs))
    assert "变好 1，变差 1" in text
    assert "变差 d-001" in text
    assert "变好 d-002" in text
    assert "回答有改动 1 问：d-003" in text
    assert "状态应为已回答，实为规划未涉及" in text


def test_questions_of_one_run_only_are_named(two_runs):
    old, new = two_runs
    fewer = new | {"cases": new["cases"][1:]}
    assert "只在旧结果中 1 问：d-001" in "\n".join(compare_lines(old, fewer))


@pytest.mark.parametrize(
    ("better", "worse", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (3, 3, 1.0), (8, 1, 0.0390625)]
)
def test_sign_test(better, worse, p):
    assert sign_test(better, worse) == pytest.approx(p)


def test_junit(tmp_path, two_runs):
    write_junit(tmp_path / "junit.xml", two_runs[0])
    suites = ElementTree.parse(tmp_path / "junit.xml").getroot()
    thresholds, known = suites
    assert thresholds.get("failures") == "1"
    assert "≥ 90.0%" in thresholds[0].find("failure").get("message")
    assert [case.find("skipped") is not None for case in known] == [False, True, False]


def test_junit_of_unprintable_questions(tmp_path, two_runs):
    odd = two_runs[0]
    odd["cases"][0]["question"] = "控制\x00字符\ud800<&"
    write_junit(tmp_path / "junit.xml", odd)
    assert "控制字符<&" in ElementTree.parse(tmp_path / "junit.xml").getroot()[1][0].get("name")


def test_the_release_is_written_by_runs(tmp_path, two_runs):
    path, page = tmp_path / "release.json", tmp_path / "RESULTS.md"
    assert load_release("dev", path) is None
    keep_release(two_runs[0], path, page)
    row = {"name": "别的做法", "overall": {"right": {"value": 0.25}}, "median_ms": 1.0}
    table = {"split": "dev", "made": "今天", "questions": 3, "metrics": ["right", "hit@1"], "rows": [row]}
    keep_baselines(table, path, page)
    keep_release(two_runs[1] | {"split": "test"}, path, page)
    assert load_release("dev", path)["overall"] == two_runs[0]["overall"]
    text = page.read_text(encoding="utf-8")
    assert "## 开发集（3 问" in text
    assert "## 测试集（3 问" in text
    assert "| 别的做法 | 25.0% | — | 1.0 |" in text
    assert "未达到：整体正确（要求 ≥ 90.0%）" in text


def test_no_other_run_becomes_the_release(tmp_path, two_runs):
    for changes in ({"partial": True}, {"config": "dense=0"}):
        with pytest.raises(EvaluationError, match="默认配置"):
            keep_release(two_runs[0] | changes, tmp_path / "r.json", tmp_path / "R.md")
    (tmp_path / "r.json").write_text("{")
    with pytest.raises(EvaluationError, match="上一版"):
        load_release("dev", tmp_path / "r.json")
