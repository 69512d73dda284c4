"""Places in the plan: chapters, sections, 专栏, pages, the table of contents, and where something stands."""

import pytest


def _outline(answer):
    return [(c.chapter, c.section) for c in answer.citations if c.kind == "outline" and not c.box]


@pytest.mark.parametrize("question", ["第七章讲什么", "第7章的主要内容", "第七章", "第七章有哪几节"])
def test_chapter(ask, plan, question):
    answer = ask(question)
    sections = [section.number for section in plan.chapters[6].sections if section.number]
    assert _outline(answer) == [(7, None)] + [(7, number) for number in sections]
    assert "深化国有企业改革" in answer.text


@pytest.mark.parametrize("question", ["第十三章第一节讲了什么", "第13章第1节", "第十三章第一节的要点"])
def test_section_with_leads_and_boxes(ask, question):
    answer = ask(question)
    assert _outline(answer) == [(13, 1)]
    for lead in ("落实立德树人根本任务", "全面提高基础教育质量", "深化教育改革创新"):
        assert f"- {lead}[" in answer.text
    assert "专栏41" in answer.text


def test_section_without_leads_shows_its_sentences(ask):
    answer = ask("第五章第三节讲什么")
    assert _outline(answer) == [(5, 3)]
    assert any("种业" in citation.quote for citation in answer.citations if citation.kind == "paragraph")


@pytest.mark.parametrize("question", ["目录", "规划一共有多少章", "规划的大纲"])
def test_contents(ask, question):
    assert _outline(ask(question)) == [(number, None) for number in range(1, 17)]


@pytest.mark.parametrize(
    ("question", "page"), [("第102页有什么", 102), ("第一百零二页讲什么", 102), ("37页", 37)]
)
def test_page(ask, question, page):
    answer = ask(question)
    assert answer.status == "answered"
    assert all(page in range(citation.pages[0], citation.pages[-1] + 2) for citation in answer.citations)


@pytest.mark.parametrize("question", ["第二十章讲什么", "第三章第九节讲什么", "专栏48", "第999页有什么"])
def test_no_such_place(ask, question):
    assert ask(question).status == "not_in_plan"


@pytest.mark.parametrize(
    ("question", "where"),
    [("黑土地保护在哪一章", (5, 2)), ("专栏36在哪一章", (12, 1)), ("养老服务在哪一节", (13, 4)),
     ("体育强省在第几章", (13, 3))],
)  # fmt: skip
def test_where_something_stands(ask, question, where):
    answer = ask(question)
    assert answer.status == "answered"
    assert where in [(citation.chapter, citation.section) for citation in answer.citations]
    assert answer.citations[0].kind == "outline"


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("推进法治吉林建设写在哪一章哪一节", (15, 5, None)),
        ("修路的项目列在哪个专栏", (12, 1, 35)),
        ("循环经济重点项目是专栏几", (10, 4, 30)),
        ("教育改革发展归到哪一节了", (13, 1, None)),
    ],
)
def test_where_by_headings_and_passages(ask, question, place):
    answer = ask(question)
    assert (answer.status, answer.trace["kind"]) == ("answered", "place")
    assert place in [(citation.chapter, citation.section, citation.box) for citation in answer.citations]


@pytest.mark.parametrize("question", ["梨树模式是名词解释第几条", "梨树模式在名词解释里排第几个"])
def test_number_in_the_glossary(ask, plan, question):
    term = next(term for term in plan.terms if "梨树模式" in term.name)
    answer = ask(question)
    assert f"名词解释{term.number}" in answer.text
    assert answer.citations[0].term == term.number


@pytest.mark.parametrize("question", ["后记写了啥", "书最后那个后记讲的什么"])
def test_postscript(ask, question):
    answer = ask(question)
    assert {citation.kind for citation in answer.citations} == {"postscript"}
    assert "审查批准" in answer.text


@pytest.mark.parametrize("question", ["5章3节讲什么", "第五章3节", "五章三节的内容"])
def test_pointers_without_the_ordinal_word(ask, question):
    assert _outline(ask(question)) == [(5, 3)]


def test_number_of_chapters_and_sections(ask):
    assert "共十六章" in ask("这规划拢共几章").text
    assert "共五节" in ask("第十章有几节").text


def test_the_province_and_its_city_of_the_same_name(ask):
    """「吉林」 is the province; where the plan has an answer for the city as well, that is named."""
    answer = ask("吉林有哪些重点项目")
    assert answer.text.endswith("“吉林”按全省理解；若指吉林市，请问“吉林市有哪些重点项目”。")
    assert answer.suggestions[0] == "吉林市有哪些重点项目"
    assert "吉林市" in ask(answer.suggestions[0]).citations[0].quote


@pytest.mark.parametrize(
    "question", ["吉林2025年城镇化率", "吉林一号卫星有几颗", "吉林市的创新方向是什么", "吉林大学双创"]
)
def test_only_one_reading_is_told_where_there_is_one(ask, question):
    assert "按全省理解" not in ask(question).text
