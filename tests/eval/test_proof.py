"""Quotations are proved against the source by rules of their own."""

import re
from dataclasses import replace

import pytest

from eval.alignment import Alignment
from eval.proof import Proof, mended_source
from eval.records import EvaluationError
from ingest.reader import read_plan


def test_the_plan_is_the_mended_source_character_by_character(plan, raw):
    assert "".join(plan.text.split()) == mended_source(raw)


def test_every_passage_is_verbatim_on_its_pages(passages, truth, cite):
    for node in passages:
        citation = cite(node.node_id)
        assert truth.proof.quotation_holds(citation), node.node_id
        assert truth.proof.pages_hold(citation), node.node_id


def test_a_changed_quotation_is_found_out(cite, truth):
    good = cite("ind.18")
    assert not truth.proof.quotation_holds(replace(good, quote=good.quote.replace("45.8", "458")))
    assert not truth.proof.quotation_holds(replace(good, start=good.start + 1))
    assert not truth.proof.quotation_holds(replace(good, quote=" "))
    assert not truth.proof.pages_hold(replace(good, pages=(11,)))
    assert not truth.proof.pages_hold(replace(good, pages=tuple(range(1, 153))))


def test_a_dropped_decimal_rule_is_found_out(raw, cite, monkeypatch):
    monkeypatch.setattr("ingest.writer.mend_decimals", lambda text: text.replace("\ue010", "·"))
    broken = read_plan(raw)
    quote = next(line for line in broken.text.split("\n") if "森林覆盖率达到45·8%" in line)
    start = broken.text.index(quote)
    citation = replace(cite("ind.18"), quote=quote, start=start, end=start + len(quote))
    assert not Proof(broken, raw).quotation_holds(citation)


def test_spans_of_the_source_become_spans_of_the_plan(plan, raw):
    alignment = Alignment(plan, raw)
    printed = re.search(r"\s*".join("森林覆盖率达到４５\ue010８％"), raw)
    start, end = alignment.span(*printed.span())
    assert plan.text[start:end] == "森林覆盖率达到45.8%"
    assert alignment.span(0, 0) == (0, 0)


def test_a_source_of_another_plan_is_not_aligned(plan, raw):
    with pytest.raises(EvaluationError, match="无法对齐"):
        Alignment(plan, raw + "多出的字")
