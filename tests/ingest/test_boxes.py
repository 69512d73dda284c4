"""The 47 boxes against a table read in the source by eye: items, and what follows a box."""

import csv
import re

import pytest

from ingest.plan import Box, Paragraph
from tests.conftest import DATA

with (DATA / "boxes.tsv").open(encoding="utf-8") as file:
    BOXES = list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def boxes(plan):
    return {box.number: (chapter, section, box) for chapter, section, box in plan.boxes()}


def following(plan, chapter, section, box):
    """What stands after a box: body text of its section, or the heading that comes next."""
    at = section.blocks.index(box) + 1
    if at < len(section.blocks):
        block = section.blocks[at]
        assert isinstance(block, Paragraph)
        return "body", plan.slice(block.span)
    if section is not chapter.sections[-1]:
        return "section", next(s.title for s in chapter.sections if s.number == section.number + 1)
    return "chapter", plan.chapters[chapter.number].title


def test_boxes_run_from_1_to_47(plan):
    assert [box.number for _, _, box in plan.boxes()] == list(range(1, 48))
    assert len(BOXES) == 47


@pytest.mark.parametrize("wanted", BOXES, ids=lambda row: row["number"])
def test_box(plan, boxes, wanted):
    chapter, section, box = boxes[int(wanted["number"])]
    assert box.title == wanted["title"]
    assert len(box.items) == int(wanted["items"])
    assert box.items[0].name == wanted["first"]
    assert box.items[-1].name == wanted["last"]
    then, text = following(plan, chapter, section, box)
    assert then == wanted["then"]
    assert text.startswith(wanted["text"])


def test_boxes_stand_in_the_section_printed_above_them(boxes, raw):
    chapter = section = 0
    numbers = "一二三四五六七八九十"
    for line in raw.split("\n"):
        if re.match(r" ?第[一二三四五六七八九十]+章　", line):
            chapter, section = chapter + 1, 0
        elif re.match(r" ?第[一二三四五六七八九十]节　", line):
            section = numbers.index(line.strip()[1]) + 1
        elif match := re.match(r" ?专栏([０-９]+)", line):
            found = boxes[int(match.group(1))]
            assert (found[0].number, found[1].number) == (chapter, section), match.group()


def test_every_item_is_a_whole_one(plan):
    """An item begins with its name and ends with a stop, but for the one the plan prints without."""
    for _, _, box in plan.boxes():
        for item in box.items:
            text = plan.slice(item.span)
            assert text.startswith(item.name)
            assert text[len(item.name)] in "：。"
            assert text.endswith("。") or item.name == "发光学及应用国家重点实验室", text[-20:]
            assert "专栏" not in text


def test_items_hold_nothing_of_the_body(plan):
    leads = {p.lead for _, s in plan.sections() for p in s.blocks if isinstance(p, Paragraph) and p.lead}
    for _, _, box in plan.boxes():
        for item in box.items:
            text = plan.slice(item.span)
            assert not [lead for lead in leads if f"。{lead}。" in text], item.name


def item(plan, boxes, number, name):
    box = boxes[number][2]
    return plan.slice(next(i.span for i in box.items if i.name == name))


def test_title_without_its_space(boxes):
    assert boxes[9][2].title == "“数字经济”重点项目"


def test_name_without_its_colon(plan, boxes):
    text = item(plan, boxes, 2, "中医药健康产业创新专项")
    assert text.startswith("中医药健康产业创新专项。重点开展道地名中药材生态种植（养殖）技术体系构建")
    assert text.endswith("中医药健康服务业关键技术与模式研究。")


def test_item_without_its_stop(plan, boxes):
    assert item(plan, boxes, 3, "发光学及应用国家重点实验室").endswith("中红外发光与探测等领域")
    assert item(plan, boxes, 3, "省部共建空间目标光电探测技术与应用国家重点实验室").endswith(
        "关键共性技术问题。"
    )


def test_item_that_begins_in_the_middle_of_a_line(plan, boxes):
    assert item(plan, boxes, 30, "吉林梓楗矿渣综合利用") == (
        "吉林梓楗矿渣综合利用：生产无机微晶、岩棉制品、装配式新型墙体材料及板材。"
    )
    assert item(plan, boxes, 30, "永吉钼尾矿综合利用").endswith("配套建设铁路工业站等附属设施。")


def test_name_that_runs_over_a_line(plan, boxes):
    name = "吉林（中国-新加坡）食品区（以下简称中新吉林食品区）农产品冷链物流及交易博览产业园"
    assert item(plan, boxes, 13, name).endswith("展示交易等设施。")


@pytest.mark.parametrize(
    ("number", "name", "ending"),
    [
        (7, "大安己二腈基地", "建设年产20万吨己二腈生产装置。"),  # a whole short item looks like body text
        (17, "德惠亿只肉鸡加工", "建设2条肉鸡屠宰加工线。"),
        (32, "长白口岸一级公路桥", "新建174米桥梁和0.5公里引道。"),
        (34, "沈阳至白河高铁", "省段投资367亿元，全长255公里，设计车速350公里/小时。"),
        (
            35,
            "延长高速公路",
            "续建烟筒山至长春段，投资83亿元，路线全长92公里。",
        ),  # its text holds further colons
        (22, "社会信用“536”体系建设行动", "诚信教育和宣传6个全覆盖。"),
        (36, "迁建延吉军民合用机场", "包括一条长2800米、宽50米的跑道等。"),
        (41, "高等教育内涵发展工程", "重点建设一批“省级研究生工作站”。"),
        (44, "终身职业技能培训制度", "培训城乡劳动者100万人次。"),
    ],
)
def test_item_ends_where_it_is_printed_to_end(plan, boxes, number, name, ending):
    assert item(plan, boxes, number, name).endswith(ending)


def test_two_boxes_in_one_section(plan):
    several = [
        (chapter.number, section.number, [b.number for b in section.blocks if isinstance(b, Box)])
        for chapter, section in plan.sections()
        if sum(isinstance(b, Box) for b in section.blocks) > 1
    ]
    assert several == [(2, 1, [1, 2, 3]), (5, 4, [17, 18]), (10, 3, [28, 29]), (12, 1, [34, 35, 36])]
