"""Indicators: the value first, the row as a table, lists by 属性 and category, differences."""

import csv
import re

import pytest

from tests.conftest import DATA

BOLD = re.compile(r"^\*\*(.+?)\*\*", re.M)
TABLE_ROW = re.compile(r"^\| (?!指标|---)(.+?)（", re.M)


@pytest.fixture(scope="module")
def rows():
    """The table 主要指标 as typed by hand from the source."""
    with (DATA / "indicators.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize(
    ("question", "number", "value"),
    [
        ("2025年人均预期寿命目标是多少", 13, "78.5岁"),
        ("2020年人均预期寿命是多少", 13, "78岁"),
        ("2020年基本养老保险参保率是多少", 11, "90%"),
        ("二〇二五年基本养老保险参保率", 11, "95%"),
        ("受教育年限目标", 9, "11.1年"),
        ("失业率控制在多少", 8, "≤6%"),
        ("每千人口3岁以下婴幼儿托位数2025年达到多少", 12, "4.5个"),
        ("2025年能源综合生产能力目标", 21, "3976万吨标准煤"),
        ("吉林的城镇化率目标", 3, "65%"),
        ("城市化率2025", 3, "65%"),
        ("GDP年均增长目标", 1, "6.5%"),
        ("地表水达到或好于Ⅲ类水体比例2025年目标", 17, "待国家下达"),
        ("单位GDP能耗降低多少", 14, "〔待国家下达〕"),
    ],
)  # fmt: skip
def test_value_first(ask, question, number, value):
    answer = ask(question)
    assert answer.status == "answered"
    assert answer.value == value
    assert BOLD.search(answer.text).group(1) == value
    first = answer.citations[0]
    assert (first.kind, first.chapter, first.section, first.pages) == ("indicator", 1, 4, (10,))
    assert first.place.startswith(f"第一章第四节 · 主要指标{number} · 第10页")
    assert answer.text.index("**") < answer.text.index("|")


@pytest.mark.parametrize(
    ("question", "number", "value"),
    [("经济每年得长多少", 1, "6.5%"), ("GDP往后几年一年涨几个点", 1, "6.5%"),
     ("2020 nian GDP zengzhang duoshao", 1, "2.4%"),
     ("人均劳动创造的产值每年增几个点", 2, ">6.5%"), ("城里人口占比2025能到几成", 3, "65%"),
     ("搞科研投的钱每年涨多少", 4, ">8%"), ("每万人口有几件值钱专利", 5, "3.64件"),
     ("数字产业占GDP几成", 6, "10%"),
     ("农民挣的钱增长目标", 7, "高于经济增长"), ("失业的人控制在百分之几", 8, "≤6%"),
     ("大伙平均念多少年书", 9, "11.1年"),
     ("一千人配几个大夫", 10, "3.2人"), ("上养老保险的人到2025占多少", 11, "95%"),
     ("三岁以下孩子一千人有几个托位", 12, "4.5个"),
     ("人能活多少岁", 13, "78.5岁"), ("每单位GDP的能耗降多少", 14, "〔待国家下达〕"),
     ("碳排放要降几个点", 15, "〔待国家下达〕"),
     ("好天儿一年占几成", 16, "90%"), ("20年空气优良的天数占多少", 16, "89.8%"),
     ("三类以上好水占多少", 17, "待国家下达"),
     ("林子覆盖全省多少", 18, "45.8%"), ("粮食一年能打多少亿斤", 19, "800亿斤"),
     ("黑土地要护住多少亩", 20, "3000万亩"),
     ("能源一共能生产多少万吨标准煤", 21, "3976万吨标准煤")],
)  # fmt: skip
def test_everyday_words(ask, question, number, value):
    answer = ask(question)
    assert answer.value == value
    assert answer.citations[0].place.startswith(f"第一章第四节 · 主要指标{number} ·")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("能源综合生产能力都包括哪几种能源", "煤炭、石油、天然气、非化石能源"),
        ("主要指标表里的〔〕是什么意思", "〔〕内为5年累计数"),
    ],
)
def test_notes_under_the_table(ask, question, told):
    answer = ask(question)
    assert told in answer.text
    assert len(answer.citations) == 1


@pytest.mark.parametrize("question", ["如何提高城镇化率", "森林覆盖率靠什么措施提高", "怎么提高粮食产能"])
def test_how_is_not_told_by_the_table(ask, question):
    assert "| 指标 |" not in ask(question).text


