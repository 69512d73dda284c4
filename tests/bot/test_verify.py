"""The last check: a line that does not stand on its citations is lost, and nothing else is."""

import pytest
from llama_index.core.schema import TextNode

from bot.draft import Draft, Line, Quote, echoed, whole
from bot.verify import faults_of, kept
from ingest.plan import Plan, Span

TEXT = "甲工程：总投资12亿元，全长34公里。\n乙工程：总投资5.6亿元，到2025年建成。\n第二行没有数字。"


@pytest.fixture
def draft():
    plan = Plan("规划", TEXT, (), (), (), (), (0,))
    return Draft(plan)


def _node(name, start, end):
    metadata = {"kind": "box_item", "start": start, "end": end, "chapter": 12, "section": 1, "box": 3}
    return TextNode(id_=name, text=TEXT[start:end], metadata=metadata)


FIRST = _node("a", 0, TEXT.index("\n"))
SECOND = _node("b", TEXT.index("乙"), TEXT.index("第二行") - 1)


def test_good_draft_has_no_faults(draft):
    draft.say("前言")
    draft.state("**12亿元**", [whole(FIRST)])
    draft.quote(whole(SECOND), before="- ")
    assert faults_of(draft) == []
    same = kept(draft)
    assert (same.lines, same.quotes) == (draft.lines, draft.quotes)


@pytest.mark.parametrize(
    "text", ["**13亿元**", "总投资120亿元", "总投资1亿元", "全长3.4公里", "5.6亿元", "- ③ 99项"]
)
def test_foreign_number_loses_the_line(draft, text):
    draft.value = "12亿元"
    draft.state(text, [whole(FIRST)])
    draft.quote(whole(SECOND))
    assert len(faults_of(draft)) == 1
    rest = kept(draft)
    assert rest.text() == f"{SECOND.text}[1]"
    assert [citation.passage_id for citation in rest.citations()] == ["b"]


@pytest.mark.parametrize(
    "span",
    [
        Span(0, len(TEXT)),
        Span(FIRST.metadata["end"] - 2, SECOND.metadata["start"] + 2),
        Span(4, 4),
        Span(6, 2),
    ],
)
def test_broken_span_loses_the_line(draft, span):
    draft.quote(Quote(FIRST, span))
    draft.quote(whole(SECOND))
    assert faults_of(draft)
    rest = kept(draft)
    assert [quote.node.node_id for quote in rest.quotes] == ["b"]
    assert rest.text() == f"{SECOND.text}[1]"


def test_quotation_that_is_not_the_passage_loses_the_line(draft):
    wrong = TextNode(id_="c", text="丙工程：总投资12亿元，全长34公里。", metadata=FIRST.metadata)
    draft.quote(whole(wrong))
    assert faults_of(draft)
    assert kept(draft).lines == []


def test_mark_without_citation_loses_the_line(draft):
    draft.quote(whole(FIRST))
    draft.lines.append(Line("空话[7]", (7,)))
    assert faults_of(draft)
    assert kept(draft).text() == f"{FIRST.text}[1]"


def test_lost_value_is_no_value(draft):
    draft.value = "13亿元"
    draft.state("**13亿元**", [whole(FIRST)])
    draft.quote(whole(FIRST))
    assert kept(draft).value is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [("相差6.4亿元：甲12亿元 − 乙5.6亿元 = 6.4亿元。", ""),
     ("合计17.6亿元：甲12亿元 + 乙5.6亿元 = 17.6亿元。", ""),
     ("甲12亿元，乙5.6亿元，相差6.4亿元。", ""), ("甲12亿元，乙5.6亿元，相差6.5亿元。", "['6.5']"),
     ("合计18亿元：甲12亿元 + 乙5.6亿元 = 18亿元。", "['18', '18']"),
     ("合计20亿元：甲12亿元 + 丙8亿元 = 20亿元。", "['8']"), ("相差6.4公里。", "['6.4']")],
)  # fmt: skip
def test_only_what_follows_from_cited_numbers_may_be_computed(draft, text, fault):
    draft.state(text, [whole(FIRST), whole(SECOND)])
    faults = faults_of(draft)
    assert [found.split(" not ")[0] for found in faults] == ([f"numbers {fault}"] if fault else [])


def test_numbers_follow_first_use(draft):
    draft.state("乙工程", [whole(SECOND)])
    draft.state("甲和乙", [whole(FIRST), whole(SECOND)])
    assert draft.text() == "乙工程[1]\n\n甲和乙[2][1]"
    assert [citation.n for citation in draft.citations()] == [1, 2]


def test_quotation_inside_an_earlier_one_shares_its_number(draft):
    assert draft.cite(whole(FIRST)) == 1
    assert draft.cite(Quote(FIRST, Span(0, 3))) == 1
    assert draft.cite(whole(SECOND)) == 2


def test_list_and_table_lines_stay_together(draft):
    draft.say("要点：")
    draft.state("甲", [whole(FIRST)], before="- ")
    draft.state("乙", [whole(SECOND)], before="- ")
    draft.state("| 甲", [whole(FIRST)], after=" |")
    draft.say("|---|")
    assert draft.text() == "要点：\n\n- 甲[1]\n- 乙[2]\n\n| 甲[1] |\n|---|"


def test_citation_carries_its_place(draft):
    draft.quote(whole(FIRST))
    citation = draft.citations()[0]
    assert citation.place == "第十二章第一节 · 专栏3 · 第1页"
    assert citation.quote == TEXT[citation.start : citation.end] == FIRST.text
    assert citation.to_json() == {
        "n": 1, "kind": "box_item", "chapter": 12, "section": 1, "box": 3, "term": None, "pages": [1],
        "place": "第十二章第一节 · 专栏3 · 第1页", "quote": FIRST.text,
    }  # fmt: skip


def test_quotation_over_two_lines_reads_as_one(draft):
    assert "\n" not in draft.read(Span(0, len(TEXT)))


@pytest.mark.parametrize(("typed", "shown"), [("森林[9]呢", "森林［9］呢"), ("平常", "平常")])
def test_echoed_words_hold_no_mark(typed, shown):
    assert echoed(typed) == shown
