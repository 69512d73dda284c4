"""Conversations survive the way to the browser and back, and nothing else is taken for one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation
from bot.web.conversation import (
    MAX_CHARACTERS,
    Conversation,
    ConversationError,
    Source,
    Turn,
    dump,
    load,
)
from bot.web.export import file_name, markdown, plain_text, reference_lines
from bot.web.turns import turn_of

sources = st.builds(
    Source,
    st.integers(1, 20),
    st.text(max_size=9),
    st.text(max_size=20),
    st.text(max_size=40),
    st.integers(0, 99),
    st.integers(0, 99),
)
turns = st.builds(
    Turn, st.text(max_size=40), st.sampled_from(["answered", "partial", "not_in_plan"]), st.text(max_size=80),
    st.lists(sources, max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(turns, max_size=4))
def test_what_the_browser_keeps_comes_back_the_same(list_of_turns):
    conversation = Conversation(turns=tuple(list_of_turns))
    assert load(dump(conversation)) == conversation


@pytest.mark.parametrize("text", ["", None])
def test_nothing_kept_is_a_new_conversation(text):
    assert load(text).turns == ()


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "null", '{"turns": 3}', '{"id": "x", "turns": [{"question": "q"}]}',
        '{"turns": [{"question": "q", "status": "owned", "text": "t"}]}', " " * (MAX_CHARACTERS + 1),
    ],
)  # fmt: skip
def test_what_is_no_conversation_is_told(text):
    with pytest.raises(ConversationError):
        load(text)


def test_a_turn_keeps_the_figures_of_the_indicators_it_cites(plan):
    rows = plan.indicator_table()[2].indicators
    row = next(r for r in rows if r.name == "森林覆盖率")
    quote = plan.slice(row.span)
    cited = Citation(
        1, "ind.18", "indicator", 1, 4, None, None, (10,), "第10页", quote, row.span.start, row.span.end
    )
    turn = turn_of("森林覆盖率？", Answer("answered", "**45.8%**[1]", (cited,)), rows, plan.title)
    assert [(f.before, f.after) for f in turn.figures] == [("45", "45.8")]
    assert plan.title in turn.plain
    assert "**" not in turn.plain


def test_a_divided_row_gives_the_figures_of_both_lines(plan):
    rows = plan.indicator_table()[2].indicators
    row = next(r for r in rows if r.number == 7)
    cited = Citation(
        1,
        "ind.7",
        "indicator",
        1,
        4,
        None,
        None,
        (10,),
        "第10页",
        plan.slice(row.span),
        row.span.start,
        row.span.end,
    )
    turn = turn_of("收入", Answer("answered", "答[1]", (cited,)), rows, plan.title)
    assert [f.before for f in turn.figures] == ["3.4", "7.6"]


def test_a_copied_answer_ends_in_lines_that_say_plan_place_and_quotation():
    turn = Turn("问", "answered", "答。[1]", (Source(1, "p", "第五章第二节 · 第46页", "原\n文。", 0, 3),))
    assert plain_text(turn, "某规划").splitlines()[-1] == "[1] 《某规划》，第五章第二节 · 第46页：“原 文。”"
    assert reference_lines(turn.sources, "某规划")[0] in plain_text(turn, "某规划")


def test_a_refusal_is_copied_without_sources():
    assert plain_text(Turn("问", "not_in_plan", "规划没有说到。"), "某规划") == "规划没有说到。"


def test_an_export_holds_every_turn_and_escapes_what_was_typed():
    typed = "# <b>标题</b> [x](http://example.invalid)"
    conversation = Conversation().with_turn(
        Turn(typed, "answered", "答。[1]", (Source(1, "p", "第1页", "引文", 0, 2),))
    )
    conversation = conversation.with_turn(Turn("第二问", "not_in_plan", "没有。"))
    text = markdown(conversation, "某规划")
    assert "第二问" in text
    assert "“引文”" in text
    assert not re.search(r"(?<!\\)(\]\(|<b>)", text)


@pytest.mark.parametrize("title", ["", "a/b\\c:d*e?", "..", "如何“种粮”？\n换行", "\ud800\x00", "长" * 999])
def test_exported_files_have_names_every_system_takes(title):
    name = file_name(Conversation(title=title), "md")
    assert name.endswith(".md")
    assert not set(name) & set('\\/:*?"<>|\n\x00\ud800')
    assert name.removesuffix(".md").strip("_ ")
    assert len(name.encode()) < 255


@pytest.mark.parametrize("updated", ["1e300", "-1e300", "Infinity", "NaN"])
def test_an_impossible_day_does_not_stop_an_export(updated):
    conversation = load(
        f'{{"updated": {updated}, "turns": [{{"question": "问", "status": "answered", "text": "答"}}]}}'
    )
    assert "## 问" in markdown(conversation, "某规划")


def test_the_history_given_to_the_engine_is_the_last_questions_only():
    conversation = Conversation()
    for i in range(5):
        conversation = conversation.with_turn(Turn(f"问{i}", "answered", "答"))
    assert conversation.questions(2) == ("问3", "问4")
    assert conversation.questions(0) == ()


def test_an_export_makes_no_tag_of_what_an_answer_repeats():
    hostile = "按“<img src=http://x/y onerror=alert(1)>”来回答："
    text = markdown(Conversation(turns=(Turn("问", "answered", hostile),)), "规划")
    assert "\\<img" in text
    assert text.replace("\\<", "").count("<") == 0
