"""What holds for every answer to every question: it stands on its citations and is the same each time."""

import json
import random
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.soundness import faults_in
from tests.conftest import ROOT

KNOWN = sorted((ROOT / "eval" / "known").glob("*.jsonl"))
EVERY = 8  # of the known questions, one in so many in the quick run
LIMITED = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))

# Pieces that real questions and mischief are made of.
PIECES = (
    "森林覆盖率", "2025年", "它的", "还有呢", "和", "有什么区别", "第七章", "专栏16", "讲什么", "吉林",
    "多少", "？", "梨树模式",
    "lishumoshi", "百分之四十五点八", "一万亿", "\u200b", "\u202e", "\ud83d", "\udc00", "\ue000", "<b>",
    "</script>", "[1]", "[99]",
    "**", "|", "- ", "\n", "\r", "\x00", "«», ", "第九十九章", "第〇页", "零点", "亿亿", "\u0301", "ａ％１",
    "العربية", "{question}", "\\d+(",
)  # fmt: skip
composed = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
any_text = st.text(st.characters(), max_size=80) | composed  # surrogates included


def known_questions(path: Path) -> list[tuple[str, list[str]]]:
    entries = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [(entry["question"], entry.get("history", [])) for entry in entries]


@pytest.mark.parametrize("path", KNOWN, ids=lambda path: path.stem)
def test_known_questions(engine, path):
    faults = _faults(engine, known_questions(path)[::EVERY])
    assert not faults


@pytest.mark.slow
@pytest.mark.parametrize("path", KNOWN, ids=lambda path: path.stem)
def test_all_known_questions(engine, path):
    faults = _faults(engine, known_questions(path))
    assert not faults


def _faults(engine, questions):
    answers = [(question, history, engine.ask(question, history)) for question, history in questions]
    return {q: found for q, history, answer in answers if (found := faults_in(answer, engine.index, history))}


@LIMITED
@given(question=any_text, history=st.lists(any_text, max_size=3))
def test_any_text_gets_a_sound_answer(engine, question, history):
    answer = engine.ask(question, history)
    assert not faults_in(answer, engine.index, history)
    json.dumps(answer.to_json(1), ensure_ascii=False).encode("utf-8")


@LIMITED
@given(history=st.lists(st.none() | st.integers() | any_text | st.lists(any_text, max_size=2), max_size=4))
def test_any_history_gets_a_sound_answer(engine, history):
    answer = engine.ask("那它的投资呢", history)
    assert not faults_in(answer, engine.index, [entry for entry in history if isinstance(entry, str)])


@pytest.mark.parametrize(
    "piece", ["问", "<b>", "\u200b", "\ud800", "森林覆盖率 ", "一" * 7, "a", "\u202e第七章"]
)
def test_a_megabyte_of_anything(engine, piece):
    answer = engine.ask(piece * (1_000_000 // len(piece)))
    assert answer.status in ("invalid", "out_of_scope", "not_in_plan")
    assert len(answer.text) < 300


def test_a_passage_pasted_as_a_question(engine):
    for node in random.Random(5).sample(engine.index.passages, 20):
        answer = engine.ask(node.text[:300])
        assert not faults_in(answer, engine.index)


@pytest.fixture(scope="module")
def some_questions():
    questions = [question for path in KNOWN for question in known_questions(path)]
    return random.Random(7).sample(questions, 40)


def _plain(answer):
    return (answer.status, answer.text, answer.citations, answer.value, answer.suggestions, answer.question)


def test_same_question_same_answer(engine, some_questions):
    first = [_plain(engine.ask(*asked)) for asked in some_questions]
    assert [_plain(engine.ask(*asked)) for asked in reversed(some_questions)] == first[::-1]


def test_threads_answer_as_one(engine, some_questions):
    alone = [_plain(engine.ask(*asked)) for asked in some_questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda asked: _plain(engine.ask(*asked)), some_questions))
    assert together == alone


def test_stream_ends_with_the_answer(engine):
    *_, last = engine.stream("森林覆盖率目标")
    assert _plain(last) == _plain(engine.ask("森林覆盖率目标"))


def test_width_and_case_of_letters_do_not_matter(engine, some_questions):
    for question, history in some_questions:
        wide = "".join(chr(ord(char) + 0xFEE0) if "0" <= char <= "9" else char for char in question)
        assert _plain(engine.ask(wide, history))[:1] == _plain(engine.ask(question, history))[:1]


def test_invisible_characters_do_not_matter(engine, some_questions):
    for question, history in some_questions[:15]:
        spoilt = "\u200b".join(question) + "\ufeff"
        assert _plain(engine.ask(spoilt, history)) == _plain(engine.ask(question, history))


def test_timings_and_trace(engine):
    answer = engine.ask("养老有什么政策")
    assert {"understand", "lexical", "dense", "compose", "total"} <= set(answer.timings)
    assert answer.timings["total"] >= max(answer.timings["lexical"], answer.timings["dense"])
    assert len(answer.trace["retrieved"]) == 10
    assert 0 <= answer.trace["evidence"] <= 1


def test_no_answer_shows_a_control_character(engine, some_questions):
    for asked in some_questions:
        text = engine.ask(*asked).text
        assert not [
            char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Co") and char != "\n"
        ]
