"""The outline: chapters with whole titles, sections, postscript."""

import re

import pytest

from ingest.numerals import chinese_numeral
from ingest.plan import Box, Paragraph

# Read in the source by eye: a title goes on over lines that look like body text.
CHAPTERS = [
    "全面建成小康社会 加快振兴突破步伐 开启全面建设社会主义现代化新征程",
    "发挥科教优势 深入实施创新驱动战略 构筑振兴发展强大动力",
    "提升产业基础能力 推进制造业升级 发展壮大实体经济",
    "大力发展寒地冰雪经济 推进服务业转型提质 培育壮大新动能",
    "扛稳维护国家粮食安全重任 全面推进乡村振兴 加快农业农村现代化",
    "强化投资消费双轮驱动 深化项目建设 持续扩大内需",
    "深化体制机制改革 优化营商环境 增强市场主体活力",
    "优化国土空间格局 统筹区域协调发展 加快新型城镇化建设",
    "传承红色基因 建设文化强省 增强发展软实力",
    "巩固绿色发展优势 加强生态环境治理 加快建设美丽吉林",
    "拓展合作空间 加快长吉图开发开放 深度融入“一带一路”",
    "实施新基建“761”工程 完善现代基础设施体系 提升振兴发展支撑能力",
    "加强社会事业建设 推进公共服务均等化 促进人的全面发展",
    "努力扩大就业 增加居民收入 提高人民福祉",
    "统筹发展和安全 推进社会治理现代化 建设更高水平平安吉林法治吉林",
    "强化实施保障 奋力实现“十四五”规划和2035年远景目标",
]
SECTIONS = [4, 6, 5, 5, 8, 3, 6, 4, 3, 5, 4, 6, 5, 3, 5, 4]


def test_counts(plan):
    assert len(plan.chapters) == 16
    assert sum(1 for _, section in plan.sections() if section.number) == 76
    assert len(list(plan.boxes())) == 47
    assert len(plan.terms) == 50
    assert plan.pages_total == 152


def test_chapter_titles_are_whole(plan):
    assert [chapter.title for chapter in plan.chapters] == CHAPTERS
    assert [chapter.number for chapter in plan.chapters] == list(range(1, 17))


def test_sections_are_numbered_anew_in_each_chapter(plan):
    for chapter, count in zip(plan.chapters, SECTIONS, strict=True):
        assert [s.number for s in chapter.sections if s.number] == list(range(1, count + 1))


def test_section_titles_are_those_printed(plan, raw):
    wide = str.maketrans("１２３４５６７", "1234567")
    printed = re.findall(r"^ ?第([一二三四五六七八九十]+)节　(.+)$", raw, re.M)
    assert len(printed) == 76
    found = [(chinese_numeral(s.number), s.title) for _, s in plan.sections() if s.number]
    assert found == [(number, re.sub(r"\s", "", title).translate(wide)) for number, title in printed]


def test_every_chapter_but_the_first_has_an_introduction(plan):
    introductions = [chapter.number for chapter in plan.chapters if chapter.sections[0].number == 0]
    assert introductions == list(range(2, 17))


def test_introduction_starts_where_the_title_ends(plan):
    first = {chapter.number: chapter.sections[0].blocks[0] for chapter in plan.chapters}
    assert plan.slice(first[4].span).startswith("坚持生活性服务业品质化、生产性服务业融合化发展方向，")
    assert plan.slice(first[11].span).startswith("发挥沿边近海优势，扩大国内合作，")
    assert plan.slice(first[16].span).endswith("将规划蓝图转为发展实效。")


def test_box_10_stands_in_the_introduction_of_chapter_4(plan):
    chapter, section, box = next(entry for entry in plan.boxes() if entry[2].number == 10)
    assert (chapter.number, section.number) == (4, 0)
    assert box in section.blocks


def test_title_preamble_and_postscript(plan):
    assert plan.title == "吉林省国民经济和社会发展第十四个五年（2021—2025年）规划和2035年远景目标纲要"
    assert len(plan.preamble) == 1
    assert plan.slice(plan.preamble[0].span).endswith("是全省各族人民共同的行动纲领。")
    assert len(plan.postscript) == 11
    assert [plan.slice(p.span) for p in plan.postscript[-2:]] == ["吉林省“十四五”规划编制组", "2021年3月"]
    assert [plan.slice(span) for span in plan.headings] == ["名词解释", "后记"]


@pytest.mark.parametrize("kind", [Paragraph, Box])
def test_blocks_stand_in_reading_order(plan, kind):
    starts = [b.span.start for _, s in plan.sections() for b in s.blocks if isinstance(b, kind)]
    assert starts == sorted(starts)


def test_plan_is_quoted_with_its_own_slips(plan):
    assert "“双环网”是指两个环装电网" in plan.text  # 环装 for 环状: as printed
