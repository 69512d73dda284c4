"""Paragraphs: put together again from printed lines."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout import Line, read_layout
from ingest.paragraphs import ends_sentence, lead_of, split_paragraphs


def wrap(text, first=26, full=28):
    """Set a paragraph as it is printed: the first line set in by two characters."""
    lines = [text[:first]]
    lines += [text[i : i + full] for i in range(first, len(text), full)]
    return lines


# Sentences of a paragraph: a line may end with a stop only where the paragraph does, or the printed text
# itself would not tell where one ends.
words = st.text("吉林省加快推进建设全面提升", min_size=30, max_size=160)


@given(st.lists(words, min_size=1, max_size=6))
def test_wrapped_paragraphs_are_read_back(texts):
    paragraphs = [text + "。" for text in texts]
    lines = [line for paragraph in paragraphs for line in wrap(paragraph)]
    # A last line as wide as a first one of the next paragraph is decided by the stop alone.
    groups = split_paragraphs(read_layout("\n".join(lines)).lines)
    assert ["".join(line.text for line in group) for group in groups] == paragraphs


@given(st.lists(st.text("吉林，。：“” 　—；", min_size=1, max_size=45).filter(str.strip), max_size=12))
def test_no_line_is_lost_or_doubled(texts):
    lines = [Line(text, 1, number) for number, text in enumerate(texts, 1)]
    assert [line for group in split_paragraphs(lines) for line in group] == lines


def test_bullets_open_a_paragraph():
    lines = read_layout("———坚持系统观念。加强谋划。\n———坚持改革。深化改革。").lines
    assert len(split_paragraphs(lines)) == 2


def test_signature_lines_stand_alone():
    lines = read_layout("谨表示诚挚的感谢！\n吉林省规划编制组\n２０２１年３月").lines
    assert [group[0].text for group in split_paragraphs(lines)] == [
        "谨表示诚挚的感谢！", "吉林省规划编制组", "2021年3月"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("完成。", True),
        ("完成。”", True),
        ("完成！）", True),
        ("等领域", False),
        ("一是：", False),
        ("完成。 ", True),
    ],
)
def test_end_of_sentence(text, ends):
    assert ends_sentence(Line(text, 1, 1)) is ends


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("提高粮食生产能力。实施最严格的耕地保护制度。", "提高粮食生产能力"),
        ("———坚持系统观念。加强前瞻性思考。", "坚持系统观念"),
        (
            "推进传统产业强链延链、新兴产业补链建链。聚焦打造产业高地。",
            "推进传统产业强链延链、新兴产业补链建链",
        ),
        ("构建大水网，推进工程建设。实施改造。", None),
        ("提高粮食生产能力。", None),
        ("", None),
    ],
)
def test_lead(text, lead):
    assert lead_of(text) == lead


# Read in the source by eye: section, number of body paragraphs, leads in order.
LEADS = {
    (3, 2): ["医药健康产业", "化工产业", "装备制造产业", "电子信息产业", "冶金建材产业", "轻工纺织产业"],
    (3, 3): ["新材料产业", "新能源产业", "商用卫星产业", "通用航空产业", "未来产业"],
    (5, 1): ["提高粮食生产能力", "增强粮食储备调控能力"],
    (6, 3): ["挖掘消费潜力", "创新消费业态", "优化消费环境"],
    (7, 4): [
        "推进土地要素市场化配置",
        "推进劳动力要素市场化配置",
        "推进技术要素市场化配置",
        "推进数据要素市场化配置",
    ],
    (12, 1): ["提升铁路网", "完善覆盖城乡、内外通畅公路网", "优化布局民用机场网"],
    (15, 1): ["健全维护国家安全体制机制", "维护国防安全", "维护边境安全"],
}


@pytest.mark.parametrize("place", LEADS)
def test_leads_of_sections(plan, place):
    from ingest.plan import Paragraph

    section = next(s for chapter, s in plan.sections() if (chapter.number, s.number) == place)
    assert [block.lead for block in section.blocks if isinstance(block, Paragraph)] == LEADS[place]


def test_bullets_of_the_plan_keep_their_mark_and_lead(plan, raw):
    printed = re.findall(r"^ ?———([^。\n]+)。", raw, re.M)
    assert len(printed) == 13
    found = [
        block.lead
        for _, section in plan.sections()
        for block in section.blocks
        if plan.slice(block.span).startswith("———") and hasattr(block, "lead")
    ]
    assert found == [re.sub(r"\s", "", lead) for lead in printed]
