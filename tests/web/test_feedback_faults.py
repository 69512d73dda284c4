"""Faults of the file of feedback: locked by another process, damaged, not to be written to, a wrong clock."""

import sqlite3
import subprocess
import sys

import pytest

from bot.web.feedback import FeedbackStore, blank
from bot.web.feedback_panel import _kept
from bot.web.quality import build_quality_page
from bot.web.retention import DAY, Clock
from prompts import wording
from tests.ingest.test_faults import limit_file_size, needs_linux, read_only, without_root_rights, writable
from tests.web.asking import last_frame
from tests.web.test_feedback import TURN

DAYS = 30
HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
# What a process does that a test starves.
RATE = """
import sys, sqlite3
from pathlib import Path
from bot.web.feedback import FeedbackStore, blank
from tests.web.test_feedback import TURN
store = FeedbackStore(Path(sys.argv[1]), days=30)
print(len(store.entries()), len(store.unanswered()))
try:
    for _ in range(50):
        store.add(TURN, "bad", ["长" * 1000] * 10)
except (sqlite3.Error, OSError) as error:
    sys.exit(f"refused: {error}")
"""


@pytest.fixture
def store(tmp_path):
    made = FeedbackStore(tmp_path / "data" / "feedback.sqlite3", days=DAYS)
    made.add(TURN, "bad", ["上一问"])
    made.add_unanswered("问", "not_in_plan")
    return made


@pytest.fixture
def locked(store):
    """The file, locked by another process until the block ends."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, store.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline().strip() == "held"
    yield holder
    holder.communicate()


def release(holder):
    holder.communicate("")
    assert holder.returncode == 0


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("bot.web.feedback._PATIENCE", 0.1)
    monkeypatch.setattr(FeedbackStore._open.__wrapped__, "__defaults__", (0.1,))


def test_locked_file_costs_no_answer_and_no_count(store, locked, asked, settings):
    _, conversation, over = last_frame(asked, settings, "ζηθ", store=store)
    assert over
    assert conversation.turns[-1].status == "not_in_plan"
    release(locked)
    store.add_unanswered("ζηθ", "not_in_plan")
    assert {(q.question, q.times) for q in store.unanswered()} == {("问", 1), ("ζηθ", 2)}


def test_rating_of_a_locked_file_says_so(store, locked, impatient):
    kept, said = _kept(lambda: store.add(TURN, "good"), "noted_good")
    assert (kept, said) == (None, wording("web_feedback.failed"))
    release(locked)
    assert _kept(lambda: store.add(TURN, "good"), "noted_good") == (2, wording("web_feedback.noted_good"))


def test_staff_are_told_of_a_locked_file(store, locked, impatient):
    import gradio as gr

    page = build_quality_page(store)
    (reports,) = [fn.fn for fn in page.fns.values() if fn.fn and fn.fn.__name__ == "reports"][:1]
    with pytest.raises(gr.Error, match="评价暂时读不出来"):
        reports(True)
    release(locked)
    assert len(reports(True)) == 1


def scramble(path):
    path.write_bytes(b"no database " * 2000)


def tear(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def spoil(path):
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [scramble, tear, spoil])
def test_damaged_file_is_put_aside_and_told(store, damage, caplog):
    damage(store.path)
    damaged = store.path.read_bytes()
    number = store.add(TURN, "good")
    store.explain(number, [], "又能记了")
    assert [entry.remark for entry in store.entries()] == ["又能记了"]
    (aside,) = store.path.parent.glob("feedback.sqlite3.damaged-*")
    assert aside.read_bytes() == damaged
    assert all(word in caplog.text for word in ("已损坏", aside.name, "留存"))


def test_folder_that_has_vanished_is_made_again(store):
    import shutil

    shutil.rmtree(store.path.parent)
    assert store.entries() == []
    assert store.add(TURN, "good") == 1


@needs_linux
def test_read_only_file_can_be_read_and_says_that_it_cannot_be_written(store, run_python):
    read_only(store.path.parent)
    try:
        done = run_python("-c", RATE, store.path, preexec_fn=without_root_rights)
    finally:
        writable(store.path.parent)
    assert done.stdout.split() == ["1", "1"]
    assert done.stderr.startswith("refused")
    assert len(store.entries()) == 1


@needs_linux
def test_full_disk_keeps_what_was_kept(store, run_python):
    done = run_python("-c", RATE, store.path, preexec_fn=lambda: limit_file_size(60_000))
    assert done.stdout.split() == ["1", "1"]
    assert done.stderr.startswith("refused"), done.stderr
    entries = store.entries()
    assert entries[-1].history == ("上一问",)
    assert store.add(TURN, "good") == len(entries) + 1


@pytest.fixture
def clock(monkeypatch):
    """The machine's clock, set to days after the beginning."""

    def set_(days):
        monkeypatch.setattr("bot.web.feedback.time.time", lambda: (20_000 + days) * DAY)

    set_(0)
    return set_


