"""Baselines in the same table, run by the same code: tutorials, BM25, and ours with parts switched off."""

import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import TextNode

from bot.answer import Answer, Citation
from eval.alignment import Alignment
from eval.places import Passage
from eval.records import KnownAnswer
from eval.retrievers import Bm25Retriever, default_cut, split_nodes, word_cut
from eval.run import Subject, run
from eval.summary import estimates, latency
from ingest.place import place_in_words
from ingest.plan import Plan

_HERE = Path(__file__).resolve().parent
_TOP_K = 10
Progress = Callable[[str, int, int], None]


class QuotingSystem:
    """A retriever made to answer: it quotes the first passage found, and refuses where it finds none."""

    def __init__(self, retriever: BaseRetriever, passages: dict[str, Passage]) -> None:
        """Answer from `passages`, by the ids that `retriever` gives."""
        self._retriever = retriever
        self._passages = passages

    def ask(self, question: str, history: Sequence[Any] = ()) -> Answer:
        """Quote the first passage for `question`; the history is of no use to these systems."""
        started = time.perf_counter()
        found = [(node.node.node_id, float(node.score or 0.0)) for node in self._retriever.retrieve(question)]
        timings = {"total": (time.perf_counter() - started) * 1000}
        trace = {"retrieved": found}
        if not found:
            return Answer("not_in_plan", "没有找到。", question=question, timings=timings, trace=trace)
        passage = self._passages[found[0][0]]
        place = passage.place
        words = place_in_words(
            passage.kind, place.pages, chapter=place.chapter, section=place.section, box=place.box
        )
        citation = Citation(
            n=1,
            passage_id=passage.id,
            kind=passage.kind,
            chapter=place.chapter,
            section=place.section,
            box=place.box,
            term=place.term,
            pages=place.pages,
            place=words,
            quote=passage.text,
            start=passage.start,
            end=passage.end,
        )
        text = f"{passage.text}[1]"
        return Answer("answered", text, (citation,), question=question, timings=timings, trace=trace)


def run_baselines(
    subject: Subject, raw: str, records: Sequence[KnownAnswer], split: str, progress: Progress | None = None
) -> dict[str, Any]:
    """Run every baseline on `records`.

    Args:
        subject: the engine in its default configuration.
        raw: the source file's text.
        records: the known answers.
        split: what they are, for the table.
        progress: called with what is done, steps done, steps in all.

    Returns:
        The table: "split", "made", "questions", "metrics" and "rows" (name, overall metrics, median_ms).
    """
    with (_HERE / "baselines.toml").open("rb") as file:
        data = tomllib.load(file)
    makers: list[tuple[str, Callable[[], Subject]]] = [
        ("教程做法：SentenceSplitter＋BM25（原文件）", lambda: tutorial_words(subject, raw, aligned=True)),
        (
            "教程做法：SentenceSplitter＋BM25（修复后的文本）",
            lambda: tutorial_words(subject, raw, aligned=False),
        ),
        ("教程做法：SentenceSplitter＋本项目的向量", lambda: tutorial_vectors(subject)),
        ("按词的BM25（本项目的段落）", lambda: word_bm25(subject)),
        ("本项目（全部）", lambda: subject),
    ]
    weights = subject.system.retriever.weights  # type: ignore[attr-defined]
    for row in data["without"]:
        off = [name for name in row["features"] if weights.get(name)]
        if off:  # a part that counts for nothing cannot be switched off
            makers.append((row["name"], lambda off=off: _without(subject, off)))  # type: ignore[misc]
    rows = []
    for done, (name, make) in enumerate(makers):
        if progress:
            progress("基线", done, len(makers))
        cases = run(make(), records)
        overall = {key: estimate.to_json() for key, estimate in estimates(cases).items()}
        rows.append({"name": name, "overall": overall, "median_ms": latency(cases)["total"]["median"]})
    if progress:
        progress("基线", len(makers), len(makers))
    return {
        "split": split,
        "made": time.strftime("%Y-%m-%d %H:%M"),
        "questions": len(records),
        "metrics": data["metrics"],
        "rows": rows,
    }


def tutorial_words(subject: Subject, raw: str, *, aligned: bool) -> Subject:
    """The tutorials' chunks and BM25, over the file as it is (`aligned`) or over the mended text."""
    plan = subject.truth.proof.plan
    text = raw if aligned else plan.text
    passages = _chunks(subject, split_nodes(text), text, Alignment(plan, raw) if aligned else None)
    nodes = split_nodes(text)
    for node, passage in zip(nodes, passages, strict=True):
        node.id_ = passage.id
    return quoting(subject, Bm25Retriever(nodes, default_cut, _TOP_K), passages)


def tutorial_vectors(subject: Subject) -> Subject:
    """The tutorials' chunks and `VectorStoreIndex`, with the shipped encoder (theirs needs a download)."""
    from llama_index.core import VectorStoreIndex

    plan = subject.truth.proof.plan
    nodes = split_nodes(plan.text)
    passages = _chunks(subject, nodes, plan.text, None)
    for node, passage in zip(nodes, passages, strict=True):
        node.id_ = passage.id
    index = VectorStoreIndex(nodes, embed_model=subject.system.index.embedding)  # type: ignore[attr-defined]
    return quoting(subject, index.as_retriever(similarity_top_k=_TOP_K), passages)


def word_bm25(subject: Subject) -> Subject:
    """BM25 over the words of our passages."""
    nodes = list(subject.system.index.passages)  # type: ignore[attr-defined]
    return quoting(subject, Bm25Retriever(nodes, word_cut, _TOP_K), list(subject.passages.values()))


def _without(subject: Subject, features: Sequence[str]) -> Subject:
    from bot.engine import Engine

    engine = subject.system
    weights = dict.fromkeys(features, 0.0)
    less = Engine(engine.index, engine.settings, weights)  # type: ignore[attr-defined]
    return replace(subject, system=less)


def quoting(subject: Subject, retriever: BaseRetriever, passages: Sequence[Passage]) -> Subject:
    """A retriever as a system over `passages`, held against the same truth."""
    by_id = {passage.id: passage for passage in passages}
    return replace(subject, system=QuotingSystem(retriever, by_id), passages=by_id)


def _chunks(
    subject: Subject, nodes: Sequence[TextNode], text: str, alignment: Alignment | None
) -> list[Passage]:
    """Chunks as passages of the plan: their span, their pages, and the place where they begin."""
    plan: Plan = subject.truth.proof.plan
    found: list[Passage] = []
    after = 0
    for i, node in enumerate(nodes):
        start = (
            node.start_char_idx
            if node.start_char_idx is not None
            else max(text.find(node.text, after), after)
        )
        after = start + 1
        end = start + len(node.text)
        start, end = alignment.span(start, end) if alignment else (start, end)
        own = [passage for passage in subject.truth.passages if passage.start < end and passage.end > start]
        first = max(own[:2], key=lambda passage: min(passage.end, end) - max(passage.start, start))
        place = replace(first.place, pages=plan.pages(start, end), indicator=None)
        # Broken lines and set spaces are closed up: a reader of the chunk would not stumble over them.
        found.append(Passage(f"chunk.{i}", "".join(node.text.split()), start, end, place, "paragraph"))
    return found
