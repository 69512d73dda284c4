"""Terms: the whole definition from 名词解释, however the name is typed, then where the plan uses it."""

import pytest

from ingest.terms import normalise

ASKED = [
    # by name, with and without the quotation marks of the plan
    ("揭榜挂帅是什么意思？", 4), ("“两新一重”指的是什么", 21), ("瞪羚企业是什么", 8), ("“独角兽”企业", 9),
    # by an alias or a part that can mean nothing else
    ("什么叫枫桥经验", 50), ("PPP是啥", 22), ("政府和社会资本合作是什么意思", 22), ("ppp模式", 22),
    ("西部生态经济带是啥意思", 29), ("311服务机制是什么", 48),
    # with one wrong character
    ("三清一改一健是什么", 19), ("梨数模式是什么", 17), ("冰上丝调之路是什么", 35),
    # in traditional characters
    ("無廢城市是什麼意思", 31), ("什麼是飛地經濟", 39), ("「四個不摘」是哪四個", 20),
    # in pinyin
    ("feidi jingji是什么", 39), ("yulujihua", 49), ("wufeichengshi shi shenme", 31),
    # loosely worded
    ("乡里农创园是啥意思啊", 11), ("大图们倡议咋回事", 37), ("给我介绍一下滨海2号", 38),
]  # fmt: skip


@pytest.mark.parametrize(("question", "number"), ASKED)
def test_definition_comes_first_and_whole(ask, plan, question, number):
    answer = ask(question)
    term = plan.terms[number - 1]
    assert answer.status == "answered"
    first = answer.citations[0]
    assert (first.kind, first.term, first.chapter) == ("term", number, None)
    assert term.definition.replace("\n", "") in first.quote
    assert answer.value == term.definition
    assert answer.text.split("\n")[0] == f"{first.quote}[1]"


@pytest.mark.parametrize(
    ("question", "number"), [("软联通是什么", 40), ("无废城市", 31), ("雨露计划是什么", 49)]
)
def test_uses_name_the_term(ask, plan, question, number):
    answer = ask(question)
    uses = answer.citations[1:]
    assert uses
    assert all(use.kind in ("paragraph", "box_item") for use in uses)
    assert all(normalise(plan.terms[number - 1].name) in normalise(use.quote) for use in uses)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [("飞地经济和软联通有什么区别", [39, 40]), ("瞪羚企业和独角兽企业有啥不一样", [8, 9]),
     ("独角兽企业跟瞪羚企业的区别", [9, 8]), ("什么是四个不摘，什么是两新一重", [20, 21])],
)  # fmt: skip
def test_two_terms_side_by_side(ask, plan, question, numbers):
    answer = ask(question)
    assert [citation.term for citation in answer.citations] == numbers
    for citation in answer.citations:
        assert plan.terms[citation.term - 1].definition.replace("\n", "") in citation.quote


def test_question_about_a_term_is_not_its_definition(ask):
    answer = ask("雨露计划每年补多少钱")
    assert answer.value == "3000元"
    assert answer.text.startswith("**3000元**[1]")
    assert answer.citations[0].term == 49


@pytest.mark.parametrize("name", ["梨树模式", "lishu moshi", "梨數模式", "黎树模式", "请问梨树模式"])
def test_look_up(engine, name):
    assert engine.term(name).number == 17


@pytest.mark.parametrize("name", ["", "。", "蓝海模式", "abc"])
def test_look_up_of_nothing(engine, name):
    assert engine.term(name) is None
