"""The set grows: a question becomes a draft, a person completes it, the validator lets it in."""

from dataclasses import replace

import pytest

from bot.answer import Answer
from eval.drafts import TO_DO, add_draft, adopt_draft, draft_from, load_drafts
from eval.growing import merge
from eval.records import EvaluationError, load_known, write_known


@pytest.fixture
def folder(tmp_path, make_record):
    write_known(tmp_path / "dev.jsonl", [make_record(id="d-007", question="已有的")])
    write_known(tmp_path / "test.jsonl", [])
    return tmp_path


def test_a_draft_holds_what_was_answered(forest):
    draft = draft_from("森林覆盖率", (), replace(forest, value="45.8%"), id="n-001")
    assert draft.facts == (("45.8%",),)
    assert [(place.indicator, place.pages) for place in draft.places] == [(18, (10,))]
    assert (draft.kind, draft.status, draft.author) == ("indicator", "answered", TO_DO)
    follow_up = draft_from("那2020年呢", ("森林覆盖率",), forest, id="n-001")
    assert follow_up.kind == "follow_up"


def test_a_draft_of_a_refusal():
    draft = draft_from("北京的GDP", (), Answer("not_in_plan", "没有说到。"), id="n-001")
    assert (draft.kind, draft.status, draft.facts, draft.places) == ("not_in_plan", "not_in_plan", (), ())
    outside = draft_from("讲个笑话", (), Answer("out_of_scope", "……"), id="n-001")
    assert (outside.kind, outside.status) == ("out_of_scope", "out_of_scope")


def test_a_draft_without_a_value_takes_the_first_sentence(forest, cite):
    quoted = replace(forest, citations=(cite("term.17"),), value=None, trace={"kind": "evidence"})
    draft = draft_from("梨树模式", (), quoted, id="n-001")
    assert draft.kind == "policy"
    assert draft.facts
    assert (
        draft.facts[0][0] in cite("term.17").quote.replace(" ", "")
        or draft.facts[0][0] in cite("term.17").quote
    )


def test_from_question_to_known_answer(folder, forest):
    first = add_draft("森林覆盖率2025年目标", (), forest, folder=folder)
    assert add_draft("森林覆盖率2025年目标", (), forest, folder=folder) == first
    second = add_draft("另一个问题", (), forest, folder=folder)
    assert [draft.id for draft in load_drafts(folder)] == ["n-001", "n-002"] == [first.id, second.id]
    with pytest.raises(EvaluationError, match="还没有写完"):
        adopt_draft("n-001", "dev", load_known("all", folder), folder)
    write_known(folder / "drafts.jsonl", [replace(first, author="张三", why="用户问过"), second])
    record = adopt_draft("n-001", "dev", load_known("all", folder), folder)
    assert record.id == "d-008"
    assert [found.id for found in load_known("dev", folder)] == ["d-007", "d-008"]
    assert [draft.id for draft in load_drafts(folder)] == ["n-002"]
    with pytest.raises(EvaluationError, match="没有 n-009"):
        adopt_draft("n-009", "dev", [], folder)


def test_imported_rows_replace_and_add(make_record):
    old = [make_record(id="a"), make_record(id="b")]
    merged = merge(old, [make_record(id="c"), make_record(id="a", why="改过")])
    assert [(record.id, record.why) for record in merged] == [("a", "改过"), ("b", "测试"), ("c", "测试")]
    with pytest.raises(EvaluationError, match="两次"):
        merge(old, [make_record(id="c"), make_record(id="c")])
