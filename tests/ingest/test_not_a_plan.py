"""What is no plan is said to be none, with what was looked for; no text crashes the reader."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.characters import private_use, squeeze
from ingest.errors import NotAPlanError
from ingest.passages import passages_of, plan_passages
from ingest.reader import read_plan

PLAN = "第一章　总则\n第一节　目标\n推进建设。\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["空"]),
        (" \n\u3000\n", ["空"]),
        ("会议纪要\n一、关于工作。\n", ["章标题", "节标题", "第一章", "2 行"]),
        ("第一章　总则\n推进建设。\n", ["节标题", "第一节"]),
        ("第一节　目标\n推进建设。\n", ["章标题", "第一章"]),
        ("第一章总则\n第一节目标\n推进建设。\n", ["章标题", "节标题", "空格"]),
        (PLAN + "第三章　保障\n", ["章的编号不连续", "第 4 行", "第三章　保障", "第2章"]),
        (PLAN + "第三节　布局\n推进。\n", ["节的编号不连续", "第 4 行", "第三节　布局", "第2节"]),
        (PLAN + "第二章　保障\n第二节　组织\n加强。\n", ["节的编号不连续", "第 5 行"]),
        (PLAN + "名词解释\n１．河长制是制度。\n", ["名词解释第 1 条", "冒号", "第 5 行"]),
        (PLAN + "名词解释\n河长制：是指制度。\n", ["名词解释", "1.词：解释", "第 5 行", "河长制"]),
        (PLAN + "名词解释\n", ["名词解释", "1.词：解释"]),
        (PLAN.replace("建设", "建\ue123设"), ["私用区字符", "1 个"]),
        (PLAN.replace("建设", "建\ue010设"), ["私用区字符"]),
    ],
)
def test_error_names_what_is_missing(text, names):
    with pytest.raises(NotAPlanError) as error:
        read_plan(text)
    for name in names:
        assert name in str(error.value)


def test_broken_row_of_the_table_is_named(small_source):
    text = small_source.read_text(encoding="utf-8").replace("２９０ ３００ ——— 约束性", "２９０ 约束性")
    with pytest.raises(NotAPlanError, match=r"主要指标表第 5 行无法识别.*粮食综合生产能力"):
        read_plan(text)


def test_other_documents_are_no_plan(passages):
    """The plan's own text without its headings is none."""
    with pytest.raises(NotAPlanError):
        plan_passages("\n".join(node.text for node in passages if node.metadata["kind"] == "paragraph"))


numbers = st.sampled_from("一二三四五六七八九十百〇零")
lines = (
    st.builds("第{}章　{}".format, numbers, st.text("总则目标，。：“”", max_size=6))
    | st.builds("第{}节　{}".format, numbers, st.text("总则目标，。：“”", max_size=6))
    | st.builds("专栏{}　{}".format, st.sampled_from("１２３９"), st.text("重点项目，。： ", max_size=8))
    | st.builds(
        "{}\ue010{}：{}".format, st.sampled_from("１２３"), st.text("词1", max_size=3), st.text("解。")
    )
    | st.sampled_from(
        [
            "名词解释",
            "主要指标",
            "类",
            "别",
            "序",
            "号",
            "经",
            "济",
            "１ 增长 （％） １ ２ ——— 预期性",
            "１ 增长",
            "预期性",
            "——— 约束性",
            "注：",
        ]
    )
    | st.sampled_from([" 后　记", "———", "—１—", "—０１—", " ", "\u3000\u3000"])
    | st.text("吉林省推进，。：；“”（）０１２％　 \ue010\ue011—", max_size=45)
    | st.text(max_size=10)
)


@given(st.lists(lines, max_size=25), st.booleans())
@example(["第二章　保障"], True)  # a chapter without sections
@example(["专栏１　项目"], True)  # a box without items
@example(["专栏１　项目", "园区：建设。", "专栏１　项目", "园区：建设。"], True)  # a number given twice
@example(["名词解释", "１\ue010词：解释。", " 后　记"], True)  # a postscript without text
def test_no_text_crashes_the_reader(drawn, good_start):
    """Any lines, in any order, give a plan whose passages are verbatim and cover it, or a `NotAPlanError`."""
    text = (PLAN if good_start else "") + "\n".join(drawn)
    try:
        plan = read_plan(text)
    except NotAPlanError:
        return
    nodes = passages_of(plan)
    assert private_use(plan.text) == []
    assert squeeze("".join(node.text for node in nodes)) == squeeze(plan.text)
    assert all(plan.text[node.metadata["start"] : node.metadata["end"]] == node.text for node in nodes)
    assert len({node.node_id for node in nodes}) == len(nodes)
    assert list(plan.page_starts) == sorted(plan.page_starts)


@given(st.text(max_size=200))
def test_no_plain_text_is_a_plan(text):
    with pytest.raises(NotAPlanError):
        read_plan(text)
