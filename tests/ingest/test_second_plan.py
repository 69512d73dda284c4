"""A second, small plan in the same conventions, about a province that does not exist, is read as well."""

import pytest

from ingest.characters import private_use, squeeze
from ingest.passages import plan_passages
from ingest.plan import Box, IndicatorTable, Paragraph
from ingest.reader import read_plan


@pytest.fixture(scope="module")
def text(small_source):
    return small_source.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small(text):
    return read_plan(text)


@pytest.fixture(scope="module")
def nodes(text):
    return {node.node_id: node for node in plan_passages(text)}


def test_outline(small):
    assert small.title == "青河省国民经济和社会发展第十四个五年规划纲要"
    assert [(chapter.number, chapter.title) for chapter in small.chapters] == [
        (1, "开启现代化新征程 谱写青河发展新篇章 建设幸福青河"),
        (2, "建设现代产业体系"),
        (3, "保障和改善民生"),
    ]
    assert [(c.number, s.number, s.title) for c, s in small.sections()] == [
        (1, 1, "发展目标"),
        (1, 2, "发展布局"),
        (2, 0, ""),
        (2, 1, "做强优势产业"),
        (2, 2, "发展数字经济"),
        (3, 1, "扩大就业"),
        (3, 2, "办好人民满意的教育"),
    ]


def test_pages_agree_with_the_marks(small):
    assert small.pages_total == 13
    assert small.page_marks == ((3, 3), (13, 13))


def test_box_in_the_middle_of_a_section(small):
    section = small.chapters[1].sections[1]
    assert [type(block) for block in section.blocks] == [Paragraph, Paragraph, Box, Paragraph]
    box = section.blocks[2]
    assert (box.number, box.title) == (1, "优势产业重点项目")
    assert [item.name for item in box.items] == [
        "青河重型机械产业园", "东港乳品加工基地", "北岭“云谷”数据中心", "中医药健康产业创新专项"
    ]  # fmt: skip
    assert section.blocks[3].lead == "培育新兴产业"


def test_box_without_a_space_in_its_heading_runs_over_a_page(small, nodes):
    box = small.chapters[1].sections[2].blocks[1]
    assert (box.number, box.title, len(box.items)) == (2, "“数字青河”重点工程", 2)
    assert nodes["c02s02.b02.i01"].metadata["pages"] == "7,8"


def test_indicators(small):
    table = small.indicator_table()[2]
    assert isinstance(table, IndicatorTable)
    assert [
        (
            i.number,
            i.full_name,
            i.unit,
            i.expected_2020,
            i.target_2025,
            i.annual_or_total,
            i.attribute,
            i.category,
        )
        for i in table.indicators
    ] == [
        (1, "地区生产总值增长", "%", "3.1", None, "6.5", "预期性", "经济发展"),
        (2, "城镇居民人均可支配收入增长", "%", "4.2", None, "与经济增长同步", "预期性", "经济发展"),
        (2, "农村居民人均可支配收入增长", "%", "6.8", None, "高于经济增长", "预期性", "经济发展"),
        (3, "河流断面水质优良比例", "%", "82.5", "85", None, "约束性", "生态安全"),
        (4, "单位地区生产总值能耗降低", "%", None, None, "〔13.5〕", "约束性", "生态安全"),
        (5, "粮食综合生产能力", "亿斤", "290", "300", None, "约束性", "生态安全"),
    ]
    assert [small.slice(note.span) for note in table.notes] == ["注：〔〕内为5年累计数。"]


def test_table_without_notes_ends_with_its_last_row(text):
    """Body text that speaks of 约束性 indicators is no row of the table."""
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if "注：" in line)
    body = "到２０３０年，各项预期性和约束性指标全面完成，全省振兴发展取得更大的成就。"
    lines[at : at + 3] = [body[:26], body[26:]]
    section = read_plan("\n".join(lines)).chapters[0].sections[0]
    assert isinstance(section.blocks[-2], IndicatorTable)
    assert len(section.blocks[-2].indicators) == 6
    assert section.blocks[-2].notes == ()
    assert isinstance(section.blocks[-1], Paragraph)


def test_glossary(small):
    assert [(term.number, term.name, term.aliases) for term in small.terms] == [
        (1, "河长制", ()),
        (2, "“一河两岸”布局", ("一河两岸布局", "一河两岸")),
        (3, "1+2+N合作", ("1+2+N",)),
        (4, "“云谷”计划", ("云谷计划", "云谷")),
    ]
    assert small.terms[1].definition.endswith("一是上游生态区，二是中游制造区，三是下游港口区。")
    assert small.terms[2].definition.endswith("流域面积3.5万平方公里。")


def test_characters(small, nodes):
    assert private_use(small.text) == []
    assert "森林覆盖率达到38.5%" in nodes["c01s01.p01"].text
    assert "推动1,4-丁二醇等化工新材料" in nodes["c02s01.p03"].text
    assert "装备制造和Micro LED显示产业" in nodes["c01s02.p01"].text
    assert "加快建设制造强省、质量强省" in nodes["c02s00.p01"].text
    assert nodes["c02s01.p02"].metadata["pages"] == "5,6"
    assert "产业规模达到1000亿元。" in nodes["c02s01.p01"].text
    assert [mend.was for mend in small.mends] == ["\ue010"] * 13


def test_passages_cover_it_once(small, nodes):
    assert squeeze("".join(node.text for node in nodes.values())) == squeeze(small.text)
    for node in nodes.values():
        assert small.text[node.metadata["start"] : node.metadata["end"]] == node.text
    assert nodes["c02s01.b01.i03"].metadata["place"] == "第二章第一节 · 专栏1 · 第6页"


def test_plan_without_glossary_postscript_or_table():
    plan = read_plan("第一章　总则\n第一节　目标\n推进建设。\n第二章　保障\n第一节　组织\n加强领导。\n")
    assert plan.terms == ()
    assert plan.postscript == ()
    assert plan.indicator_table() is None
    assert plan.title == "规划"
    assert plan.pages_total == 1


def test_glossary_without_postscript(text):
    plan = read_plan(text[: text.index(" 后　　记")])
    assert len(plan.terms) == 4
    assert plan.postscript == ()


def test_windows_line_ends_are_the_same(text, small):
    assert read_plan(text.replace("\n", "\r\n")).text == small.text


def test_text_without_blank_lines_is_the_same(text, small):
    assert read_plan("\n".join(line for line in text.split("\n") if line.strip())).text == small.text