@pytest.fixture
def dated(clock, tmp_path):
    made = FeedbackStore(tmp_path / "feedback.sqlite3", days=DAYS)
    made.add(TURN, "bad")
    made.add_unanswered("问", "not_in_plan")
    return made


@pytest.mark.parametrize("jump", [365, 36_500, -365, -20_000])
def test_clock_that_jumps_and_comes_back_deletes_nothing(dated, clock, jump):
    clock(jump)
    dated.add(TURN, "good")
    dated.add_unanswered("问", "not_in_plan")
    clock(1)
    assert [entry.rating for entry in dated.entries()] == ["good", "bad"]
    assert dated.unanswered()[0].times == 2
    for day in (25, 29):
        clock(day)
        assert len(dated.entries()) == 2
    clock(32)  # and what was said while it was wrong is not kept longer either
    assert dated.entries() == []
    assert dated.unanswered() == []


def test_long_pause_deletes_when_the_new_day_has_proved_right(dated, clock):
    clock(400)
    dated.add(TURN, "good")
    assert len(dated.entries()) == 2
    clock(401.5)
    assert [entry.rating for entry in dated.entries()] == ["good"]
    clock(425)
    assert len(dated.entries()) == 1
    clock(431)
    assert dated.entries() == []


def test_a_clock_is_doubted_and_proved():
    clock = Clock(0.0)
    assert clock.at(29 * DAY) == Clock(29 * DAY)
    doubted = clock.at(50 * DAY)
    assert doubted == Clock(0.0, 50 * DAY)
    assert doubted.at(50.5 * DAY) == doubted
    assert doubted.at(1 * DAY) == Clock(1 * DAY)
    assert doubted.at(52 * DAY) == Clock(52 * DAY)
    assert doubted.at(-50 * DAY) == Clock(0.0, -50 * DAY)


def test_a_file_of_the_version_before_is_read_on(tmp_path):
    path = tmp_path / "feedback.sqlite3"
    store = FeedbackStore(path, days=DAYS)
    store.add(TURN, "bad")
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE clock")
    assert len(store.entries()) == 1


def test_no_answer_is_timed_by_the_clock_that_may_jump(real_engine, monkeypatch):
    moments = iter([2e9, 0.0] * 1000)
    monkeypatch.setattr("time.time", lambda: next(moments))
    timings = real_engine.ask("2025年森林覆盖率目标是多少？").timings
    assert all(0 <= milliseconds < 60_000 for milliseconds in timings.values())


@needs_linux
def test_a_long_word_is_blanked_in_no_time():
    """The pattern for addresses began anew at every letter: minutes for what a browser may send."""
    import signal

    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    try:
        assert blank("a" * 1_000_000 + "@") == "a" * 1_000_000 + "@"
        assert blank("写信到" + "a" * 60 + "@example.com") == "写信到＊＊＊"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
