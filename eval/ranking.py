"""Retrieval metrics, computed by llama-index's own metric classes on the ids that a system retrieved.

Left out are questions the plan does not answer, and those for a place in the plan (「第十一章讲什么」), whose
answer is the outline and is found by its number.
"""

import math
import re
from collections.abc import Callable

from eval.case import Case
from eval.text import MARK, holds

_NOT_RETRIEVED = ("place",)


def counts(case: Case) -> bool:
    """Whether retrieval is measured on this case."""
    return case.record.answerable and case.record.kind not in _NOT_RETRIEVED and bool(case.gold)


def hit_rate(k: int) -> Callable[[Case], tuple[float, float] | None]:
    """Hit rate@k: questions with a relevant passage among the first k / questions (llama-index `HitRate`)."""
    return _metric("hit_rate", k)


def reciprocal_rank(k: int) -> Callable[[Case], tuple[float, float] | None]:
    """MRR: mean of 1 / rank of the first relevant passage, 0 beyond k (Voorhees 1999; llama-index `MRR`)."""
    return _metric("mrr", k)


def ndcg(k: int) -> Callable[[Case], tuple[float, float] | None]:
    """nDCG@k: DCG@k / ideal DCG@k with binary gains (Järvelin & Kekäläinen 2002; llama-index `NDCG`).

    llama-index sums the ideal over all relevant passages; with more than k of them it is cut at k here.
    """
    whole = _metric("ndcg", k)

    def measure(case: Case) -> tuple[float, float] | None:
        share = whole(case)
        if share is None or len(case.gold) <= k:
            return share
        return share[0] * _ideal(len(case.gold)) / _ideal(k), 1.0

    return measure


def recall(k: int) -> Callable[[Case], tuple[float, float] | None]:
    """Recall@k: mean of relevant passages among the first k / relevant passages (llama-index `Recall`)."""
    return _metric("recall", k)


def facts_within(k: int) -> Callable[[Case], tuple[float, float] | None]:
    """Facts@k: questions all of whose facts stand in the first k passages together / questions."""

    def measure(case: Case) -> tuple[float, float] | None:
        if not counts(case):
            return None
        texts = [passage.text for passage, _ in case.retrieved[:k]]
        return float(all(any(holds(text, fact) for text in texts) for fact in case.record.facts)), 1.0

    return measure


def score(name: str, expected: list[str], retrieved: list[str]) -> float:
    """One of llama-index's retrieval metrics; 0 where nothing was retrieved (it would raise)."""
    from llama_index.core.evaluation.retrieval.metrics import resolve_metrics

    if not retrieved or not expected:
        return 0.0
    metric = resolve_metrics([name])[0]()
    return float(metric.compute(expected_ids=expected, retrieved_ids=retrieved).score)


def text_length(text: str) -> int:
    """Characters of an answer's text without marks, Markdown signs and white space."""
    return len(re.sub(r"[\s*>#|`]+|---+", "", MARK.sub("", text)))


def _ideal(count: int) -> float:
    return sum(1 / math.log2(rank + 1) for rank in range(1, count + 1))


def _metric(name: str, k: int) -> Callable[[Case], tuple[float, float] | None]:
    def measure(case: Case) -> tuple[float, float] | None:
        if not counts(case):
            return None
        retrieved = case.retrieved_ids[:k]
        # Ranks that a short list leaves empty count as misses.
        retrieved += [f"-{i}" for i in range(len(retrieved), k)] if retrieved else []
        return score(name, [passage.id for passage in case.gold], retrieved), 1.0

    return measure
