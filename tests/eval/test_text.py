"""A fact is held however it is written, and never by half a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.text import comparable, holds


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("森林覆盖率达到４５．８％[1]。", "45.8%"),
        ("森林覆盖率达到**45.8%**。", "45.8%"),
        ("达到百分之四十五点八。", "45.8%"),
        ("达到45.8%", "百分之四十五点八"),
        ("粮食产量稳定在八百亿斤", "800亿斤"),
        ("到二〇二五年", "2025年"),
        ("覆盖 率 达 到", "覆盖率达到"),
        ("“证照分离”改革", "证照分离改革"),
        ("总投资1,000亿元", "1000亿元"),
        ("| 森林覆盖率（%） | 45 | 45.8 |", "45.8"),
        ("Micro LED显示", "micro led"),
        ("实施 1+N+X 合作[2][3]", "1＋N＋X合作"),
    ],
)
def test_other_spellings_are_the_same_fact(text, fact):
    assert holds(text, (fact,))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("达到45.8%", "8%"),
        ("达到45.8%", "45"),
        ("达到458%", "45.8%"),
        ("1100万人", "100万人"),
        ("| 2020 | 45 | 45.8 |", "4545.8"),
        ("第12025年", "2025年"),
        ("PPPX模式", "PPP"),
    ],
)
def test_half_a_number_or_word_is_no_fact(text, fact):
    assert not holds(text, (fact,))


def test_any_alternative_will_do():
    assert holds("由长春新区承担", ("吉林新区", "长春新区"))
    assert not holds("由长春新区承担", ("吉林新区", "松原新区"))


@given(st.text(alphabet="城镇化率达到0123456789.%年 \n*|[1]", max_size=40))
def test_making_comparable_twice_changes_nothing(text):
    plain, _ = comparable(text)
    assert comparable(plain)[0] == plain
