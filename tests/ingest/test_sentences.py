"""Sentences: where a text may be divided."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import clause_spans, sentence_spans

TEXT = st.text("吉林省规划，。！？；：（）“”《》0123.%\n", max_size=60)


@given(TEXT)
def test_spans_cover_the_text_once(text):
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


@given(TEXT)
def test_clauses_cover_the_text_once(text):
    assert "".join(text[start:end] for start, end in clause_spans(text)) == text


@given(st.lists(st.text("吉林省规划，：0123.%", min_size=1, max_size=12), min_size=1, max_size=8))
def test_written_sentences_are_read_back(sentences):
    text = "".join(f"{sentence}。" for sentence in sentences)
    assert [text[a:b] for a, b in sentence_spans(text)] == [f"{sentence}。" for sentence in sentences]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("建成1.5万亩。到2025年。", 2),
        ("（一是建设。二是管理。）推进改革。", 2),
        ("推进改革（一是建设。二是管理）。", 1),
        ("他说：“要做好。”会议结束。", 2),
        ("印发《规划。方案》。完成。", 2),
        ("没有句号", 1),
        ("第一行\n第二行", 2),
        ("推进改革！为什么？因为。", 3),
        ("", 0),
        ("\n \n", 0),
    ],
)
def test_examples(text, count):
    assert len(sentence_spans(text)) == count


def test_no_sentence_of_the_plan_cuts_a_number(passages):
    for node in passages:
        for _, end in sentence_spans(node.text)[:-1]:
            assert not (node.text[end - 1].isdigit() and node.text[end].isdigit()), node.node_id
            assert node.text[end - 1] in "。！？”’』）》", node.node_id
