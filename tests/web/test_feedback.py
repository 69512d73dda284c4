"""Feedback: what is kept, what is blanked, what is forgotten, and the page of the quality staff."""

import json
import sqlite3
import time

import pytest

from bot.web.conversation import Source, Turn
from bot.web.feedback import MAX_REMARK, FeedbackStore, blank
from bot.web.quality import (
    add_draft,
    draft_of_feedback,
    draft_of_question,
    drafts_path,
    feedback_rows,
    unanswered_rows,
)
from prompts import wording
from tests.web.asking import last_frame

TURN = Turn(
    "养老保险参保率？",
    "answered",
    "95%。[1]",
    (Source(1, "ind.11", "第10页", "11 基本养老保险参保率", 0, 9),),
)


@pytest.fixture
def store(tmp_path):
    return FeedbackStore(tmp_path / "data" / "feedback.sqlite3", days=30, version="1", settings="{}")


def test_a_rating_keeps_question_answer_and_sources(store):
    number = store.add(TURN, "bad", ["上一问"])
    store.explain(number, ["source", "unknown"], " 页码不对 ")
    (entry,) = store.entries()
    assert (entry.rating, entry.reasons, entry.remark) == ("bad", ("source",), "页码不对")
    assert (entry.question, entry.answer, entry.history) == (TURN.question, TURN.text, ("上一问",))
    assert entry.sources == ("第10页：11 基本养老保险参保率",)
    with sqlite3.connect(store.path) as db:
        assert db.execute("SELECT version, settings FROM feedback").fetchone() == ("1", "{}")


def test_ratings_are_told_apart_and_taken_back(store):
    good, bad = store.add(TURN, "good"), store.add(TURN, "bad")
    assert [entry.id for entry in store.entries("bad")] == [bad]
    store.remove(good)
    assert [entry.id for entry in store.entries()] == [bad]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("我电话13912345678请回", "我电话＊＊＊请回"),
        ("身份证22010119900101123X", "身份证＊＊＊"),
        ("邮箱a.b@example.com", "邮箱＊＊＊"),
        ("座机0431-88901234", "座机＊＊＊"),
        ("2025年粮食800亿斤，2021—2025年", "2025年粮食800亿斤，2021—2025年"),
    ],
)
def test_what_could_be_a_persons_is_blanked(typed, kept):
    assert blank(typed) == kept


def test_nothing_typed_is_kept_unblanked(store):
    number = store.add(Turn("13912345678能办社保吗", "answered", "答"), "bad", ["我是13912345678"])
    store.explain(number, [], "打13912345678")
    store.add_unanswered("13912345678", "not_in_plan")
    assert b"13912345678" not in store.path.read_bytes()


def test_half_a_surrogate_pair_is_kept_as_a_question_mark(store):
    number = store.add(Turn("问\ud800", "answered", "答"), "bad", ["前\udc00"])
    store.explain(number, [], "\ud83d对")
    store.add_unanswered("\ud800", "partial")
    (entry,) = store.entries()
    assert (entry.question, entry.history, entry.remark) == ("问?", ("前?",), "?对")


def test_long_remarks_are_cut(store):
    store.explain(store.add(TURN, "bad"), [], "长" * 9999)
    assert len(store.entries()[0].remark) == MAX_REMARK


def test_old_entries_are_forgotten(store, monkeypatch):
    store.add(TURN, "bad")
    store.add_unanswered("问", "not_in_plan")
    start = time.time()
    for days, kept in ((15, 1), (29, 1), (31, 0)):
        monkeypatch.setattr("bot.web.feedback.time.time", lambda days=days: start + days * 86400)
        assert len(store.entries()) == len(store.unanswered()) == kept


def test_a_retention_of_no_days_keeps_nothing(tmp_path):
    store = FeedbackStore(tmp_path / "f.sqlite3", days=0)
    assert store.add(TURN, "bad") is None
    store.add_unanswered("问", "not_in_plan")
    assert not store.path.exists()
    assert store.entries() == store.unanswered() == []


