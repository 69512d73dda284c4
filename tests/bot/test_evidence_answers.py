"""Numbers, projects, policies, yes and no: the asked figure first, then the few sentences that answer."""

import re

import pytest

FIGURES = [
    # question, the figure, words of the sentence it stands in, where that is
    ("普通省道二级以上公路比重达到多少", "70%", "普通省道", (12, 1, None)),
    ("高速公路通车里程到2025年达到多少公里", "5000公里", "高速公路通车里程", (12, 1, None)),
    ("新改建农村公路多少公里", "1万公里", "农村公路", (12, 1, None)),
    ("新增城镇供水能力多少", "2亿立方米", "城镇供水能力", (12, 2, None)),
    ("注册青年志愿者要达到多少人", "60万人", "青年志愿者", (13, 5, None)),
    # fields of projects in a 专栏
    ("敦化至白河铁路总投资多少", "139亿元", "敦化至白河铁路", (12, 1, 34)),
    ("敦化至白河铁路全长多少公里", "113公里", "敦化至白河铁路", (12, 1, 34)),
    ("沈阳至白河高铁设计时速多少", "350公里/小时", "沈阳至白河高铁", (12, 1, 34)),
    ("长图线扩能改造花多少钱", "245亿元", "长图线", (12, 1, 34)),
    ("迁建延吉军民合用机场花多少钱", "62亿元", "延吉", (12, 1, 36)),
    ("通化抽水蓄能电站装机容量多大", "80万千瓦", "通化抽水蓄能", (12, 3, 38)),
    ("长岭双坨子储气库库容多少", "11.21亿立方米", "双坨子", (12, 4, 39)),
    ("年均自然灾害直接经济损失占GDP的比例多少", "不超过1%", "自然灾害直接经济损失", (15, 3, None)),
    ("辉临高速公路白山至临江多长", "42公里", "辉临高速", (12, 1, 35)),
]


@pytest.mark.parametrize(("question", "figure", "words", "where"), FIGURES)
def test_figure_first_and_bold(ask, question, figure, words, where):
    answer = ask(question)
    assert answer.status == "answered"
    # What qualifies a figure (不少于, 以上) may stand with it.
    assert re.match(rf"\*\*[^*\d]*{re.escape(figure)}[^*\d]*\*\*\[1\]", answer.text)
    assert figure in answer.value
    first = answer.citations[0]
    assert figure in first.quote
    assert words in first.quote
    assert (first.chapter, first.section, first.box) == where


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("退休年龄会不会延迟", "渐进式延迟退休年龄"),
        ("会取消城镇落户限制吗", "全面取消城镇落户限制"),
        ("是不是要落实边境一线常住居民补助", "边境一线常住居民补助"),
        ("有没有要建军人公墓", "军人公墓"),
        ("四平军民合用机场按什么标准建", "4C级"),
        ("残疾人有什么保障", "残疾人"),
        ("农村里大操大办、天价彩礼管不管", "天价彩礼"),
        ("医院能不能网上挂号", "互联网"),
    ],
)
def test_sentence_that_decides_is_quoted(ask, question, words):
    answer = ask(question)
    assert answer.status == "answered"
    assert any(words in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "question", ["怎么支持民营企业", "我想回村养牛，政府支持啥", "养老有什么政策", "农民工返乡创业有啥支持"]
)
def test_policy_answer_is_short_and_no_sentence_comes_twice(ask, question):
    answer = ask(question)
    assert answer.status == "answered"
    assert len(answer.text) <= 1000
    quotes = [citation.quote for citation in answer.citations]
    assert len(quotes) == len(set(quotes))
    assert not any(a is not b and a in b for a in quotes for b in quotes)


@pytest.mark.parametrize("question", ["退休年龄会不会延迟", "会取消城镇落户限制吗", "有没有要建军人公墓"])
def test_no_more_certainty_than_the_text_has(ask, question):
    answer = ask(question)
    shown = answer.text.replace("- ", "").replace("[1]", "").replace("[2]", "").replace("\n", "")
    assert shown == "".join(citation.quote for citation in answer.citations)


def test_place_names_chapter_section_box_and_page(ask):
    assert ask("敦化至白河铁路总投资多少").citations[0].place == "第十二章第一节 · 专栏34 · 第101页"


@pytest.mark.parametrize(
    ("question", "year", "words"),
    [
        ("法治政府什么时候基本建成", "到2035年", "法治政府、法治社会基本建成"),
        ("碳排放往远了看是升还是降", "到2035年", "碳排放达峰后稳中有降"),
    ],
)
def test_year_that_governs_a_clause_comes_with_it(ask, question, year, words):
    """The clause stands sentences away from the year at the head of its paragraph: both are cited."""
    answer = ask(question)
    line = next(line for line in answer.text.split("\n") if words in line)
    assert f"{year}：" in line
    cited = [answer.citations[int(number) - 1].quote for number in re.findall(r"\[(\d+)\]", line)]
    assert any(words in quote for quote in cited)
    assert any(year in quote for quote in cited)


def test_example_of_the_readme_is_answered_by_what_is_asked(ask):
    answer = ask("我想回村搞养殖，政府支持啥？")
    assert "肉牛" in answer.text.split("\n")[0]
    assert "大豆" not in answer.text
