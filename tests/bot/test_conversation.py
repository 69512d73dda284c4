"""Follow-ups: the topic is carried over from the questions before, and the answer says so."""

import pytest

from bot.carry import Known
from bot.followup import resolve

INDICATOR = "2020年人均预期寿命是多少"
RAILWAY = "敦化至白河铁路设计车速多少"


_NAME = 30  # characters of a lead


@pytest.mark.parametrize(
    ("history", "question", "value"),
    [
        ([INDICATOR], "那2025年呢", "78.5岁"),
        (["2025年森林覆盖率目标"], "2020年呢", "45%"),
        ([INDICATOR, "那2025年呢"], "它是什么属性", "预期性"),
        ([RAILWAY], "它的总投资是多少", "139亿元"),
        ([RAILWAY, "它的总投资是多少"], "那它全长多少公里", "113公里"),
        (["蛟河抽水蓄能电站装机多大"], "这个项目投资多少", "70亿元"),
        (["森林覆盖率目标是多少"], "那城镇化率呢", "65%"),
    ],
)
def test_topic_is_carried_over(ask, history, question, value):
    answer = ask(question, history)
    assert answer.value == value
    assert answer.text.startswith(f"按“{answer.question}”来回答：")


def test_other_term(ask):
    answer = ask("那软联通呢", ["飞地经济是什么"])
    assert answer.citations[0].term == 40


@pytest.mark.parametrize(
    ("question", "chapter", "section"),
    [("下一章呢", 8, None), ("上一章讲什么", 6, None), ("前一章", 6, None)],
)
def test_neighbouring_chapter(ask, question, chapter, section):
    first = ask(question, ["第七章讲什么"]).citations[0]
    assert (first.kind, first.chapter, first.section) == ("outline", chapter, section)


def test_neighbouring_section(ask):
    first = ask("下一节呢", ["第五章第二节讲什么"]).citations[0]
    assert (first.chapter, first.section) == (5, 3)


def test_another_city(ask):
    answer = ask("珲春市呢", ["敦化市要建设什么样的示范区"])
    assert "珲春" in answer.question
    assert "敦化" not in answer.question


@pytest.mark.parametrize("question", ["支持民营经济有什么措施", "怎么发展冰雪旅游"])
def test_more_of_the_same_shows_other_sentences(ask, question):
    first, second, third = (ask(*asked) for asked in (
        (question,), ("还有呢？", [question]), ("还有别的吗", [question, "还有呢？"]),
    ))  # fmt: skip
    shown = [
        {at for citation in answer.citations for at in range(citation.start, citation.end)}
        for answer in (first, second, third)
    ]
    assert second.question == question
    assert shown[1]
    # The name a sentence stands under may be told again.
    assert len(shown[0] & shown[1]) < _NAME
    assert len((shown[0] | shown[1]) & shown[2]) < _NAME


def test_question_that_stands_alone_ignores_history(ask):
    alone = ask("揭榜挂帅是什么意思")
    after = ask("揭榜挂帅是什么意思", ["第七章讲什么", "森林覆盖率目标"])
    assert (alone.text, alone.citations) == (after.text, after.citations)


def test_year_the_plan_does_not_give(ask):
    answer = ask("那2030年呢", ["2025年城镇化率目标"])
    assert answer.status == "not_in_plan"
    assert "2030年" in answer.text


@pytest.mark.parametrize(
    "history", [["", "   "], [None, 5, ["x"]], ["\ud800", "？！"], ["森林" * 1000], [[]] * 50, "第七章"]
)
def test_odd_history_does_no_harm(ask, history):
    assert ask("雨露计划是什么", history).citations[0].term == 49
    ask("那它呢", history)


# The rules by themselves, with a topic that is made up.


def _topic_of(text):
    return next((name for name in ("桃花工程", "湖水指标") if name in text), "")


_KNOWN = Known(topic=_topic_of, names=lambda text: bool(_topic_of(text)) or "章" in text)


@pytest.mark.parametrize(
    ("question", "history", "understood"),
    [
        ("它的投资是多少", ["桃花工程是什么"], "桃花工程投资是多少"),
        ("这个项目在哪", ["桃花工程是什么"], "桃花工程在哪"),
        ("那2020年呢", ["2025年湖水指标是多少"], "2020年湖水指标是多少"),
        ("2020年呢", ["湖水指标是多少"], "2020年湖水指标是多少"),
        ("那农村呢", ["城镇居民收入目标"], "农村居民收入目标"),
        ("四平呢", ["长春有什么项目"], "四平有什么项目"),
        ("下一章", ["第九章讲什么"], "第十章讲什么"),
        ("后一节呢", ["第3章第2节讲什么"], "第3章第三节讲什么"),
        ("湖水指标呢", ["桃花工程投资多少"], "湖水指标投资多少"),
        ("多少钱", ["桃花工程是什么"], "桃花工程多少钱"),
    ],
)
def test_resolve(question, history, understood):
    resolved = resolve(question, history, _KNOWN)
    assert (resolved.text, resolved.carried, resolved.more) == (understood, True, 0)


@pytest.mark.parametrize("question", ["还有呢", "还有吗？", "然后呢", "再说几个", "那还有别的吗"])
def test_resolve_more(question):
    resolved = resolve(question, ["桃花工程是什么"], _KNOWN)
    assert (resolved.text, resolved.carried, resolved.more) == ("桃花工程是什么", True, 1)
    assert resolve("还有呢", ["桃花工程是什么", question], _KNOWN).more == 2


@pytest.mark.parametrize(
    "question", ["湖水指标2025年目标是多少", "怎样支持农民工返乡创业", "第三章讲什么", "会延迟退休年龄吗"]
)
def test_resolve_leaves_whole_questions(question):
    resolved = resolve(question, ["桃花工程是什么"], _KNOWN)
    assert (resolved.text, resolved.carried) == (question, False)


def test_resolve_without_history():
    assert resolve("那2030年呢", [], _KNOWN).text == "那2030年呢"


def test_chain_of_follow_ups_goes_back_to_the_topic():
    history = ["2025年湖水指标是多少", "那2020年呢", "2015年呢"]
    assert resolve("它是约束性的吗", history, _KNOWN).text == "湖水指标是约束性的吗"


def test_no_chapter_before_the_first():
    assert "第零章" not in resolve("上一章", ["第一章讲什么"], _KNOWN).text


@pytest.mark.parametrize(
    ("question", "before", "figure"),
    [
        ("国际航线呢", "外贸进出口2025年做到多少亿", "20条"),
        ("那城里供水普及率呢", "农村自来水2025年普及到多少", "96%"),
    ],
)
def test_new_topic_is_not_drowned_by_the_old_one(ask, question, before, figure):
    answer = ask(question, [before])
    assert answer.status == "answered"
    assert figure in answer.text
    assert answer.citations[0].quote != ask(before).citations[0].quote