def test_unanswered_questions_are_counted(store):
    for question in ("甲", "乙", "甲"):
        store.add_unanswered(question, "not_in_plan")
    assert [(q.question, q.times) for q in store.unanswered()] == [("甲", 2), ("乙", 1)]


def test_the_chat_counts_what_the_plan_does_not_say(store, asked, settings):
    last_frame(asked, settings, "ζηθ", store=store)
    last_frame(asked, settings, "怎样保护黑土地，推广“梨树模式”？", store=store)
    assert [q.question for q in store.unanswered()] == ["ζηθ"]


def test_a_store_that_cannot_be_written_does_not_stop_the_answer(tmp_path, asked, settings):
    (tmp_path / "file").write_text("")
    broken = FeedbackStore(tmp_path / "file" / "f.sqlite3", days=1)
    assert last_frame(asked, settings, "ζηθ", store=broken)[1].turns


def test_feedback_becomes_a_draft(store):
    number = store.add(TURN, "bad")
    store.explain(number, ["answer"], "应为96%")
    (entry,) = store.entries()
    draft = draft_of_feedback(entry)
    assert draft["question"] == TURN.question
    assert "应为96%" in draft["why"]
    name = add_draft(store, json.dumps(draft))
    add_draft(store, json.dumps(draft_of_question("另一问")))
    lines = (store.path.parent / name).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["question"] for line in lines] == [TURN.question, "另一问"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"question": " "}', '"x"', '{"question": 5}',
        '{"question": "问", "history": "上一问"}', '{"question": "问", "history": [5]}',
    ],
)  # fmt: skip
def test_a_draft_without_a_question_is_refused(store, text):
    with pytest.raises(ValueError):  # noqa: PT011  json's error and ours are both ValueErrors
        add_draft(store, text)
    assert not drafts_path(store).exists()


def test_rows_are_in_words(store):
    number = store.add(TURN, "bad")
    store.explain(number, ["missing"], "")
    store.add_unanswered("问", "partial")
    assert wording("web_feedback.missing") in feedback_rows(store.entries())[0]
    assert wording("web_quality.partial") in unanswered_rows(store.unanswered())[0]


@pytest.mark.browser
def test_a_reader_says_what_was_wrong_and_staff_make_a_draft_of_it(open_page, ask, server, screenshot):
    page = open_page()
    ask(page, "怎样保护黑土地，推广“梨树模式”？")
    page.get_by_label(wording("web_script.dislike"), exact=True).click()
    page.get_by_label(wording("web_feedback.source")).check()
    page.get_by_label(wording("web_feedback.remark")).fill("页码不对")
    screenshot(page, "desktop-feedback")
    assert page.locator("#jw-toast").inner_text() == wording("web_feedback.noted_bad")
    page.click("#jw-feedback-send")
    page.wait_for_selector("#jw-feedback", state="hidden")
    page.reload()
    page.wait_for_selector(".jw-sources")
    page.wait_for_function(
        "w => !!document.querySelector(`[aria-label='${w}']`)", arg=wording("web_script.disliked")
    )

    staff = open_page("/qa/", wait="input[type=password]")
    staff.get_by_role("textbox").first.fill(server.settings.qa_user)
    staff.locator("input[type=password]").fill(server.settings.qa_password.get_secret_value())
    staff.get_by_role("button").last.click()
    staff.get_by_role("gridcell", name="页码不对").or_(
        staff.locator("#jw-reports td", has_text="页码不对")
    ).last.click()
    staff.wait_for_function("document.querySelector('#jw-draft')?.innerText.includes('页码不对')")
    screenshot(staff, "desktop-quality")
    told = staff.locator("#jw-next").inner_text()
    assert told.strip().endswith(f"python -m eval add --from {server.settings.data / 'drafts.jsonl'}")
    staff.click("#jw-keep")
    drafts = server.settings.data / "drafts.jsonl"
    for _ in range(100):
        if drafts.exists():
            break
        staff.wait_for_timeout(50)
    assert "页码不对" in json.loads(drafts.read_text(encoding="utf-8").splitlines()[-1])["why"]
