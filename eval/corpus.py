"""Retrieval alone, over any corpus: BM25, the dense part and the whole side by side.

The file holds {"corpus": {id: text}, "queries": [{"q": question, "gold": id or list of ids}]}.
"""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from eval.records import EvaluationError

_DEPTH = 10
_DENSE = "dense"
HEAD = ("做法", "命中率@1", "命中率@5", "命中率@10", "MRR", "毫秒（中位数）", "毫秒（95%分位）")


@dataclass(frozen=True)
class Query:
    """A question and the ids of the texts that answer it."""

    question: str
    gold: tuple[str, ...]


@dataclass(frozen=True)
class RetrievalScores:
    """How a retriever did: shares from 0 to 1, milliseconds a query."""

    name: str
    hit_1: float
    hit_5: float
    hit_10: float
    mrr: float
    median_ms: float
    p95_ms: float

    def to_json(self) -> dict[str, Any]:
        """By the names of the metrics."""
        return {
            "name": self.name,
            "hit@1": round(self.hit_1, 4),
            "hit@5": round(self.hit_5, 4),
            "hit@10": round(self.hit_10, 4),
            "mrr": round(self.mrr, 4),
            "median_ms": round(self.median_ms, 2),
            "p95_ms": round(self.p95_ms, 2),
        }


def read_corpus(path: Path) -> tuple[dict[str, str], list[Query]]:
    """Read a corpus file.

    Raises:
        EvaluationError: it cannot be read, or an entry is wrong; the message says which.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise EvaluationError(f"读不到 {path}：{error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{path.name} 不是合法的 JSON：{error}") from error
    corpus = data.get("corpus") if isinstance(data, dict) else None
    queries = data.get("queries") if isinstance(data, dict) else None
    if (
        not isinstance(corpus, dict)
        or not corpus
        or not all(isinstance(text, str) for text in corpus.values())
    ):
        raise EvaluationError(f"{path.name} 的 corpus 应为“编号: 文字”的对象，且不为空。")
    if not isinstance(queries, list) or not queries:
        raise EvaluationError(f"{path.name} 的 queries 应为列表，且不为空。")
    return corpus, [_query(entry, number, corpus, path.name) for number, entry in enumerate(queries, 1)]


def evaluate_corpus(
    corpus: Mapping[str, str],
    queries: Sequence[Query],
    progress: Callable[[str, int, int], None] | None = None,
) -> list[RetrievalScores]:
    """Run BM25 (words and character bigrams), the dense part alone and the whole on `queries`."""
    from llama_index.core.schema import TextNode

    from bot.retrieve import FEATURES, corpus_retriever
    from eval.retrievers import Bm25Retriever, word_and_bigram_cut

    nodes = [TextNode(id_=key, text=text) for key, text in corpus.items()]
    whole = corpus_retriever(dict(corpus))
    dense = corpus_retriever(dict(corpus), weights={name: float(name == _DENSE) for name in FEATURES})
    retrievers: list[tuple[str, BaseRetriever]] = [
        ("BM25", Bm25Retriever(nodes, word_and_bigram_cut, _DEPTH)),
        ("向量", dense),
        ("全部", whole),
    ]
    return [_score(name, retriever, queries, progress) for name, retriever in retrievers]


def score_lines(scores: Sequence[RetrievalScores], texts: int, queries: int) -> list[str]:
    """The scores as a table in Markdown."""
    lines = [f"{texts} 段，{queries} 问", "", f"| {' | '.join(HEAD)} |", "|---|" + "---:|" * (len(HEAD) - 1)]
    for found in scores:
        shares = [f"{share * 100:.1f}%" for share in (found.hit_1, found.hit_5, found.hit_10)]
        cells = [found.name, *shares, f"{found.mrr:.3f}", f"{found.median_ms:.1f}", f"{found.p95_ms:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _score(
    name: str,
    retriever: BaseRetriever,
    queries: Sequence[Query],
    progress: Callable[[str, int, int], None] | None,
) -> RetrievalScores:
    from llama_index.core.evaluation import RetrieverEvaluator

    retriever.retrieve(queries[0].question)  # what loads at the first query is not that query's time
    timed = _Timed(retriever)
    evaluator = RetrieverEvaluator.from_metric_names(["mrr"], retriever=timed)
    ranks: list[float] = []
    for done, query in enumerate(queries, 1):
        try:
            found = evaluator.evaluate(query.question, list(query.gold)).retrieved_ids
        except ValueError:  # llama-index's metrics raise where nothing was retrieved
            found = []
        ranks.append(next((float(rank) for rank, key in enumerate(found, 1) if key in query.gold), math.inf))
        if progress:
            progress(name, done, len(queries))
    array = np.array(ranks)
    return RetrievalScores(
        name,
        hit_1=float(np.mean(array <= 1)),
        hit_5=float(np.mean(array <= 5)),
        hit_10=float(np.mean(array <= 10)),
        mrr=float(np.mean(1 / array)),
        median_ms=float(np.median(timed.milliseconds)),
        p95_ms=float(np.quantile(timed.milliseconds, 0.95)),
    )


class _Timed(BaseRetriever):
    """A retriever with a clock."""

    def __init__(self, retriever: BaseRetriever) -> None:
        super().__init__()
        self._retriever = retriever
        self.milliseconds: list[float] = []

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        started = time.perf_counter()
        found = self._retriever.retrieve(query_bundle)
        self.milliseconds.append((time.perf_counter() - started) * 1000)
        return found


def _query(entry: object, number: int, corpus: Mapping[str, str], name: str) -> Query:
    where = f"{name} 的第 {number} 个问题"
    if not isinstance(entry, dict) or not isinstance(entry.get("q"), str):
        raise EvaluationError(f"{where}缺少文字 q。")
    gold = entry.get("gold")
    gold = gold if isinstance(gold, list) else [gold]
    wrong = [key for key in gold if str(key) not in corpus]
    if not gold or wrong:
        raise EvaluationError(f"{where}的 gold 不在 corpus 中：{wrong}")
    return Query(entry["q"], tuple(str(key) for key in gold))
