"""The lexical index: terms, BM25 by field, save and load."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.enrichment import Enrichment
from ingest.lexical import LexicalIndex, lexical_texts
from ingest.passages import plan_passages
from ingest.terms import BIGRAM_MARK, bigrams, lexical_terms, normalise, words


@pytest.fixture(scope="module")
def nodes(small_source):
    return plan_passages(small_source.read_text(encoding="utf-8"))


ENRICHMENT = {
    "term.1": Enrichment(("谁来管河？", "河长制什么时候建立的"), ("管水",)),
    "c03s01.p01": Enrichment(("五年要新增多少就业岗位？",), ()),
}


@pytest.fixture(scope="module")
def lexical(nodes):
    return LexicalIndex.build(nodes, ENRICHMENT)


def best(lexical, question, field="text"):
    scores = lexical.scores(lexical_terms(question))[field]
    return lexical.ids[int(np.argmax(lexical.best_questions(scores) if field == "questions" else scores))]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("森林覆盖率４５．８％", "45.8%"),
        ("达到45.8%以上", "45.8%"),
        ("国道Ｇ３０２线", "g302"),
        ("1+N+X合作", "1+n+x"),
        ("Ｒ＆Ｄ投入", "r&d"),
        ("300亿斤", "300"),
        ("110/220千伏", "110/220"),
        ("Micro LED显示", "micro"),
    ],
)
def test_numbers_and_latin_words_stay_whole(text, whole):
    terms = words(text)
    assert whole in terms
    assert not [term for term in terms if term.isspace()]


def test_half_a_number_is_no_term():
    assert not {"45", "8", "5.8", "45.8"} & set(lexical_terms("达到45.8%"))


def test_words_and_bigrams_stand_side_by_side():
    terms = lexical_terms("黑土地保护")
    assert set(bigrams("黑土地保护")) == {f"{BIGRAM_MARK}{pair}" for pair in ("黑土", "土地", "地保", "保护")}
    assert Counter(terms) == Counter(words("黑土地保护")) + Counter(bigrams("黑土地保护"))
    assert "".join(words("黑土地保护")) == "黑土地保护"


def test_bigrams_do_not_run_over_punctuation():
    assert f"{BIGRAM_MARK}省市" not in bigrams("吉林省，市长")
    assert bigrams("省") == []


def test_quotation_marks_and_width_do_not_matter():
    assert lexical_terms("“双创”平台５Ｇ") == lexical_terms("双创平台5g")
    assert normalise("《ＰＰＰ》") == "ppp"


@given(st.text(max_size=60))
def test_any_text_is_cut(text):
    terms = lexical_terms(text)
    assert all(terms)
    assert lexical_terms(normalise(text)) == terms


def test_fields_of_a_passage(nodes):
    node = next(node for node in nodes if node.node_id == "term.2")
    assert lexical_texts(node, "text", {}) == (node.text,)
    assert lexical_texts(node, "head", {}) == ("名词解释", "“一河两岸”布局，一河两岸布局，一河两岸")
    assert lexical_texts(node, "questions", ENRICHMENT) == ()
    assert lexical_texts(nodes[-4], "keywords", ENRICHMENT) == ()


@pytest.mark.parametrize(
    ("question", "node_id"),
    [
        ("重型机械产业园建设什么", "c02s01.b01.i01"),
        ("城镇新增就业50万人", "c03s01.p01"),
        ("云谷数据中心的标准机架", "c02s01.b01.i03"),
        ("乡村温馨校园", "c03s02.p01"),
        ("38.5%", "c01s01.p01"),
    ],
)
def test_finds_by_text(lexical, question, node_id):
    assert best(lexical, question) == node_id


def test_finds_by_head_and_by_question(lexical):
    assert best(lexical, "一河两岸", "head") == "term.2"
    assert best(lexical, "谁管河", "questions") == "term.1"
    assert best(lexical, "管水", "keywords") == "term.1"


def test_passage_scores_as_its_best_question(lexical, nodes):
    at = lexical.ids.index("term.1")
    scores = lexical.best_questions(lexical.scores(lexical_terms("河长制什么时候建立的"))["questions"])
    one = LexicalIndex.build(nodes, {"term.1": Enrichment(("谁来管河？", "河长制什么时候建立的"))})
    assert scores.shape == (len(nodes),)
    assert np.count_nonzero(scores) <= 2
    assert scores[at] == scores.max() > 0
    assert one.best_questions(one.scores(lexical_terms("谁来管河"))["questions"])[at] > 0


def test_unknown_terms_add_nothing(lexical):
    assert not any(scores.any() for scores in lexical.scores(["火星基地", "~火星"]).values())
    known = lexical_terms("城镇新增就业")
    for field, scores in lexical.scores([*known, "火星基地"]).items():
        np.testing.assert_array_equal(scores, lexical.scores(known)[field])
    assert lexical.unknown_idf >= max(lexical.idf.values())


def test_no_terms_score_nothing(lexical, nodes):
    assert {field: scores.shape for field, scores in lexical.scores([]).items()} == {
        "text": (len(nodes),),
        "head": (len(nodes),),
        "questions": (3,),
        "keywords": (len(nodes),),
    }


def test_weights_scale_the_scores(lexical):
    terms = lexical_terms("新增就业")
    full, half = lexical.scores(terms), lexical.scores(terms, [0.5] * len(terms))
    np.testing.assert_allclose(half["text"], full["text"] * 0.5, rtol=1e-5)


def test_bm25_is_lucenes(nodes, lexical):
    """Against the formula written out: idf * tf / (tf + k1 (1 - b + b length / mean length))."""
    documents = [Counter(lexical_terms(node.text)) for node in nodes]
    lengths = [sum(document.values()) for document in documents]
    mean = sum(lengths) / len(lengths)
    query = ["就业", "~职业", "300"]
    expected = np.zeros(len(nodes))
    for term in query:
        found = sum(term in document for document in documents)
        idf = math.log(1 + (len(nodes) - found + 0.5) / (found + 0.5))
        for i, document in enumerate(documents):
            tf = document[term]
            expected[i] += idf * tf / (tf + 1.2 * (1 - 0.75 + 0.75 * lengths[i] / mean))
    np.testing.assert_allclose(lexical.scores(query)["text"], expected, rtol=1e-4, atol=1e-5)


def test_saved_index_is_loaded_the_same(lexical, tmp_path):
    lexical.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    assert loaded.ids == lexical.ids
    assert set(loaded.fields) == set(lexical.fields)
    for question in ("就业", "云谷 38.5%", "谁来管河"):
        terms = lexical_terms(question)
        for field, scores in lexical.scores(terms).items():
            np.testing.assert_array_equal(loaded.scores(terms)[field], scores)
    assert loaded.idf == pytest.approx(lexical.idf, abs=1e-4)


def test_index_without_a_field_is_not_loaded(lexical, tmp_path):
    lexical.save(tmp_path)
    for file in (tmp_path / "text").iterdir():
        file.unlink()
    (tmp_path / "text").rmdir()
    with pytest.raises(OSError, match="text"):
        LexicalIndex.load(tmp_path)


def test_index_without_questions(nodes):
    plain = LexicalIndex.build(nodes, {})
    assert set(plain.scores(["就业"])) == {"text", "head"}


def test_shipped_plan_is_found(index):
    for question, node_id in [
        ("梨树模式", "term.17"),
        ("森林覆盖率", "ind.18"),
        ("黑土地保护工程", "c05s02.b16.outline"),
    ]:
        scores = index.lexical.scores(lexical_terms(question))
        total = scores["text"] + scores["head"]
        assert index.lexical.ids[int(np.argmax(total))] == node_id
