"""Comparisons: both sides, each with its own citation."""

import pytest

from bot.compose.sides import sides_of


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [("长春至白城铁路提速和吉林枢纽西环线哪个投资大", "总投资6亿元", "总投资21亿元"),
     ("蛟河抽水蓄能电站和通化抽水蓄能电站的装机有什么不同", "120万千瓦", "80万千瓦"),
     ("长春龙嘉国际机场三期扩建和扩建通化三源浦机场花的钱有什么差别", "300亿元", "5亿元"),
     ("靖宇青龙河水库与永吉四间水库的投资相比", "4.8亿元", "5.4亿元")],
)  # fmt: skip
def test_both_sides_are_cited(ask, question, first, second):
    answer = ask(question)
    assert answer.status == "answered"
    lines = answer.text.split("\n")
    heads = [number for number, line in enumerate(lines) if line.startswith("**") and line.endswith("**")]
    assert len(heads) == 2
    assert any(first in line for line in lines[heads[0] : heads[1]])
    assert any(second in line for line in lines[heads[1] :])


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("东部和西部的生态建设有什么不同", ["东部", "西部"]),
        ("请问甲公路与乙公路哪个长", ["甲公路", "乙公路"]),
        ("松花湖对比查干湖", ["松花湖", "查干湖"]),
        ("城镇跟农村的收入区别", ["城镇", "农村"]),
        ("东部、中部和西部的重点有啥不一样", ["东部", "中部", "西部"]),
        ("2025年和2035年的目标有什么不同", ["2025年", "2035年"]),
    ],
)
def test_sides_of(text, sides):
    assert sides_of(text)[0] == sides


@pytest.mark.parametrize("text", ["", "区别是什么", "城镇化率的变化", "和", "怎么和谁比较", "与时俱进"])
def test_no_two_sides(text):
    assert sides_of(text) is None
