"""Decimal points: each of the 107 U+E010 of the source is accounted for, and nothing else is private."""

import re
from collections import Counter

import pytest

from ingest.characters import narrow, private_use, squeeze

MARK = "\ue010"
# Read in the source by eye, with the unit or the words around them.
QUOTED = [
    "人才政策2.0版",
    "长春TNGA2.5L发动机",
    "恢复建设由松江河国家森林公园至长白山西景区山门的44.43公里铁轨线路",
    "农田灌溉水有效利用系数达到0.61",
    "2025年农村电网供电可靠率达到99.8%",
    "“个转企”企业新增2.5万户",
    "全省非化石能源消费比重提高到12.5%",
    "治理河道8.8公里",
    "森林覆盖率达到45.8%，草原综合植被盖度稳定在72.3%",
    "治理河道27.3千米，拓宽堤防50.6千米，新建堤顶路50.6千米、护岸54.6千米",
    "新改建公路10.6公里",
    "新建174米桥梁和0.5公里引道",
    "总投资7.8亿元，全长18.9公里",
    "总投资36.6亿元，建设274.5公里输水线路",
    "年引水量约4.15亿立方米",
    "年设计发电量20.1亿千瓦时，额定水头389米",
    "近期供气规模3.4229亿立方米/年，远期供气规模22.0607亿立方米/年",
    "供气规模近期1.05亿立方米/年，远期5.8亿立方米/年",
    "设计库容量11.21亿立方米，工作气量5.12亿立方米",
    "核心区面积约5.11万平方公里",
    "面积23.18万平方公里",
    "面积93.8万平方公里",
]


@pytest.fixture(scope="module")
def marks(raw):
    """Each mark with the digits (or what else stands there) before and after it."""
    text = narrow(raw)  # justified lines have no space inside a number, and cells need theirs
    return [
        (re.search(r"\d*$", text[max(0, m.start() - 12) : m.start()]).group(),
         re.match(r"\d*", text[m.end() : m.end() + 12]).group(), squeeze(text[m.end() : m.end() + 20])[:6])
        for m in re.finditer(MARK, text)
    ]  # fmt: skip


def test_the_source_has_107_marks(marks, raw):
    assert len(marks) == 107
    assert raw.count("\ue011") == 1


def test_every_mark_is_accounted_for(marks, plan):
    locants = [mark for mark in marks if mark[2].startswith("4-丁二醇")]
    assert len(locants) == 1
    assert "50万吨1,4-丁二醇、" in plan.text
    numbers = [m for m in marks if m not in locants and is_entry(m, plan)]
    assert len(numbers) == 50
    decimals = Counter(f"{a}.{b}" for a, b, after in marks if (a, b, after) not in [*locants, *numbers])
    assert sum(decimals.values()) == 56
    assert Counter(re.findall(r"\d+\.\d+", plan.text)) == decimals


def is_entry(mark, plan):
    number, _, after = mark
    return any(str(t.number) == number and squeeze(f"{t.name}：").startswith(after[:2]) for t in plan.terms)


@pytest.mark.parametrize("quoted", QUOTED)
def test_known_decimals(passages, quoted):
    assert [node for node in passages if quoted in node.text]


def test_mends_are_recorded_where_they_stand(plan):
    assert len(plan.mends) == 57
    assert {plan.text[mend.position] for mend in plan.mends} == {".", ","}
    assert {mend.was for mend in plan.mends} == {MARK}
    for mend in plan.mends:
        assert plan.text[mend.position - 1].isdigit()
        assert plan.text[mend.position + 1].isdigit()


def test_no_private_use_character_is_left(plan, passages):
    assert private_use(plan.text) == []
    for node in passages:
        assert private_use(node.text) == []
        assert private_use(node.get_content("all")) == []


def test_growth_is_not_65_percent(plan):
    """The mark is invisible in most fonts: a pipeline that drops it makes 6.5% into 65%."""
    table = plan.indicator_table()[2]
    assert table.indicators[0].annual_or_total == "6.5"
    assert "65%" not in plan.text.replace("65%以上", "")
