"""Characters: each mend keeps the meaning, and where it is promised the length."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.characters import close_up, join_lines, mend_decimals, narrow, private_use, squeeze

MARK = "\ue010"
PLAN_TEXT = st.text(
    "吉林省年０１２９ＡＺａｚ％＋－／＆＞． 　，。：“”（）" + MARK + "\ue011Ш○〇", max_size=40
)


def test_narrow_examples():
    assert narrow("４５％，ＧＤＰ＋５Ｇ／ＡＩ") == "45%，GDP+5G/AI"
    assert narrow("Ш类水体") == "Ⅲ类水体"
    assert narrow("二○三五年") == narrow("二〇三五年") == "二〇三五年"


@given(st.text() | PLAN_TEXT)
def test_narrow_keeps_the_length_and_is_final(text):
    narrowed = narrow(text)
    assert len(narrowed) == len(text)
    assert narrow(narrowed) == narrowed


@given(PLAN_TEXT)
def test_narrow_changes_no_meaning(text):
    # Unicode's own compatibility forms are the independent oracle; Chinese punctuation is left as printed.
    keep = "，。：“”（）　Ш○〇Ⅲ"
    assert [c for c in narrow(text) if c not in keep] == [
        unicodedata.normalize("NFKC", c) for c in text if c not in keep
    ]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_mark_between_digits_becomes_a_point(whole, part):
    assert mend_decimals(f"达到{whole}{MARK}{part}%") == f"达到{whole}.{part}%"


@pytest.mark.parametrize("name", ["丁二醇", "二氯苯"])
def test_mark_between_locants_becomes_a_comma(name):
    assert mend_decimals(f"50万吨1{MARK}4-{name}、60万吨") == f"50万吨1,4-{name}、60万吨"


def test_mark_between_digits_and_a_minus_is_no_locant():
    assert mend_decimals(f"降低1{MARK}5-2{MARK}5度") == "降低1.5-2.5度"


@given(PLAN_TEXT)
def test_mend_keeps_length_and_hides_no_mark(text):
    mended = mend_decimals(text)
    assert len(mended) == len(text)
    for i in private_use(text):
        digit_before = i > 0 and text[i - 1].isdecimal()
        digit_after = i + 1 < len(text) and text[i + 1].isdecimal()
        assert (mended[i] == text[i]) == (text[i] != MARK or not (digit_before and digit_after))


@given(PLAN_TEXT)
def test_close_up_loses_only_spaces(text):
    text = narrow(text)
    closed = close_up(text)
    assert squeeze(closed) == squeeze(text)
    assert close_up(closed) == closed
    for i, char in enumerate(closed):
        if char.isspace():
            assert closed[i - 1].isascii()
            assert closed[i - 1].isalnum()
            assert closed[i + 1].isascii()
            assert closed[i + 1].isalnum()


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("开展前 沿 领 域 重 大", "开展前沿领域重大"),
        ("采取 “揭榜挂帅”", "采取“揭榜挂帅”"),
        ("彩色 Micro　LED显示", "彩色Micro LED显示"),
        ("NA TAXI", "NA TAXI"),
        (" 长春 ", "长春"),
        ("", ""),
    ],
)
def test_close_up_examples(printed, wanted):
    assert close_up(printed) == wanted


def test_join_lines():
    assert join_lines("（CHI\ue011", "NA TAXI）") == "（CHINA TAXI）"
    assert join_lines("超高清Micro ", "LED显示器") == "超高清Micro LED显示器"
    assert join_lines("产能达到1000亿", "元。") == "产能达到1000亿元。"
