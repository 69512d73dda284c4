"""名词解释: fifty entries, no more and no fewer, and the forms people use for them."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.glossary import aliases_of, read_entry, separate_number, split_entries
from ingest.layout import Line
from tests.conftest import DATA

with (DATA / "terms.tsv").open(encoding="utf-8") as file:
    TERMS = list(csv.DictReader(file, delimiter="\t"))


def test_terms_are_the_printed_ones(plan):
    assert [(str(term.number), term.name) for term in plan.terms] == [
        (row["number"], row["name"]) for row in TERMS
    ]


@pytest.mark.parametrize("row", TERMS, ids=lambda row: row["number"])
def test_aliases(plan, row):
    term = plan.terms[int(row["number"]) - 1]
    assert set(row["aliases"].split()) <= set(term.aliases)
    assert not [alias for alias in term.aliases if "“" in alias or "”" in alias]
    assert term.name not in term.aliases


def test_alias_belongs_to_one_term(plan):
    forms = [form for term in plan.terms for form in (term.name, *term.aliases)]
    assert len(forms) == len(set(forms))


def test_definition_is_whole_and_verbatim(plan):
    for term in plan.terms:
        text = plan.slice(term.span)
        assert text == f"{term.number}. {term.name}：{term.definition}"
        assert text.endswith("。")


@pytest.mark.parametrize(
    ("number", "beginning", "ending"),
    [
        (2, "是指基础研究从无到有，", "努力实现更多“从0到1”的突破。"),
        (12, "是中国一汽针对出租车运营场景，", "监管便利的专属出租车产品。"),
        (32, "生态产品具有典型的公共物品特征，", "也是推进生态文明建设的必然要求。"),
        (34, "“1”指省际政府间协议，", "常态化多层次战略合作体系。"),
        (42, "“五纵”是指鹤岗-大连、黑河-沈阳、", "“两环”是指长春绕城环线和长春都市圈环线。"),
        (44, "是指在利用自产天然气的基础上，", "中俄东线北段管道投产通气。"),
        (49, "是指对农村建档立卡贫困家庭子女", "每年给予所在家庭3000元补助。"),
    ],
)
def test_definitions(plan, number, beginning, ending):
    definition = plan.terms[number - 1].definition
    assert definition.startswith(beginning)
    assert definition.endswith(ending)


def test_chinese_taxi_without_its_soft_hyphen(plan):
    assert "“定制换电国的（CHINA TAXI）”项目" in plan.terms[11].definition


def printed(entries):
    return [Line(text, 1, number) for number, text in enumerate(entries, 1)]


@given(st.lists(st.text("吉林0123456789.：。“”+N", min_size=1, max_size=20), min_size=1, max_size=12))
def test_entries_of_any_text_are_read_back(texts):
    """The next number alone opens an entry, whatever digits the terms and definitions begin with."""
    entries = [f"{number}\ue010{text}" for number, text in enumerate(texts, 1)]
    groups = split_entries(printed(entries))
    assert [[line.text for line in group] for group in groups] == [[entry] for entry in entries]


def test_numbers_of_a_definition_open_no_entry():
    lines = ["1\ue010河长制：是指制度：", "3\ue0105万公里。", "1\ue010是旧条。", "2\ue0101+N合作：是指合作。"]
    assert [len(group) for group in split_entries(printed(lines))] == [3, 1]


@given(
    st.integers(1, 999),
    st.text("吉林工程1234+N“”", min_size=1, max_size=40),
    st.text("是指：。12", min_size=1),
)
def test_entry_is_read_back(number, name, definition):
    text = separate_number(f"{number}\ue010{name}：{definition}")
    assert read_entry(text) == (number, name, definition)


@given(st.text("吉林“”0123ABC+工程模式", max_size=20), st.text("即（）Public，。政府合作", max_size=40))
def test_aliases_of_anything(name, definition):
    forms = aliases_of(name, definition)
    assert len(forms) == len(set(forms))
    assert name not in forms
    assert all(len(form) >= 2 for form in forms)


def test_lead_of_a_term_passage_joins_its_aliases(passages):
    leads = {node.node_id: node.metadata["lead"] for node in passages if node.metadata["kind"] == "term"}
    assert leads["term.18"] == "“秸秆变肉”工程，秸秆变肉工程，秸秆变肉"
    assert leads["term.17"] == "梨树模式"
    assert not [lead for lead in leads.values() if re.search(r"\s", lead)]
