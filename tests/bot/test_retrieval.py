"""Retrieval: a llama-index retriever; exact words keep their passage first; features compare as they say."""

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from bot.expand import official_words, query_terms, thesaurus
from bot.features import FEATURES, PassageFeatures
from bot.judge import SIGNS, Judge
from bot.keys import Keys
from bot.question import read_question
from bot.retrieve import PlanRetriever, Ranking, corpus_retriever
from bot.unmet import Quoted
from bot.written import Asked, Written
from ingest.enrichment import Enrichment, WrittenQuestion
from ingest.lexical import LexicalIndex
from ingest.sentences import sentence_spans


@pytest.fixture(scope="module")
def retriever(index):
    return PlanRetriever(index, top_k=7)


def test_is_a_llama_index_retriever(retriever):
    assert isinstance(retriever, BaseRetriever)
    found = retriever.retrieve("黑土地保护")
    assert len(found) == 7
    assert all(isinstance(node, NodeWithScore) for node in found)
    scores = [node.score for node in found]
    assert scores == sorted(scores, reverse=True)
    assert retriever.retrieve(QueryBundle("黑土地保护"))[0].node.node_id == found[0].node.node_id


def test_features_and_order(retriever, index):
    ranking = retriever.rank(read_question("养老服务有什么政策"))
    assert set(ranking.features) <= set(FEATURES)
    assert sorted(ranking.order.tolist()) == list(range(len(index.passages)))
    assert ranking.top(3) == ranking.order[:3].tolist()
    assert np.all(np.diff(ranking.scores[ranking.order]) <= 0)


def test_weight_of_zero_switches_a_feature_off(index):
    only_text = PlanRetriever(index, weights={name: float(name == "text") for name in FEATURES})
    ranking = only_text.rank(read_question("黑土地保护"))
    assert ranking.scores == pytest.approx(ranking.features["text"])


def test_unknown_weight_is_told(index):
    with pytest.raises(KeyError, match=r"没有名为 'tekst' 的特征.*text"):
        PlanRetriever(index, weights={"tekst": 1.0})


@pytest.mark.parametrize(
    "passage", ["c12s01.p01", "c05s02.p01", "c14s03", "c07s02", "c13s04", "c09s01", "c08s03", "c15s04"]
)
def test_question_in_the_plans_exact_words_keeps_its_passage_first(retriever, index, passage):
    """The thesaurus adds official words; what was typed exactly must not drown in them."""
    node = next(
        n for n in index.passages if n.node_id.startswith(passage) and n.metadata["kind"] == "paragraph"
    )
    start, end = max(sentence_spans(node.text), key=lambda span: min(span[1] - span[0], 90))
    best = retriever.rank(read_question(node.text[start:end][:90])).top(1)[0]
    chapter, section = index.passages[best].metadata["chapter"], index.passages[best].metadata["section"]
    assert (chapter, section) == (node.metadata["chapter"], node.metadata["section"])
    assert node.text[start:end][:20] in index.passages[best].text


@pytest.mark.parametrize("typed", ["看病", "娃", "打工", "养老金"])
def test_everyday_words_add_official_ones_with_less_weight(typed):
    question = read_question(typed)
    terms = dict(zip(*query_terms(question), strict=True))
    added = official_words(question.text)
    assert added
    assert 0 < thesaurus().weight < 1
    assert max(terms.values()) == 1.0
    assert all(terms[term] <= thesaurus().weight for word in added for term in terms if term == word)


def test_official_words_add_nothing_that_is_there():
    assert "医疗" not in official_words("看病的医疗费")
    assert not official_words("森林覆盖率")


# A corpus of our own, in memory.

CORPUS = {
    "bridge": "修建跨江大桥一座，总投资12亿元，全长3公里。", "forest": "森林覆盖率达到45.8%，草原植被恢复。",
    "school": "改善义务教育学校办学条件，建设寄宿制学校。", "empty": "。",
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "best"), [("大桥投资多少", "bridge"), ("森林覆盖率", "forest"), ("寄宿学校", "school")]
)
def test_corpus_retriever(asked, best):
    found = corpus_retriever(CORPUS).retrieve(asked)
    assert found[0].node.node_id == best
    assert {node.node.node_id for node in found} == set(CORPUS)


def test_corpora_do_not_mix():
    one, other = corpus_retriever({"a": "苹果"}), corpus_retriever({"b": "香蕉", "c": "梨子"})
    assert [node.node.node_id for node in one.retrieve("苹果")] == ["a"]
    assert {node.node.node_id for node in other.retrieve("苹果")} == {"b", "c"}


# Features and signs on passages made up for them.

EMBEDDING = MockEmbedding(embed_dim=4)
NODES = (
    TextNode(id_="a", text="甲河大桥：总投资12亿元，全长3公里，2025年建成。", metadata={"kind": "box_item",
    "lead": "甲河大桥", "box": 1}),
    TextNode(id_="b", text="长春市改善办学条件。", metadata={"kind": "paragraph", "lead": "改善办学条件"}),
    TextNode(id_="c", text="森林覆盖率 45 45.8", metadata={"kind": "indicator", "lead": "森林覆盖率"}),
    TextNode(id_="d", text="名词：意思。", metadata={"kind": "term", "lead": "名词"}),
)  # fmt: skip
NOT_ASKED = Asked(Written(()), np.zeros(0), np.zeros(0))
EXTRA = {"b": Enrichment(questions=("孩子在哪上学",), keywords=("上学",))}


@pytest.fixture(scope="module")
def features():
    positions = {node.node_id: i for i, node in enumerate(NODES)}
    return PassageFeatures(NODES, LexicalIndex.build(NODES, EXTRA), EXTRA, positions)


