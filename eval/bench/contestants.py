"""Who is compared: this project, and what a user would take instead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from llama_index.core.schema import TextNode

from eval.baselines import quoting, tutorial_vectors, tutorial_words
from eval.metrics import METRICS
from eval.records import KnownAnswer
from eval.retrievers import Bm25Retriever, ChromaTextRetriever, RankBm25Retriever, jieba_cut, word_cut
from eval.run import Subject, run
from eval.summary import estimates, quantiles

MEASURED = ("hit@1", "hit@5", "mrr", "facts@5")
_TOP_K = 10
_RETRIEVAL = ("understand", "lexical", "dense", "rerank")  # stages of this project before judge and answer


@dataclass(frozen=True)
class Contestant:
    """One row of the table.

    Attributes:
        key: its name in files.
        name: its name for readers.
        make: builds it.
        needs: a package that may not be there.
    """

    key: str
    name: str
    make: Callable[[], Subject]
    needs: str = ""

    @property
    def missing(self) -> bool:
        """Whether a package it needs is not installed."""
        return bool(self.needs) and find_spec(self.needs) is None


def contestants(subject: Subject, raw: str) -> list[Contestant]:
    """This project and the others, all over the same plan and, but for the tutorials, the same passages.

    Args:
        subject: the engine in its default configuration.
        raw: the source file's text.
    """
    nodes: list[TextNode] = list(subject.system.index.passages)  # type: ignore[attr-defined]
    embedding = subject.system.index.embedding  # type: ignore[attr-defined]
    passages = list(subject.passages.values())

    def vectors() -> Subject:
        from llama_index.core import VectorStoreIndex

        index = VectorStoreIndex(nodes, embed_model=embedding)
        return quoting(subject, index.as_retriever(similarity_top_k=_TOP_K), passages)

    return [
        Contestant("jiwen", "本项目", lambda: subject),
        Contestant(
            "tutorial",
            "llama-index 教程：SentenceSplitter＋VectorStoreIndex",
            lambda: tutorial_vectors(subject),
        ),
        Contestant(
            "tutorial_bm25",
            "llama-index 教程：SentenceSplitter＋BM25",
            lambda: tutorial_words(subject, raw, aligned=True),
        ),
        Contestant("vectors", "VectorStoreIndex（本项目的段落）", vectors),
        Contestant(
            "bm25s_jieba",
            "bm25s＋jieba",
            lambda: quoting(subject, Bm25Retriever(nodes, jieba_cut, _TOP_K), passages),
            "jieba",
        ),
        Contestant(
            "bm25s_rjieba",
            "bm25s＋rjieba",
            lambda: quoting(subject, Bm25Retriever(nodes, word_cut, _TOP_K), passages),
        ),
        Contestant(
            "rank_bm25_jieba",
            "rank_bm25＋jieba",
            lambda: quoting(subject, RankBm25Retriever(nodes, jieba_cut, _TOP_K), passages),
            "rank_bm25",
        ),
        Contestant(
            "chroma_filter",
            "Chroma 文本过滤（$contains）",
            lambda: quoting(subject, ChromaTextRetriever(nodes, word_cut, _TOP_K), passages),
        ),
        Contestant(
            "chroma_filter_vectors",
            "Chroma 文本过滤＋向量",
            lambda: quoting(subject, ChromaTextRetriever(nodes, word_cut, _TOP_K, embedding), passages),
        ),
    ]


def compare(contestant: Contestant, records: Sequence[KnownAnswer]) -> dict[str, Any]:
    """Ask a contestant all questions.

    Returns:
        "key" and "name"; "missing" if it cannot be built here; else the metrics of `MEASURED` and
        "milliseconds" (median, p95) of a question, and "stages" where it tells them.
    """
    told: dict[str, Any] = {"key": contestant.key, "name": contestant.name}
    if contestant.missing:
        return told | {"missing": contestant.needs}
    cases = run(contestant.make(), records)
    wanted = [metric for metric in METRICS if metric.name in MEASURED]
    told["quality"] = {name: estimate.to_json() for name, estimate in estimates(cases, wanted).items()}
    told["milliseconds"] = quantiles([case.answer.timings["total"] for case in cases])
    timings = [case.answer.timings for case in cases if "rerank" in case.answer.timings]
    if timings:
        told["retrieval_milliseconds"] = quantiles(
            [sum(found[stage] for stage in _RETRIEVAL) for found in timings]
        )
        told["stages"] = stages([case.answer.timings for case in cases])
    return told


def stages(timings: Sequence[Any]) -> list[dict[str, Any]]:
    """Where the time goes: for every stage mean, median and p95, and its share of all the time.

    Args:
        timings: of every answer, milliseconds by stage with "total" among them.
    """
    names = dict.fromkeys(name for found in timings for name in found if name != "total")
    whole = sum(found["total"] for found in timings)
    rows = []
    for name in names:
        values = [found[name] for found in timings if name in found]
        share = sum(values) / whole if whole else 0.0
        rows.append({"stage": name, "mean": sum(values) / len(timings), **quantiles(values), "share": share})
    rest = [found["total"] - sum(v for name, v in found.items() if name != "total") for found in timings]
    share = sum(rest) / whole if whole else 0.0
    return [*rows, {"stage": "rest", "mean": sum(rest) / len(rest), **quantiles(rest), "share": share}]
