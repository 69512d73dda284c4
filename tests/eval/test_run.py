"""The run: what it asks, what it keeps, and how it goes on after it was cut off."""

import json
from dataclasses import replace

import pytest

from bot.answer import Answer
from eval.config import Config, config_fingerprint, question_key, read_config
from eval.records import EvaluationError
from eval.results import judge_results, read_results, summarise, write_results
from eval.run import run, select
from eval.store import AnswerStore, answer_from_json, answer_to_json
from eval.thresholds import Threshold
from ingest.settings import load_settings
from tests.eval.conftest import FakeSystem


@pytest.fixture
def records(make_record):
    outside = {"kind": "not_in_plan", "status": "not_in_plan", "facts": (), "places": (), "forbidden": ()}
    return [
        make_record(),
        make_record(id="d-002", question="2024年的实际GDP", **outside),
        make_record(id="d-003", question="问了会出错"),
    ]


@pytest.fixture
def results(subject, records):
    subject.system.answers["问了会出错"] = ValueError("坏了")
    cases = run(subject, records)
    return summarise(cases, split="dev", config="默认", fingerprint="f")


def test_answers_survive_the_store(tmp_path, forest):
    store = AnswerStore(tmp_path, "f")
    store.put("k", forest, {"faithfulness": 1.0})
    answer, judged = AnswerStore(tmp_path, "f").get("k")
    assert answer == forest
    assert judged == {"faithfulness": 1.0}
    assert AnswerStore(tmp_path, "other").get("k") is None
    assert AnswerStore(tmp_path, "f", fresh=True).get("k") is None


def test_numpy_values_in_a_trace_survive(forest):
    import numpy as np

    traced = replace(forest, trace={"evidence": np.float32(0.5), "retrieved": [("ind.18", np.float64(2.5))]})
    again = answer_from_json(json.loads(json.dumps(answer_to_json(traced))))
    assert again.trace == {"evidence": 0.5, "retrieved": [["ind.18", 2.5]]}


def test_a_run_goes_on_where_it_was_killed(tmp_path, subject, records):
    store = AnswerStore(tmp_path, "f")
    run(subject, records[:1], store)
    with store.path.open("a", encoding="utf-8") as file:
        file.write('{"key": "half-writ')
    again = replace(subject, system=FakeSystem(subject.system.answers))
    cases = run(again, records, AnswerStore(tmp_path, "f"))
    # The first question warms up what is loaded late; its kept answer is what counts.
    assert again.system.asked[1:] == [record.question for record in records[1:]]
    assert cases[0].right
    done = replace(subject, system=FakeSystem())
    run(done, records, AnswerStore(tmp_path, "f"))
    assert done.system.asked == []


def test_only_the_latest_configurations_are_kept(tmp_path, forest):
    for i in range(12):
        AnswerStore(tmp_path, f"f{i:02}").put("k", forest)
    assert len(list(tmp_path.glob("answers-*.jsonl"))) <= 6


def test_an_error_is_a_miss_and_not_the_end(results):
    broken = results["cases"][2]
    assert broken["stage"] == "error"
    assert "坏了" in broken["error"]
    assert [case["right"] for case in results["cases"]] == [True, True, False]


def test_an_error_is_asked_again(tmp_path, subject, records):
    subject.system.answers["问了会出错"] = ValueError("坏了")
    run(subject, records, AnswerStore(tmp_path, "f"))
    healed = replace(subject, system=FakeSystem())
    run(healed, records, AnswerStore(tmp_path, "f"))
    assert "问了会出错" in healed.system.asked


def test_progress_is_told(subject, records):
    seen = []
    run(subject, records, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_select(records):
    assert [record.id for record in select(records, kinds=["not_in_plan"])] == ["d-002"]
    assert [record.id for record in select(records, only=["d-003", "d-001"])] == ["d-001", "d-003"]
    with pytest.raises(EvaluationError, match="d-9"):
        select(records, only=["d-9"])
    with pytest.raises(EvaluationError, match="list"):
        select(records, kinds=["list"])


def test_results_survive_a_file(tmp_path, results):
    judge_results(results, [])
    write_results(tmp_path / "results.json", results)
    assert read_results(tmp_path) == json.loads(json.dumps(results))
    with pytest.raises(EvaluationError, match="读不到"):
        read_results(tmp_path / "no.json")
    (tmp_path / "no.json").write_text("{}")
    with pytest.raises(EvaluationError, match="不是评测结果"):
        read_results(tmp_path / "no.json")


def test_thresholds_are_judged_unless_the_run_is_partial(results):
    strict = [
        Threshold("right", min=0.9),
        Threshold("right", min=0.9, by="kind"),
        Threshold("latency.total.p95", max=0.1, timing=True),
    ]
    checks = judge_results(results, strict)
    assert [check.good for check in checks] == [False, False, True, False]
    assert not results["passed"]
    assert len(judge_results(results, strict, timing=False)) == 3
    assert judge_results(results | {"partial": True}, strict) == []
    assert (
        judge_results(results, [Threshold("right", min=0.6), Threshold("faithfulness", max=1.0)])[1].good
        is False
    )


def test_config_entries(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text("[settings]\nmax_history = 0\n[weights]\nkey = 0\n", encoding="utf-8")
    config = read_config(["dense=0", "weights.text=0.5", str(file), "threshold=0.7", "max_question=200"])
    assert config.weights == {"dense": 0.0, "text": 0.5, "key": 0.0}
    assert config.threshold == 0.7
    assert config.load_settings().max_history == 0
    assert config.load_settings().max_question == 200
    assert "dense=0" in config.name
    assert Config().name == "默认"
    for wrong, told in (("colour=1", "colour"), ("dense=很多", "应为数字"), ("no.toml", "读不到")):
        with pytest.raises(EvaluationError, match=told):
            read_config([wrong])


def test_a_fingerprint_changes_with_what_answers_depend_on(tmp_path, make_record):
    settings = load_settings()
    base = config_fingerprint(Config(), settings)
    assert base == config_fingerprint(Config(), load_settings(port=9999, data=str(tmp_path)))
    assert base != config_fingerprint(Config(weights={"dense": 0.0}), settings)
    assert base != config_fingerprint(Config(threshold=0.9), settings)
    assert base != config_fingerprint(Config(), load_settings(max_history=1))
    other = tmp_path / "plan.txt"
    other.write_text("第一章", encoding="utf-8")
    assert base != config_fingerprint(Config(), load_settings(source=str(other)))
    assert question_key(make_record()) != question_key(make_record(history=("前文",)))


def test_a_language_judge_adds_columns(subject, records):
    class Judge:
        def judge(self, question, answer):
            return {"faithfulness": 1.0} if answer.citations else {}

    cases = run(subject, records[:2], judge=Judge())
    found = summarise(cases, split="dev", config="默认", fingerprint="f")
    assert found["overall"]["faithfulness"]["n"] == 1
    with pytest.raises(EvaluationError, match="没有配置语言模型"):
        subject.language_judge()
    assert Answer("answered", "x").status == "answered"