def test_halves_of_a_row_are_compared(ask):
    line = ask("2020年农民收入增速比城里人高几个点").text.split("\n")[0]
    assert line.startswith("相差**4.2个百分点**：农村常住居民2020年预计7.6% − 城镇常住居民2020年预计3.4% =")


@pytest.mark.parametrize(
    ("question", "attribute"),
    [("养老保险参保率是什么属性", "预期性"), ("森林覆盖率是约束性指标吗", "约束性"),
     ("粮食综合生产能力是预期性还是约束性", "约束性"), ("人均预期寿命是约束性的吗", "预期性")],
)  # fmt: skip
def test_attribute(ask, question, attribute):
    assert ask(question).value == attribute


@pytest.mark.parametrize(
    ("question", "before", "after", "difference"),
    [("常住人口城镇化率比2020年提高多少", "60%", "65%", "5个百分点"),
     ("每千人口执业医师数比2020年提高多少", "2.9人", "3.2人", "0.3人"),
     ("人均预期寿命要提高多少", "78岁", "78.5岁", "0.5岁"),
     ("森林覆盖率五年提高多少个百分点", "45%", "45.8%", "0.8个百分点"),
     ("典型黑土地保护面积增加多少", "1600万亩", "3000万亩", "1400万亩")],
)  # fmt: skip
def test_difference_is_shown_with_its_numbers(ask, question, before, after, difference):
    text = ask(question).text
    line = next(line for line in text.split("\n") if "相差" in line)
    assert before in line
    assert after in line
    assert f"相差**{difference}**" in line


@pytest.mark.parametrize("attribute", ["约束性", "预期性"])
@pytest.mark.parametrize("question", ["哪些指标是{}的", "有哪些{}指标", "{}指标有几个"])
def test_by_attribute(ask, rows, question, attribute):
    assert _numbers(ask(question.format(attribute))) == _wanted(rows, attribute=attribute)


@pytest.mark.parametrize("category", ["经济发展", "创新驱动", "民生福祉", "绿色生态", "安全保障"])
def test_by_category(ask, rows, category):
    assert _numbers(ask(f"{category}类有哪些指标")) == _wanted(rows, category=category)


def test_by_category_and_attribute(ask, rows):
    numbers = _numbers(ask("绿色生态类的约束性指标有哪些"))
    assert numbers == _wanted(rows, attribute="约束性", category="绿色生态")


def test_whole_table(ask, rows):
    assert _numbers(ask("主要指标有哪些")) == {int(row["number"]) for row in rows}


def test_row_of_two_lines_shows_both(ask):
    text = ask("城乡居民人均可支配收入增长目标").text
    assert "与经济增长同步" in text
    assert "高于经济增长" in text


def test_table_and_text_together(ask):
    answer = ask("2025年森林覆盖率目标")
    table, text = answer.citations[0], answer.citations[-1]
    assert table.kind == "indicator"
    assert (text.kind, text.chapter, text.section) == ("paragraph", 10, 3)
    assert "45.8%" in text.quote


@pytest.mark.parametrize("typed", ["百分之四十五点八", "45.8%", "45.8％", "４５.８％", "四十五点八"])
def test_figure_in_any_spelling_finds_its_row(ask, typed):
    answer = ask(f"{typed}是哪个指标的目标")
    assert "森林覆盖率" in answer.citations[0].quote
    assert "45.8" in answer.citations[0].quote


@pytest.mark.parametrize(
    ("name", "numbers"), [("森林覆盖率", {18}), ("人均可支配收入", {7}), ("预期寿命", {13})]
)
def test_look_up(engine, name, numbers):
    assert {row.number for row in engine.indicators(name)} == numbers


def test_look_up_of_nothing(engine):
    assert engine.indicators("蓝天指数") == ()


def _numbers(answer):
    """The numbers of the rows cited; each must have its line in the table shown."""
    places = [re.search(r"主要指标(\d+)", citation.place) for citation in answer.citations]
    assert len(TABLE_ROW.findall(answer.text)) == len([place for place in places if place]) + (
        "城镇常住" in answer.text and "农村常住" in answer.text
    )
    return {int(place[1]) for place in places if place}


def _wanted(rows, **cells):
    return {int(row["number"]) for row in rows if all(row[name] == value for name, value in cells.items())}
