"""The floor: what the same searching costs in plain numpy, without a data base and without a library."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from eval.summary import quantiles
from ingest.exact import ExactVectors
from ingest.lexical import LexicalIndex

_NEAREST = 200  # rows that are told apart, as many as the retriever asks for


def nearest(matrix: np.ndarray, vector: np.ndarray, count: int = _NEAREST) -> np.ndarray:
    """The rows of `matrix` most like `vector`, best first: the product of each with it.

    Args:
        matrix: float32, rows of length 1.
        vector: of length 1.
        count: how many rows.
    """
    similar = np.vecdot(matrix, vector)
    count = min(count, len(similar))
    best = np.argpartition(-similar, count - 1)[:count]
    found: np.ndarray = best[np.argsort(-similar[best])]
    return found


def gather(postings: Sequence[tuple[np.ndarray, np.ndarray]], size: int) -> np.ndarray:
    """BM25 scores of all documents: the postings of the question's terms, added up.

    Args:
        postings: of each term the documents that have it and what it adds to each.
        size: how many documents there are.
    """
    if not postings:
        return np.zeros(size, dtype=np.float32)
    documents = np.concatenate([found for found, _ in postings])
    weights = np.concatenate([weight for _, weight in postings])
    return np.bincount(documents, weights, minlength=size)


def postings_of(
    lexical: LexicalIndex, terms: Sequence[str]
) -> list[tuple[list[tuple[np.ndarray, np.ndarray]], int]]:
    """For every field of an index the postings of `terms`, as `gather` takes them, and the field's size."""
    found = []
    rows = [row for term in dict.fromkeys(terms) if (row := lexical.idf.row(term)) is not None]
    for field in lexical.fields.values():
        slices = [postings for row in rows if len((postings := field.of(row))[0])]
        found.append((slices, field.size))
    return found


def floors(engine: Any, questions: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - bot.engine.Engine
    """Each kind of search as the engine does it and as plain numpy does it, on the same questions.

    Returns:
        Rows with "what", "milliseconds" of the engine's way and "floor" of numpy's (median, p95).
    """
    from bot.expand import query_terms
    from bot.question import read_question

    index = engine.index
    read = [read_question(question) for question in questions]
    rows = []
    vectors = [
        np.asarray(index.embedding.get_query_embedding(question.text), dtype=np.float32) for question in read
    ]
    stored = ExactVectors(np.asarray(index.collection.get(include=["embeddings"])["embeddings"])).unit

    def passages(vector: np.ndarray) -> None:
        engine.retriever.passage_cosines(vector)

    def by_engine(vector: np.ndarray) -> None:
        index.questions.cosines(vector, _NEAREST)

    for what, search, matrix in (
        ("passages", passages, stored),
        ("questions", by_engine, index.questions.unit),
    ):

        def by_numpy(vector: np.ndarray, matrix: np.ndarray = matrix) -> None:
            nearest(matrix, vector)

        rows.append({"what": f"dense_{what}", "shape": list(matrix.shape)} | _both(search, by_numpy, vectors))
    terms = [query_terms(question) for question in read]
    prepared = [postings_of(index.lexical, found) for found, _ in terms]

    def by_library(number: int) -> None:
        index.lexical.scores(*terms[number])

    def by_gather(number: int) -> None:
        for slices, size in prepared[number]:
            gather(slices, size)

    total = int(np.median([sum(len(d) for slices, _ in fields for d, _ in slices) for fields in prepared]))
    rows.append({"what": "lexical", "shape": [total]} | _both(by_library, by_gather, range(len(terms))))
    return rows


def _both(
    ours: Callable[[Any], None], plain: Callable[[Any], None], inputs: Sequence[Any]
) -> dict[str, dict[str, float]]:
    return {"milliseconds": _timed(ours, inputs), "floor": _timed(plain, inputs)}


def _timed(work: Callable[[Any], None], inputs: Sequence[Any]) -> dict[str, float]:
    times = []
    for one in inputs:
        started = time.perf_counter()
        work(one)
        times.append((time.perf_counter() - started) * 1000)
    return quantiles(times)
