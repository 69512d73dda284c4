"""From a reader's word on the page to a known answer: the page's drafts are what the evaluation takes in."""

import json

import pytest

from bot.web.conversation import Turn
from bot.web.feedback import FeedbackStore
from bot.web.quality import add_draft, draft_of_feedback, draft_of_question, drafts_path
from eval.cli import main
from eval.drafts import TO_DO, load_drafts
from eval.records import load_known, write_known


@pytest.fixture
def store(tmp_path):
    return FeedbackStore(tmp_path / "data" / "feedback.sqlite3", days=30)


@pytest.fixture
def known(tmp_path, make_record):
    folder = tmp_path / "known"
    write_known(folder / "dev.jsonl", [make_record(id="d-007", question="已有的")])
    write_known(folder / "test.jsonl", [])
    return folder


@pytest.fixture
def asks_subject(subject, forest, monkeypatch):
    """`add` opens the fake system, which knows two questions."""
    subject.system.answers |= {"森林\u2028覆盖率目标？": forest, "那2025年呢？": forest}
    monkeypatch.setattr("eval.run.open_subject", lambda config, progress: subject)
    return subject.system


def add(store, known):
    return main(["add", "--from", str(drafts_path(store)), "--known", str(known)])


def test_feedback_and_unanswered_questions_become_known_answers(
    store, known, asks_subject, make_record, capsys
):
    # A line separator is legal in JSON as it stands, and a reader may paste one.
    bad = Turn("森林\u2028覆盖率目标？", "answered", "458%")
    store.explain(store.add(bad, "bad"), ["answer"], "应为45.8%\u2028见第10页")
    store.add(Turn("那2025年呢？", "answered", "没有"), "bad", ["森林覆盖率2020年是多少？"])
    store.add_unanswered("北京的房价", "not_in_plan")
    for entry in reversed(store.entries("bad")):
        add_draft(store, json.dumps(draft_of_feedback(entry), ensure_ascii=False, indent=1))
    for missed in store.unanswered():
        add_draft(store, json.dumps(draft_of_question(missed.question)))
    add_draft(store, json.dumps(draft_of_question("已有的")))

    assert add(store, known) == 0
    first, second, third = load_drafts(known)
    assert [d.question for d in (first, second, third)] == [bad.question, "那2025年呢？", "北京的房价"]
    assert "应为45.8%" in first.why
    assert "答案有误" in first.why
    assert (first.status, first.author) == ("answered", TO_DO)
    assert second.history == ("森林覆盖率2020年是多少？",)
    assert second.kind == "follow_up"
    assert third.status == "not_in_plan"
    assert "d-007" in capsys.readouterr().out
    assert add(store, known) == 0  # a second time adds nothing
    assert len(load_drafts(known)) == 3

    right = make_record()
    completed = make_record(
        id=first.id, question=first.question, facts=right.facts, author="张三", why=first.why
    )
    write_known(known / "drafts.jsonl", [completed, second, third])
    assert main(["adopt", first.id, "--known", str(known)]) == 0, capsys.readouterr().out
    assert [(r.id, r.question) for r in load_known("dev", known)][-1] == ("d-008", bad.question)
    assert [d.id for d in load_drafts(known)] == [second.id, third.id]


def test_a_draft_with_half_a_surrogate_pair_is_taken_in(store, known, asks_subject, capsys):
    add_draft(store, '{"question": "\\ud800问", "why": "  "}')
    assert add(store, known) == 0
    (draft,) = load_drafts(known)
    assert draft.question == "\ud800问"
    assert draft.why.strip()
    assert draft.id in capsys.readouterr().out


@pytest.mark.parametrize("history", ['"上一问"', "[5]", '{"a": 1}'])
def test_a_wrong_history_is_told_with_its_line_and_nothing_is_added(
    history, tmp_path, known, asks_subject, capsys
):
    log = tmp_path / "log.jsonl"
    log.write_text(f'{{"question": "一"}}\n{{"question": "二", "history": {history}}}\n', encoding="utf-8")
    assert main(["add", "--from", str(log), "--known", str(known)]) == 2
    assert "第 2 行的 history" in capsys.readouterr().err
    assert load_drafts(known) == []
    assert asks_subject.asked == []
