"""Chinese numerals: there and back again."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.numerals import arabic, chinese_numeral, chinese_value


@given(st.integers(1, 999))
def test_numeral_round_trip(value):
    assert chinese_value(chinese_numeral(value)) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十六", 16), ("一百零二", 102), ("一百二十", 120), ("八百亿", 800 * 10**8), ("两千", 2000),
     ("二〇二五", 2025), ("三万五千", 35_000), ("一亿三千万", 130_000_000), ("四十五点八", Decimal("45.8")),
     ("零点六一", Decimal("0.61")), ("〇", 0)],
)  # fmt: skip
def test_values(numeral, value):
    assert chinese_value(numeral) == value


@given(st.integers(1, 999), st.integers(0, 99))
def test_decimal_round_trip(whole, part):
    digits = "".join("零一二三四五六七八九"[int(digit)] for digit in f"{part:02}")
    assert chinese_value(f"{chinese_numeral(whole)}点{digits}") == Decimal(f"{whole}.{part:02}")


@pytest.mark.parametrize("text", ["", "吉林", "三吉", "十点", "点五", "一点十", "3"])
def test_no_numeral(text):
    if text == "十点":
        assert chinese_value(text) == 10  # an empty fraction is none
        return
    with pytest.raises(ValueError, match="not a Chinese numeral"):
        chinese_value(text)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("百分之四十五点八", "45.8%"),
        ("百分之45.8", "45.8%"),
        ("二〇二五年", "2025年"),
        ("二零三五年的目标", "2035年的目标"),
        ("八百亿斤", "800亿斤"),
        ("一百五十二页", "152页"),
        ("三区四屏", "三区四屏"),
        ("六个回归", "六个回归"),
        ("一主六双", "一主六双"),
        ("十四五", "十四五"),
        ("梨树模式", "梨树模式"),
    ],
)
def test_quantities_become_digits_and_names_stay(said, written):
    assert arabic(said) == written


@given(st.text("零〇一二三四五六七八九十百千万亿两点百分之年0123456789.%吉林", max_size=20))
def test_never_fails(text):
    assert isinstance(arabic(text), str)


@given(st.text("吉林省规划0123456789.%，。年", max_size=30))
def test_text_without_numerals_stays(text):
    assert arabic(text) == text
