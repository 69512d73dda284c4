"""Fitting: numbers are written and the rest of their file kept; the judge separates what can be separated."""

import tomllib

import numpy as np
import pytest

from bot.features import FEATURES
from bot.judge import SIGNS
from eval.fit import (
    TrainingQuestion,
    choose_threshold,
    fit_judge,
    fit_ranking,
    hit_rate,
    judge_examples,
    load_training,
    write_numbers,
)
from ingest.errors import JiwenError

TOML = """# Why these numbers.
threshold = 0.3  # chosen on dev

[weights]
text = 1.5       # BM25
dense = -2       # cosine
text_more = 7

[sentence]
text = 1.0    # another section's
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ranking.toml"
    path.write_text(TOML, encoding="utf-8")
    return path


def test_numbers_are_written_in_their_section_only(file):
    write_numbers(file, "weights", {"text": 2.25, "dense": -0.001})
    text = file.read_text(encoding="utf-8")
    assert text == TOML.replace("text = 1.5 ", "text = 2.25 ").replace("dense = -2 ", "dense = -0.001 ")
    assert tomllib.loads(text)["weights"] == {"text": 2.25, "dense": -0.001, "text_more": 7}


def test_number_before_any_section(file):
    write_numbers(file, "", {"threshold": 0.125})
    assert "threshold = 0.125  # chosen on dev" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("section", "name"), [("weights", "tekst"), ("judge", "text"), ("", "text")])
def test_missing_number_is_told_and_nothing_written(file, section, name):
    with pytest.raises(KeyError, match=name):
        write_numbers(file, section, {name: 1.0})
    assert file.read_text(encoding="utf-8") == TOML


@pytest.mark.parametrize(
    ("most_refused", "refused"), [(0.0, 0), (0.1, 1), (0.25, 2), (0.5, 5), (0.99, 9)]
)  # of ten answerable questions
def test_threshold_refuses_no_more_than_allowed(most_refused, refused):
    probabilities = np.array([0.05, 0.1, *np.linspace(0.2, 0.9, 10)])
    labels = np.array([0, 0, *[1] * 10])
    threshold = choose_threshold(probabilities, labels, most_refused)
    answerable = probabilities[labels == 1]
    assert (answerable < threshold).sum() == refused
    assert (answerable < threshold + 0.01).sum() > refused  # the highest such threshold


def test_judge_separates_separable_data():
    random = np.random.default_rng(1)
    rows = random.normal(0, 0.1, (200, len(SIGNS)))
    labels = (np.arange(200) % 4 > 0).astype(float)
    rows[:, SIGNS.index("coverage")] = labels + random.normal(0, 0.1, 200)
    coefficients = fit_judge(rows, labels)
    assert set(coefficients) == {"bias", *SIGNS}
    logits = rows @ [coefficients[name] for name in SIGNS] + coefficients["bias"]
    assert ((logits > 0) == (labels == 1)).all()
    assert max(coefficients, key=lambda name: abs(coefficients[name])) in ("coverage", "bias")


def test_judge_weighs_both_classes_alike():
    rows = np.zeros((100, len(SIGNS)))  # nothing to tell them apart by
    labels = np.array([1.0] * 90 + [0.0] * 10)
    assert fit_judge(rows, labels)["bias"] == pytest.approx(0, abs=1e-3)


def test_ranking_learns_from_questions(engine):
    questions = [
        TrainingQuestion("1", "梨树模式是什么", ("term.17",)),
        TrainingQuestion("2", "雨露计划", ("term.49",)),
        TrainingQuestion("3", "今天天气", ()),
    ]
    start = {name: 0.1 for name in FEATURES}
    weights = fit_ranking([(engine, questions)], start)
    assert set(weights) == set(FEATURES)
    assert weights["key"] > start["key"]
    assert hit_rate([(engine, questions)]) == 1.0


def test_judge_examples_leave_sure_answers_out(engine):
    questions = [
        TrainingQuestion("1", "梨树模式是什么", ("term.17",)),  # named outright: the judge does not decide
        TrainingQuestion("2", "养老有什么政策", ("x",)),
        TrainingQuestion("3", "火星电梯多少钱", ()),
    ]
    examples = judge_examples([(engine, questions)])
    assert examples.judged.tolist() == [False, True, True]
    rows, labels = examples.rows()
    assert rows.shape == (2, len(SIGNS))
    assert labels.tolist() == [1, 0]
    assert examples.texts("asking")[0] == "梨树模式是什么"
    assert "火星" in examples.texts("unasked")[2]


def test_training_questions_are_read():
    questions = load_training()
    assert len({question.id for question in questions}) == len(questions) > 100
    assert any(question.passages for question in questions)
    assert any(not question.passages for question in questions)


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": "1"}', '{"id": "1", "question": "x"}', '{"id": 1, "question": 2, "passages": 3}'],
)
def test_bad_training_line_is_named(tmp_path, line):
    path = tmp_path / "train.jsonl"
    path.write_text('{"id": "1", "question": "x", "passages": []}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(JiwenError, match=r"train\.jsonl 第 2 行"):
        load_training(path)


def test_missing_training_file_is_named(tmp_path):
    with pytest.raises(JiwenError, match=r"none\.jsonl"):
        load_training(tmp_path / "none.jsonl")
