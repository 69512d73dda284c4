"""Retrieval over any corpus: the file is read with care, the figures are those of the ranks."""

import json

import pytest
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, TextNode

from eval import corpus as module
from eval.corpus import Query, evaluate_corpus, read_corpus, score_lines
from eval.records import EvaluationError
from eval.retrievers import Bm25Retriever, default_cut, split_nodes, word_and_bigram_cut, word_cut

TEXTS = {"a": "森林覆盖率达到45.8%。", "b": "高速铁路通到白城市。", "c": "农民合作社的收入增长。"}


def write(path, corpus=TEXTS, queries=({"q": "森林覆盖率", "gold": "a"},)):
    path.write_text(
        json.dumps({"corpus": corpus, "queries": list(queries)}, ensure_ascii=False), encoding="utf-8"
    )
    return path


def test_gold_may_be_one_id_or_several(tmp_path):
    queries = ({"q": "一", "gold": "a"}, {"q": "二", "gold": ["a", "b"]})
    corpus, found = read_corpus(write(tmp_path / "c.json", queries=queries))
    assert corpus == TEXTS
    assert found == [Query("一", ("a",)), Query("二", ("a", "b"))]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"corpus": {}}, "corpus"),
        ({"corpus": {"a": 3}}, "corpus"),
        ({"queries": ()}, "queries"),
        ({"queries": ({"q": "一", "gold": "z"},)}, "第 1 个问题的 gold"),
        ({"queries": ({"q": "一", "gold": "a"}, {"gold": "a"})}, "第 2 个问题缺少"),
        ({"queries": ({"q": "一", "gold": []},)}, "gold"),
    ],
)
def test_a_wrong_file_is_told(tmp_path, changes, told):
    with pytest.raises(EvaluationError, match=told):
        read_corpus(write(tmp_path / "c.json", **changes))


class Fixed(BaseRetriever):
    """Gives fixed ids for a query."""

    def __init__(self, found):
        super().__init__()
        self.found = found

    def _retrieve(self, query_bundle):
        return [
            NodeWithScore(node=TextNode(id_=key, text=key), score=1.0)
            for key in self.found[query_bundle.query_str]
        ]


def test_figures_are_those_of_the_ranks():
    queries = [
        Query("first", ("a",)),
        Query("third", ("c", "d")),
        Query("none", ("z",)),
        Query("nothing", ("a",)),
    ]
    found = {"first": ["a", "b"], "third": ["x", "y", "d", "c"], "none": ["a"], "nothing": []}
    scores = module._score("试", Fixed(found), queries, None)
    assert (scores.hit_1, scores.hit_5, scores.hit_10) == (0.25, 0.5, 0.5)
    assert scores.mrr == pytest.approx((1 + 1 / 3) / 4)
    assert scores.median_ms >= 0


def test_all_three_ways_run(tmp_path):
    corpus, queries = read_corpus(write(tmp_path / "c.json"))
    scores = evaluate_corpus(corpus, queries)
    assert [found.name for found in scores] == ["BM25", "向量", "全部"]
    assert all(found.hit_10 == 1.0 for found in scores)
    assert scores[0].hit_1 == 1.0
    lines = score_lines(scores, len(corpus), len(queries))
    assert lines[0] == "3 段，1 问"
    assert len(lines) == 7


def test_bm25_gives_nothing_for_what_no_text_holds():
    nodes = [TextNode(id_=key, text=text) for key, text in TEXTS.items()]
    retriever = Bm25Retriever(nodes, word_cut)
    assert [found.node.node_id for found in retriever.retrieve("森林覆盖率")] == ["a"]
    assert retriever.retrieve("量子计算") == []
    assert retriever.retrieve("？？") == []


def test_ways_of_cutting():
    assert default_cut("森林覆盖率达到，目标") == ["森林覆盖率达到", "目标"]  # a clause is one token
    assert "覆盖率" in "".join(word_cut("森林覆盖率"))
    assert any(term.startswith("~") for term in word_and_bigram_cut("森林覆盖率"))


def test_the_tutorials_splitter(plan):
    nodes = split_nodes(plan.text)
    assert len(nodes) > 50
    assert all(node.text in plan.text for node in nodes)
