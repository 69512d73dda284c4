"""Pinyin: letters become the plan's words, or stay what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pinyin import PinyinReader


@pytest.fixture(scope="module")
def reader():
    return PinyinReader(["梨树", "模式", "梨树模式", "高铁", "高贴", "是什么", "abc"], ["森林"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("lishu moshi", "梨树模式"), ("lishumoshi是啥", "梨树模式是啥"), ("gaotie", "高铁"),
        ("senlin", "森林"),
        ("lishu moshi shishenme", "梨树模式是什么"), ("li'shu mo'shi", "梨树模式"),
        # no words of the plan, or too short to be pinyin
        ("python", "python"), ("gdp增速", "gdp增速"), ("ppp", "ppp"), ("lishu xyz", "lishu xyz"),
        ("5g", "5g"), ("", ""),
    ],
)  # fmt: skip
def test_read(reader, typed, read):
    assert reader.read(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [("gdp lishu moshi", "gdp梨树模式"), ("lishu moshi gdp gaotie", "梨树模式gdp高铁"),
     ("2020 nian gdp", "2020年gdp"),
     ("nian gdp", "nian gdp"), ("gdp xyz lishu", "gdp xyz lishu")],
)  # fmt: skip
def test_latin_names_stand_between_pinyin(typed, read):
    words = PinyinReader(["梨树", "梨树模式", "高铁"], latin=["gdp"])
    assert words.read(typed) == read


def test_likelier_word_wins(reader):
    assert reader.read("gaotie") == "高铁"  # 高贴 comes later


@given(st.text(st.characters(exclude_categories=("Ll",)), max_size=40))
def test_without_letters_nothing_changes(reader, text):
    assert reader.read(text) == text


def test_whole_question_in_pinyin(ask):
    assert ask("senlin fugailv mubiao").value == "45.8%"
