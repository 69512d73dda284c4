"""Reading a question: cleaning, simplifying, numbers in digits, and what it says about itself."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import clean, content_words, read_question


@given(st.text(st.characters(), max_size=60))
def test_clean_leaves_nothing_invisible_and_is_stable(text):
    cleaned = clean(text)
    assert not [
        char for char in cleaned if unicodedata.category(char) in ("Cs", "Co") or char in "\u200b\u202e\ufeff"
    ]
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(), max_size=60))
def test_any_text_can_be_read(text):
    question = read_question(text)
    assert question.asked == clean(text)
    assert all(word in question.text.replace(" ", "") or " " in question.text for word in question.content)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("森林覆蓋率", "森林覆盖率"), ("ＧＤＰ", "gdp"), ("“梨树模式”", "梨树模式"), ("二〇二五年", "2025年"),
        ("百分之四十五点八", "45.8%"), ("45.8％", "45.8%"), ("八百亿斤", "800亿斤"), ("六个回归", "六个回归"),
        ("三区四屏三廊一网", "三区四屏三廊一网"), ("城镇 化率", "城镇化率"), ("1 + N", "1+n"),
    ],
)  # fmt: skip
def test_text(typed, read):
    assert read_question(typed).text == read


@pytest.mark.parametrize("typed", ["百分之四十五点八", "45.8%", "45.8％", "４５．８％"])
def test_percentages_mean_the_same(typed):
    assert read_question(f"森林覆盖率{typed}").numbers == ("45.8%",)


def test_numeral_without_percent_sign():
    assert read_question("森林覆盖率四十五点八").numbers == ("45.8",)


def test_kept_characters_are_not_simplified():
    assert "乾安" in read_question("乾安的項目", frozenset("乾")).text


@pytest.mark.parametrize(("typed", "years"), [("2025年和2020年", ("2025", "2020")), ("二〇三五年", ("2035",)),
("投资2025万元", ()),
                                              ("2020至2025", ("2020", "2025"))])  # fmt: skip
def test_years(typed, years):
    assert read_question(typed).years == years


@pytest.mark.parametrize(
    ("typed", "chapter", "section", "box", "page"),
    [
        ("第十一章讲什么", 11, None, None, None), ("第5章第2节", 5, 2, None, None),
        ("专栏16有哪些", None, None, 16, None),
        ("专栏第三十九", None, None, 39, None), ("第一百零二页", None, None, None, 102),
        ("城镇化率", None, None, None, None),
    ],
)  # fmt: skip
def test_pointers(typed, chapter, section, box, page):
    question = read_question(typed)
    assert (question.chapter, question.section, question.box, question.page) == (chapter, section, box, page)
    assert not {"第", "章", "节", "页"} & set(question.content)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("第七章讲什么", "place"), ("甲和乙有什么区别", "comparison"), ("甲跟乙有啥不一样", "comparison"),
        ("比2020年提高多少", "difference"),
        ("重点项目有哪些", "list"), ("退休年龄会不会延迟", "yes_no"), ("要不要落户", "yes_no"),
        ("能网上挂号吗", "yes_no"),
        ("村里要建什么", ""), ("这可怎么", ""),
    ],
)  # fmt: skip
def test_kind(typed, kind):
    assert read_question(typed).kind == kind


@pytest.mark.parametrize(
    ("typed", "unit", "field"),
    [
        ("花多少钱", "亿元", "投资"),
        ("全长多少公里", "公里", "长"),
        ("跑多快", "公里/小时", "车速"),
        ("装机多大", "万千瓦", "装机"),
    ],
)
def test_wanted_figure(typed, unit, field):
    want = read_question(typed).want
    assert unit in want.units
    assert want.field == field


def test_places():
    question = read_question("长春市和黑龙江省的合作")
    assert question.inside == ("长春",)
    assert question.outside == ("黑龙江",)


@pytest.mark.parametrize("typed", ["请问我们吉林省的规划里有没有说", "这个是什么呢", "2025年"])
def test_words_that_only_ask_say_nothing(typed):
    assert content_words(read_question(typed).text) == []
