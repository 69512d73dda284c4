"""Quantities are compared, subtracted and added exactly, and what a line works out is checked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quantities import difference, quantity_of, total, worked_out

AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=2)
UNITS = st.sampled_from(["亿元", "万元", "元"])


@pytest.mark.parametrize(
    ("printed", "value", "base"),
    [("超过1.5万亩", 15000, "亩"), ("5000公里以上", 5_000_000, "米"), ("496米", 496, "米"),
     ("45.8%", Decimal("45.8"), "%"),
     ("3976万吨标准煤", 39_760_000, "吨标准煤"), ("约23.18万平方公里", 231_800_000_000, "平方米"),
     ("10座", 10, "个"),
     ("1000万人以上", 10_000_000, "人"), ("350公里/小时", 350, "公里/小时"),
     ("2.5万亿元", 2_500_000_000_000, "元")],
)  # fmt: skip
def test_what_a_figure_amounts_to(printed, value, base):
    quantity = quantity_of(printed)
    assert (quantity.value, quantity.base) == (value, base)


@pytest.mark.parametrize("printed", ["", "若干公里", "8-10个", "10—15个"])
def test_ranges_and_words_are_no_quantity(printed):
    assert quantity_of(printed) is None


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [("496米", "387米", "109米"), ("1.2公里", "496米", "0.704公里"), ("1.2亿元", "5000万元", "0.7亿元"),
     ("65%", "60%", "5个百分点"), ("78.5岁", "78岁", "0.5岁"), ("387米", "496米", "109米")],
)  # fmt: skip
def test_difference(first, second, apart):
    assert str(difference(quantity_of(first), quantity_of(second))) == apart


def test_total_is_told_in_the_first_unit():
    assert str(total([quantity_of("1亿元"), quantity_of("2500万元"), quantity_of("0.25亿元")])) == "1.5亿元"


@pytest.mark.parametrize(
    ("line", "numbers"),
    [("相差109米：甲桥496米 − 乙桥387米 = 109米。", {"109"}),
     ("合计0.9亿元：甲0.4亿元 + 乙5000万元 = 0.9亿元。", {"0.9"}),
     ("相差108米：甲桥496米 − 乙桥387米 = 108米。", set()), ("合计8亿元：甲4亿元 + 乙5亿元 = 8亿元。", set()),
     ("相差109公里：甲桥496米 − 乙桥387米 = 109公里。", set()), ("甲3公里 − 乙2亿元 = 1公里。", set()),
     ("相差20亿元：500千伏30亿元 − 220千伏10亿元 = 20亿元。", {"20"}), ("全长109米。", set())],
)  # fmt: skip
def test_only_right_results_follow_from_a_line(line, numbers):
    assert worked_out(line) == numbers


@given(AMOUNTS, UNITS, AMOUNTS, UNITS)
def test_a_written_difference_is_always_found_right(a, unit_a, b, unit_b):
    first, second = quantity_of(f"{a}{unit_a}"), quantity_of(f"{b}{unit_b}")
    apart = difference(first, second)
    assert apart.value == abs(first.value - second.value)
    assert worked_out(f"相差{apart}：甲{first} − 乙{second} = {apart}。") == {f"{apart.number.normalize():f}"}


@given(st.lists(st.tuples(AMOUNTS, UNITS), min_size=2, max_size=5), st.integers(1, 9))
def test_a_wrong_sum_never_passes(parts, off):
    terms = [quantity_of(f"{amount}{unit}") for amount, unit in parts]
    wrong = terms[0].like(total(terms).value + off)
    line = f"合计{wrong}：{' + '.join(f'甲{term}' for term in terms)} = {wrong}。"
    assert worked_out(line) == set()
