"""What earlier answers told: remembered for follow-ups, bounded, the same as answered anew."""

import pytest

from bot.answer import Citation
from bot.earlier import Earlier, Told


def told(quote):
    return Told(
        (Citation(1, "p", "paragraph", 1, 1, None, None, (1,), "第一章", quote, 0, len(quote)),), "1亿元"
    )


def never():
    raise AssertionError("answered anew")


def test_the_same_question_in_another_conversation_is_another():
    earlier = Earlier()
    earlier.keep("那投资呢", ["机场多长"], told("机场"))
    assert earlier.told("那投资呢", ["机场多长"], never) == told("机场")
    assert earlier.told("那投资呢", ["铁路多长"], lambda: told("铁路")) == told("铁路")
    assert earlier.told("那投资呢", ["铁路多长"], never) == told("铁路")


def test_the_longest_unasked_is_forgotten():
    earlier = Earlier(2)
    for question in ("一", "二", "一", "三"):
        earlier.keep(question, [], Told(()))
    assert earlier.told("一", [], never) == earlier.told("三", [], never) == Told(())
    with pytest.raises(AssertionError):
        earlier.told("二", [], never)


@pytest.mark.parametrize("history", [["有哪些重点铁路项目", "还有呢"], ["十四五有哪些重大水利工程"]])
def test_a_follow_up_is_answered_alike_whether_or_not_its_conversation_was_held_here(engine, history):
    engine.earlier = Earlier()
    cold = engine.ask("还有呢", history)
    engine.earlier = Earlier()
    for turn, question in enumerate(history):
        engine.ask(question, history[:turn])
    warm = engine.ask("还有呢", history)
    assert (warm.text, warm.citations) == (cold.text, cold.citations)
