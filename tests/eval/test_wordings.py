"""How often a model's sentences were corrected: counted from its answers, shown with the figures."""

import json
import tomllib
from pathlib import Path

import pytest

import prompts
from bot.engine import Engine
from bot.llm.writer import Writer
from eval.compare import compare_lines
from eval.labels import labels
from eval.release import keep_release
from eval.report import render_report
from eval.results import judge_results, read_results, summarise, write_results
from eval.run import Subject, open_store, run
from eval.summary_text import case_lines, summary_lines
from tests.llm.endpoint import passages_of
from tests.llm.scripted import ScriptedLLM
from tests.llm.test_lies import Liar

QUESTIONS = (
    "怎样改善农村人居环境",
    "高速公路到2025年要达到多少公里",
    "农村公路要新改建多少公里",
    "梨树模式是什么",
)
HEAD = "语言模型的措辞"


def honest(messages):
    """Repeats the first passage's first sentence."""
    yield passages_of(messages)[1].splitlines()[-1].partition("。")[0] + "。[1]"


def lying(messages):
    """One sentence as it stands, then one number in three changed."""
    yield from honest(messages)
    yield "\n" + Liar()(messages)


def silent(messages):
    """Finds no answer."""
    yield "以上资料没有回答这个问题。"


@pytest.fixture
def measured(index, index_settings, own_passages, truth, make_record, tmp_path):
    """Run the evaluation with a model (or none); answers go through the store and results through a file."""
    from ingest.settings import load_settings

    def measure(say=None, name="scripted"):
        settings = load_settings(data=index_settings.data, llm_timeout=20.0)
        writer = Writer(ScriptedLLM(say=say, name=name), index, settings) if say else None
        print_of = f"of-{getattr(say, '__name__', 'none')}"
        subject = Subject(Engine(index, settings, writer=writer), own_passages, truth, "默认", print_of)
        records = [make_record(id=f"d-{i:03}", question=asked) for i, asked in enumerate(QUESTIONS, 1)]
        run(subject, records, open_store(tmp_path, subject))
        cases = run(subject, records, open_store(tmp_path, subject))  # taken from the store
        found = summarise(cases, split="dev", config="默认", fingerprint=print_of)
        judge_results(found, [])
        write_results(tmp_path / f"{print_of}.json", found)
        return read_results(tmp_path / f"{print_of}.json")

    return measure


def pages(results, tmp_path):
    """Every page that shows the figures of a run."""
    keep_release(results, tmp_path / "release.json", tmp_path / "RESULTS.md")
    return {
        "terminal": "\n".join(summary_lines(results)),
        "report": render_report(results),
        "release": (tmp_path / "RESULTS.md").read_text(encoding="utf-8"),
        "compare": "\n".join(compare_lines(results, results)),
    }


def test_a_model_that_lies_is_seen_to_be_corrected(measured, tmp_path):
    results = measured(lying)
    (found,) = results["wordings"]
    each = [case["wording"] for case in results["cases"] if case["wording"]]
    assert len(each) == found["answers"] == 3  # a definition does not go to the model
    assert found["model"] == "scripted"
    assert found["prompt"].startswith("answer@")
    assert found["replaced"] + found["dropped"] > 0
    assert found["kept"] > 0
    assert found["sentences"] == found["kept"] + found["replaced"] + found["dropped"]
    assert found["sentences"] == sum(one["sentences"] for one in each)
    assert sum(found["faults"].values()) == found["replaced"] + found["dropped"]
    assert {"number", "year"} & set(found["faults"])
    assert found["answers"] == found["worded"] + found["fell_back"]
    assert found["corrected"] > 0
    assert found["shares"]["kept"] == pytest.approx(found["kept"] / found["sentences"], abs=1e-4)
    assert sum(found["shares"][part] for part in ("kept", "replaced", "dropped")) == pytest.approx(
        1, abs=2e-4
    )
    # What is shown is true, and the note that counts the corrections is no figure of the plan.
    assert any("处与原文不符" in case["text"] for case in results["cases"])
    assert [case["unfaithful_numbers"] for case in results["cases"]] == [[]] * len(QUESTIONS)
    replaced = f"{found['replaced']}（{found['shares']['replaced'] * 100:.1f}%）"
    for name, page in pages(results, tmp_path).items():
        assert HEAD in page, name
        assert replaced in page, name
        assert f"scripted（{found['prompt']}）" in page, name
        assert f"数字 {found['faults']['number']}" in page, name


def test_a_model_that_tells_the_truth_is_not_corrected(measured):
    (found,) = measured(honest)["wordings"]
    assert (found["worded"], found["corrected"], found["fell_back"]) == (3, 0, 0)
    assert found["kept"] == found["sentences"] == 3
    assert found["faults"] == found["reasons"] == {}


def test_answers_that_fell_back_are_counted_with_their_reasons(measured):
    results = measured(silent)
    (found,) = results["wordings"]
    assert (found["worded"], found["fell_back"], found["reasons"]) == (0, 3, {"declined": 3})
    assert found["shares"] == {"worded": 0.0, "fell_back": 1.0}  # no share of no sentence
    assert "认为没有答案 3" in "\n".join(summary_lines(results))
    assert "退回原文：认为没有答案" in "\n".join(case_lines(results["cases"][0]))


def test_without_a_model_nothing_is_shown(measured, tmp_path):
    results = measured()
    assert results["wordings"] == []
    assert all(case["wording"] is None for case in results["cases"])
    for name, page in pages(results, tmp_path).items():
        assert "语言模型" not in page, name
    assert "语言模型" not in "\n".join(case_lines(results["cases"][0]))
    assert (
        "wordings" not in json.loads((tmp_path / "release.json").read_text(encoding="utf-8"))["splits"]["dev"]
    )


def test_two_models_stand_side_by_side(measured):
    old, new = measured(lying, "first-model"), measured(honest, "second-model")
    lines = compare_lines(old, new)
    head = next(line for line in lines if "first-model" in line and "second-model" in line)
    assert head.index("旧 first-model") < head.index("新 second-model")
    kept = next(line for line in lines if line.startswith("保留"))
    assert kept.split() == [
        "保留",
        f"{old['wordings'][0]['kept']}（{old['wordings'][0]['shares']['kept'] * 100:.1f}%）",
        "3（100.0%）",
    ]


def test_results_from_before_this_was_counted_still_compare(measured):
    def without(results):
        cases = [{key: case[key] for key in case if key != "wording"} for case in results["cases"]]
        return {key: results[key] for key in results if key != "wordings"} | {"cases": cases}

    old, new = without(measured()), measured(lying)
    text = "\n".join(compare_lines(old, new))
    assert "新 scripted" in text
    assert "旧：没有经过语言模型的回答。" in text
    assert HEAD not in "\n".join(compare_lines(old, old))
    assert HEAD not in render_report(old)


def test_what_a_model_is_called_is_escaped(measured):
    results = measured(honest, "<b>a|b</b>")
    assert "<b>a|b" not in render_report(results)


def test_every_reason_the_user_can_be_told_has_a_name():
    text = (Path(prompts.__file__).parent / "model.toml").read_text(encoding="utf-8")
    told = set(tomllib.loads(text)["model"]) - {"corrected"}
    assert told == set(labels("reason"))
