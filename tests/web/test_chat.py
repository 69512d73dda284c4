"""The chat's logic without a page: what is shown, kept and sent to the engine."""

import threading

import pytest

from bot.answer import Answer
from bot.web.chat import messages
from bot.web.conversation import MAX_TURNS, Conversation, Turn, dump
from bot.web.loading import EngineLoader
from ingest.errors import IndexBuildError
from prompts import wording
from tests.web.asking import frames_of, last_frame


@pytest.fixture
def ask(asked, settings):
    """Ask; gives the frame that stays."""
    return lambda question, carrier="": last_frame(asked, settings, question, carrier)


def test_an_answer_grows_and_ends_with_its_sources(asked, settings):
    steps = list(frames_of(asked, settings, "黑土地保护有哪些措施？"))
    texts = [shown[-1]["content"] for shown, _, _ in steps]
    assert [over for _, _, over in steps] == [False] * (len(steps) - 1) + [True]
    assert "jw-sources" in texts[-1]
    assert len(steps) > 2
    assert steps[-1][1].turns[0].sources


def test_the_engine_hears_the_earlier_questions(ask, asked):
    _, conversation, _ = ask("黑土地保护有哪些措施？")
    ask("那粮食产量目标呢？", dump(conversation))
    assert asked.asked[-1] == ("那粮食产量目标呢？", ("黑土地保护有哪些措施？",))


@pytest.mark.parametrize("question", ["", "  \n", "长" * 301])
def test_an_unusable_question_is_told_and_not_kept(ask, question):
    shown, conversation, over = ask(question)
    assert over
    assert conversation.turns == ()
    assert "jw-invalid" in shown[-1]["content"]


def test_an_answer_that_is_worded_anew_replaces_what_was_shown(asked, settings):
    steps = ["甲。", "甲。乙。", "原文。"]
    asked.queued_steps = [Answer("answered", text, mode="llm") for text in steps]
    shown = [messages[-1]["content"] for messages, _, _ in frames_of(asked, settings, "问")]
    assert ["甲。乙。" in text for text in shown].count(True) == 1
    assert "原文。" in shown[-1]
    assert "甲。" not in shown[-1]


def test_a_refusal_is_kept_without_sources(ask):
    shown, conversation, _ = ask("ζηθ")
    assert conversation.turns[0].status == "not_in_plan"
    assert "jw-sources" not in shown[-1]["content"]


def test_an_engine_that_breaks_gives_plain_words_and_keeps_nothing(settings, asked, monkeypatch):
    monkeypatch.setattr(asked, "stream", lambda *_: 1 / 0, raising=False)
    shown, conversation, over = last_frame(asked, settings, "梨树模式")
    assert over
    assert conversation.turns == ()
    assert wording("web_error.unexpected") in shown[-1]["content"]
    assert "ZeroDivision" not in str(shown)


def test_an_unreadable_conversation_is_told(ask):
    shown, conversation, over = ask("梨树模式", "{")
    assert over
    assert conversation.turns == ()
    assert wording("web_error.unreadable") in shown[-1]["content"]


def test_a_full_conversation_takes_no_more(ask, asked):
    full = Conversation(turns=tuple(Turn(f"问{i}", "answered", "答") for i in range(MAX_TURNS)))
    shown, conversation, _ = ask("再问", dump(full))
    assert len(conversation.turns) == MAX_TURNS
    assert asked.asked == []
    assert str(MAX_TURNS) in shown[-1]["content"]


def test_a_question_asked_too_early_waits_and_is_answered(settings, asked):
    go = threading.Event()

    def open_(report):
        report("计算语义向量", 1, 4)
        go.wait(10)
        return asked

    loader = EngineLoader(open_)
    loader.start()
    steps = frames_of(loader, settings, "黑土地保护有哪些措施？")
    assert "jw-note" in next(steps)[0][-1]["content"]
    go.set()
    *_, (_, conversation, _) = steps
    assert conversation.turns[0].status == "answered"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IndexBuildError("无法建立索引：磁盘已满。"), "磁盘已满"),
        (RuntimeError("secret path"), wording("web_status.failed")),
    ],
)
def test_an_engine_that_cannot_be_opened_is_told_in_words_for_users(settings, error, said):
    def open_(report):
        raise error

    loader = EngineLoader(open_)
    loader.start()
    assert loader.wait(10).error
    shown, _, over = last_frame(loader, settings, "梨树模式")
    assert over
    assert said in shown[-1]["content"]
    assert "secret" not in str(shown)


def test_a_loader_opens_its_engine_once(asked):
    opened = []
    loader = EngineLoader(lambda report: opened.append(1) or asked)
    loader.start()
    loader.start()
    assert loader.wait(10).engine is asked
    assert opened == [1]


def test_messages_come_in_pairs():
    conversation = (
        Conversation().with_turn(Turn("问", "answered", "答")).with_turn(Turn("再问", "answered", "再答"))
    )
    assert [m["role"] for m in messages(conversation)] == ["user", "assistant"] * 2


def test_streamed_text_never_shows_half_a_bold_word(asked, settings):
    asked.enqueue(Answer("answered", "**第一句。第二句。**第三句。\n\n第四句。" * 3))
    for shown, _, _ in frames_of(asked, settings, "问"):
        assert "**" not in shown[-1]["content"]