@pytest.mark.parametrize(
    ("asked", "feature", "values"),
    [
        ("甲河大桥投资", "name", [1, 0, 0, 0]),
        ("2025年", "year", [1, 0, 1, 0]),  # the years of the table stand in its head
        ("45.8是什么", "number", [0, 0, 1, 0]),
        ("花多少钱", "unit", [1, 0, 0, 0]),
        ("甲河大桥", "term", [0, 0, 0, 1]),
        ("大桥", "coverage", [1, 0, 0, 0]),
    ],
)
def test_features(features, asked, feature, values):
    assert features.of(read_question(asked), Keys())[feature].tolist() == pytest.approx(values)


def test_place_counts_for_and_against(features):
    place = features.of(read_question("长春的学校"), Keys())["place"]
    assert place[1] == 1
    assert all(value < 0 for value in place[[0, 2, 3]])


def test_words_written_for_a_passage_count_less_than_its_own(features):
    assert features.holding("上学")[1] == pytest.approx(0.9)
    assert features.holding("办学")[1] == 1
    assert features.holding("没有")[1] == 0


def test_key_of_an_item(features):
    assert features.of(read_question("大桥"), Keys(items=("a",)))["key"].tolist() == [1, 0, 0, 0]


def _signs(features, asked, quotes=(), **keys):
    question = read_question(asked)
    values = features.of(question, Keys()) | {
        name: np.zeros(len(NODES)) for name in ("dense", "asked", "text")
    }
    scores = values["coverage"] + values["name"]
    ranking = Ranking(np.argsort(-scores, kind="stable"), scores, values, {}, NOT_ASKED)
    quoted = [Quoted(text, 0, 0, len(text)) for text in quotes]
    return Judge(features, "2025").weigh(question, Keys(**keys), ranking, quoted).signs


@pytest.mark.parametrize(
    ("asked", "sign", "value"),
    [
        ("黑龙江的甲河大桥投资", "outside_missing", 1), ("甲河大桥投资", "outside_missing", 0),
        ("四平的甲河大桥", "inside_missing", 1), ("长春办学条件", "inside_missing", 0),
        ("2030年甲河大桥", "year_missing", 1), ("2025年甲河大桥", "year_missing", 0),
        ("甲河大桥投资多少亿元", "unit_missing", 0), ("办学条件改善花多少钱", "unit_missing", 1),
        ("甲河大桥修了几公里了吗", "actual", 1), ("甲河大桥投资", "actual", 0),
        ("甲河大桥的电话号码", "detail", 1), ("甲河大桥的长度", "detail", 0),
        ("甲河大桥是什么意思", "undefined", 1), ("甲河大桥", "undefined", 0),
        ("甲河大桥投资99亿", "number_missing", 1), ("甲河大桥投资12亿", "number_missing", 0),
        ("甲河大桥和今天的天气", "off_topic", 1), ("甲河大桥在哪个区", "where", 1),
    ],
)  # fmt: skip
def test_signs(features, asked, sign, value):
    assert _signs(features, asked)[sign] == value


def test_signs_are_complete_and_finite(features):
    signs = _signs(features, "大桥投资多少", [NODES[0].text])
    assert set(signs) == set(SIGNS)
    assert all(np.isfinite(value) for value in signs.values())
    assert 0 <= signs["unknown"] <= 1
    assert signs["coverage"] > _signs(features, "量子锅炉投资多少", [NODES[0].text])["coverage"]
    assert signs["unknown"] < _signs(features, "量子锅炉投资多少", [NODES[0].text])["unknown"]


def test_judge_weighs_and_tells_what_is_missing(features):
    question = read_question("黑龙江的大桥")
    values = features.of(question, Keys()) | {
        name: np.zeros(len(NODES)) for name in ("dense", "asked", "text")
    }
    ranking = Ranking(np.arange(len(NODES)), values["coverage"], values, {}, NOT_ASKED)
    coefficients = {"bias": 0.0, "outside_missing": -3.0}
    evidence = Judge(features, "2025", coefficients=coefficients, threshold=0.1).weigh(
        question, Keys(), ranking, []
    )
    assert evidence.probability <= 1 / (1 + np.exp(3)) + 1e-9
    assert not evidence.enough
    assert evidence.missing == "place"
    sure = Judge(features, "2025", coefficients={"bias": 50.0}, threshold=0.5).weigh(
        question, Keys(), ranking, []
    )
    assert sure.enough


def test_questions_written_for_a_sentence_are_told_apart_from_those_for_its_passage():
    written = [
        WrittenQuestion(0, None, "整段"),
        WrittenQuestion(0, 0, "第一句"),
        WrittenQuestion(0, 40, "第二句"),
        WrittenQuestion(2, None, "别的段"),
    ]
    asked = Asked(Written(written), np.array([0.9, 0.2, 0.7, 0.4]), np.array([0.1, 0.3, 0.5, 0.0]))
    assert asked.near(0) == (0.9, 0.5)
    assert asked.near(0, 0, 40) == (0.2, 0.3)
    assert asked.near(0, 40, 80) == (0.7, 0.5)
    assert asked.near(0, 10, 30) == asked.near(1) == (0.0, 0.0)
    assert asked.of_passages(3).tolist() == pytest.approx([0.9, 0.2, 0.4])  # none written: the least of any
    assert asked.texts(0, 40, 80) == [(pytest.approx(1.2), "第二句")]
    assert asked.texts(1, 0, 80) == []
    assert Written(written).text(0, 0, 80) == "第一句\n第二句"
