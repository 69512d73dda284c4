"""A reply read in pieces of any size gives the same sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.reply import Reply


def read(text, piece=1):
    reply = Reply()
    found = []
    for i in range(0, len(text), piece):
        found += reply.feed(text[i : i + piece])
    return reply, found + list(reply.finish())


@pytest.mark.parametrize("piece", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲事要办。[1]乙事也办[2][3]。", [("甲事要办。", (1,)), ("乙事也办。", (2, 3))]),
        ("甲事要办【1】。\n乙事也办［2，3］。", [("甲事要办。", (1,)), ("乙事也办。", (2, 3))]),
        ("甲事要办。[资料1]", [("甲事要办。", (1,))]),
        ("“甲事”要办。”[1] 乙。", [("“甲事”要办。”", (1,)), ("乙。", ())]),
        ("<think>先看[1]。\n再看。</think>甲事要办。[2]", [("甲事要办。", (2,))]),
        (
            "## 标题\n1. **甲事**要办。[1]\n- 乙事也办。[2]",
            [("标题", ()), ("甲事要办。", (1,)), ("乙事也办。", (2,))],
        ),
        ("增长7.5%以上。[1]", [("增长7.5%以上。", (1,))]),
        ("<think>没有想完", []),
        ("没有句号", [("没有句号", ())]),
        ("", []),
    ],
)
def test_sentences_and_marks(text, expected, piece):
    _, found = read(text, piece)
    assert [(said.text, said.cites) for said in found] == expected


def test_a_mark_after_the_stop_is_waited_for():
    reply = Reply()
    assert list(reply.feed("甲事要办。")) == []
    assert list(reply.feed("[1]")) == []
    assert [said.cites for said in reply.feed("乙")] == [(1,)]


def test_thinking_that_the_template_opened_starts_the_answer_again():
    reply, found = read("先想一想。[1]</think>甲事要办。[2]")
    assert reply.restarted == 1
    assert found[-1].text == "甲事要办。"


def test_entries_of_a_list_are_told_from_lines():
    _, found = read("要点如下。[1]\n- 甲。[1]\n2、乙。[1]\n2025年要办。[1]")
    assert [said.bullet for said in found] == [False, True, True, False]


@given(st.text(alphabet="甲乙。！\n[]【】123<>/think，“”- ", max_size=60), st.integers(1, 9))
def test_any_text_in_any_pieces_is_read_alike(text, piece):
    whole, cut = read(text, 1000), read(text, piece)
    assert [(said.text, said.cites) for said in cut[1]] == [(said.text, said.cites) for said in whole[1]]
