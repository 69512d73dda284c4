"""Any line to `ask --jsonl`: one answer each, in order, with the documented keys; a bad line says why."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cli import answer_lines

LIMITED = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
KEYS = ["id", "status", "text", "citations", "mode", "elapsed_ms"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
requests = st.dictionaries(st.sampled_from(("id", "question", "history", "x")), values, max_size=4).map(
    json.dumps
)
NASTY = (
    "[" * 100_000,
    '{"a":' * 50_000,
    "9" * 5000,
    '{"question": "问"' + " " * 100_000 + "}",
    "NaN",
    "\ufeff{}",
)
lines = st.one_of(
    requests,
    values.map(json.dumps),
    st.text(st.characters(), max_size=30),
    st.sampled_from(NASTY),
)


@LIMITED
@given(given_=st.lists(lines, max_size=4))
def test_any_lines_get_an_answer_each(engine, given_):
    answers = list(answer_lines(engine, given_))
    assert len(answers) == sum(bool(line.strip()) for line in given_)
    for answer in answers:
        assert list(answer) == KEYS
        assert answer["text"]
        json.dumps(answer, ensure_ascii=False)


def test_deep_histories_and_megabytes_are_answered(engine):
    given_ = [
        json.dumps({"id": 1, "question": "那它呢", "history": ["梨树模式"] * 100_000}),
        json.dumps({"id": 2, "question": "那它呢", "history": ["问" * 1_000_000] * 5}),
        json.dumps({"id": 3, "question": "问" * 1_000_000}),
        json.dumps({"id": {"a": ["x"] * 1000}, "question": "梨树模式"}),
    ]
    statuses = [answer["status"] for answer in answer_lines(engine, given_)]
    assert statuses[0] == statuses[3] == "answered"
    assert statuses[2] == "invalid"


def test_a_history_without_a_topic_lends_none(engine):
    """It answered 「按“”来回答」 with whatever came first."""
    for history in (["问" * 300], ["?"], ["呢", "吗"]):
        answer = engine.ask("那它呢", history)
        assert "“”" not in answer.text
        assert answer.question


def test_a_question_of_many_topics_costs_no_more_than_some(engine, monkeypatch):
    """Each topic is looked for on its own, as long as a question takes; there may be a hundred in one."""
    asked = []
    ranked = type(engine.reader).ranked
    monkeypatch.setattr(
        type(engine.reader), "ranked", lambda reader, text: asked.append(text) or ranked(reader, text)
    )
    words = {word for node in engine.index.passages[::7] for word in node.text[3:5].split()}
    engine.ask("、".join(sorted(words))[:300])
    engine.ask("第" * 300)
    assert len(asked) < 40
