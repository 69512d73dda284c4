"""Exact keys: what a question names outright."""

import pytest

from bot.keys import KeyIndex


@pytest.fixture(scope="module")
def keys(index):
    return KeyIndex(index)


@pytest.fixture(scope="module")
def find(keys, engine):
    def found(text):
        question = engine.reader.read(text)
        return keys.find(question.text, question.box, question.content)

    return found


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("证照分离和照后减证有什么区别", [24, 25]), ("照后减证和证照分离", [25, 24]), ("1+N+X合作", [34]),
        ("西部生态经济带", [29]), ("东北东部绿色经济带", [28]), ("没有名词", []), ("PPP", [22]), ("3112", []),
    ],
)  # fmt: skip
def test_terms_in_the_order_they_stand(find, text, terms):
    assert [term.number for term in find(text).terms] == terms


def test_longer_name_covers_the_shorter_one_in_it(find):
    assert [row.number for row in find("单位地区生产总值二氧化碳排放降低多少").indicators] == [15]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("GDP年均增长多少", [1]), ("天灾损失占GDP控制在多少", []), ("单位GDP生产安全死亡率降多少", []),
        ("单位GDP能耗降多少", [14]), ("数字经济核心产业增加值占GDP多少", [6]),
    ],
)  # fmt: skip
def test_gdp_as_a_measure_is_no_indicator(find, text, rows):
    assert [row.number for row in find(text).indicators] == rows


def test_slip_is_told(find):
    assert find("梨数模式").slip == "梨树模式"
    assert find("梨树模式").slip is None


@pytest.mark.parametrize(
    "text",
    [
        "模式创新", "树立模范", "", "完全是另一回事", "树模",
        "重大工程用地谁保障",  # words of the plan's own, one character from 十大工程
        "地方经济咋扶持", "清单里的大工程",
    ],
)  # fmt: skip
def test_what_is_no_slip(find, text):
    assert find(text).slip is None


def test_box_by_title_and_number(find):
    assert [box.number for box in find("重点铁路项目").boxes] == [34]
    assert [box.number for box in find("专栏34").boxes] == [34]
    assert find("专栏99").boxes == ()


def test_item_by_name(find):
    assert find("敦化至白河铁路投资").items
    assert find("迁建延吉军民合用机场").items


def test_named_number(find):
    assert find("六个回归是什么").numbers == ("六个回归",)
    assert find("十四五").numbers == ()


def test_share_that_names_the_indicator(find):
    whole = find("每千人口执业医师数").indicator_share
    part = find("城镇化率提高对农村小学撤并和寄宿学校的影响").indicator_share
    assert whole > 0.9 > 0.5 > part
