"""Reading questions with the plan at hand: English words, chapters by name, what of a question is left."""

import pytest

from bot.question import read_question
from bot.unmet import MET, unmet


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("陆上三峡这个project一共invest多少", "陆上三峡这个项目一共投资多少"),
        ("过customs太慢，怎么speed up", "过通关太慢，怎么加快"),
        ("R&D投入增长多少", "r&d投入增长多少"),  # the plan's own letters
        ("GDP目标", "gdp目标"),
        ("城镇化那一章第三节有哪几块", "第8章第三节有哪几块"),
        ("最后一章讲什么", "第16章讲什么"),
        ("城镇化在哪一章", "城镇化在哪一章"),
        ("规章制度怎么完善", "规章制度怎么完善"),
    ],
)
def test_words_and_chapters_are_read(engine, asked, read):
    assert engine.reader.read(asked).text == read


@pytest.mark.parametrize(
    ("asked", "text", "left"),
    [
        ("碳纤维产业园的总投资", "碳纤维产业园：建设1万吨", f"{MET}总投资"),
        ("碳纤维产业园建什么", "碳纤维产业园：建设1万吨", f"{MET}什么"),
        ("看病难不难", "提高医疗水平", f"{MET}不难"),  # 医疗 is an official word for it
    ],
)
def test_what_a_text_does_not_speak_of_is_left(asked, text, left):
    assert unmet(read_question(asked), text).replace("的", "") == left


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("2025年人均可支配收入要到多少元", "not_in_plan"),  # the table has its growth only
        ("吉林省十五五规划的主要指标有哪些", "not_in_plan"),
        ("“七清八改九提升”行动包括什么", "not_in_plan"),
        ("你们这破机器人会不会说人话", "out_of_scope"),
        ("嗯嗯好的知道了谢谢", "out_of_scope"),
        ("黑社会和网上骗子，往后怎么打", "answered"),
        ("人均预期寿命到多少岁", "answered"),
    ],
)
def test_what_is_answered(ask, asked, status):
    assert ask(asked).status == status


def test_values_of_both_sides_come_first_the_larger_one_leading(ask):
    answer = ask("长白铁路提速和吉林枢纽西环线哪个投资大")
    first = answer.text.split("\n")[0]
    assert first.index("21亿元") < first.index("6亿元")
    assert {citation.n for citation in answer.citations} >= {1, 2}


def test_projects_of_a_city_are_not_those_of_a_mountain_of_its_name(ask):
    answer = ask("白山有哪些重点项目")
    assert len(answer.citations) > 5
    assert all(
        "白山" in citation.quote.replace("长白山", "").replace("小白山", "") for citation in answer.citations
    )
