"""Judge an encoder on held-out pairs: `python -m ingest.encoder.validate --data FOLDER`.

For each set of questions it prints hit rate@1, 5, 10 and MRR, in percent, of BM25 (words and bigrams, as the
product cuts them), of the mean vectors, of late interaction over the token vectors, and of fusions. The sets:
held-out headings of 31 provinces' work reports, laws and encyclopaedia questions, each among up to 3,000
passages of its source, and `probe.tsv`: everyday questions on the plan, each with the pattern that a passage
that may answer it matches. The probe is for choosing between encoders only, not a test of the product.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.encoder.corpus import HELD_OUT, Corpus, read_corpus
from ingest.encoder.embedding import SHIPPED
from ingest.encoder.model import StaticModel
from ingest.terms import lexical_terms

_HERE = Path(__file__).resolve().parent
_PLAN = _HERE.parent / "source" / "jilin-14th-five-year-plan.txt"
_PASSAGES = 3000  # passages searched among, at most
_QUESTIONS = 400  # questions of a set, at most, but for the encyclopaedia's
_GENERIC = 3  # a heading with more passages than this says too little
# Weights of the standardised scores in the fusions: BM25, mean vectors, late interaction.
_FUSIONS = {"bm25+mean": (0.5, 1.0, 0.0), "bm25+late": (0.5, 0.0, 1.0), "all three": (0.4, 1.0, 0.4)}


@dataclass(frozen=True)
class QuestionSet:
    """Questions, the positions of the passages that answer each, and the passages."""

    name: str
    questions: tuple[str, ...]
    answers: tuple[tuple[int, ...], ...]
    passages: tuple[str, ...]


def question_sets(corpus: Corpus, plan: Path) -> list[QuestionSet]:
    """The held-out sets and the probe."""
    sets = []
    for source in HELD_OUT:
        random = np.random.default_rng(0)
        by_question: dict[str, list[str]] = defaultdict(list)
        for pair in corpus.held_out:
            if pair.source == source:
                by_question[pair.query].append(pair.passage)
        chosen = [question for question in by_question if len(by_question[question]) <= _GENERIC]
        if source == "laws":
            chosen = [chosen[i] for i in random.permutation(len(chosen))[:_QUESTIONS]]
        place = {text: i for i, text in enumerate(dict.fromkeys(t for q in chosen for t in by_question[q]))}
        others = [passage for passage in corpus.distractors[source] if passage not in place]
        others = [others[i] for i in random.permutation(len(others))[: _PASSAGES - len(place)]]
        answers = tuple(tuple(place[text] for text in by_question[question]) for question in chosen)
        sets.append(QuestionSet(source, tuple(chosen), answers, (*place, *others)))
    return [*sets, _probe(plan)]


def _probe(plan: Path) -> QuestionSet:
    from llama_index.core.schema import MetadataMode

    from ingest.passages import plan_passages

    nodes = plan_passages(plan.read_text(encoding="utf-8"))
    rows = [line.split("\t") for line in (_HERE / "probe.tsv").read_text(encoding="utf-8").splitlines()]
    answers = [tuple(i for i, node in enumerate(nodes) if re.search(row[1], node.text)) for row in rows]
    kept = [i for i, found in enumerate(answers) if found]
    texts = tuple(node.get_content(MetadataMode.EMBED) for node in nodes)
    return QuestionSet("probe", tuple(rows[i][0] for i in kept), tuple(answers[i] for i in kept), texts)


def bm25_scores(found: QuestionSet) -> np.ndarray:
    """Scores of BM25, one row a question, one column a passage."""
    import bm25s

    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index([lexical_terms(passage) for passage in found.passages], show_progress=False)
    scores = np.zeros((len(found.questions), len(found.passages)), dtype=np.float32)
    for row, question in zip(scores, found.questions, strict=True):
        known = [term for term in lexical_terms(question) if term in index.vocab_dict]
        if known:
            row[:] = index.get_scores(known)
    return scores


def late_scores(model: StaticModel, found: QuestionSet) -> np.ndarray:
    """Scores of late interaction, one row a question, one column a passage."""
    empty = np.zeros((1, model.dimensions), dtype=np.float32)
    matrices = [model.token_matrix(passage, query=False)[0] for passage in found.passages]
    matrices = [matrix if len(matrix) else empty for matrix in matrices]
    starts = np.cumsum([0, *map(len, matrices)])[:-1]
    tokens = np.concatenate(matrices)
    scores = np.zeros((len(found.questions), len(found.passages)), dtype=np.float32)
    for row, question in zip(scores, found.questions, strict=True):
        vectors, weights = model.token_matrix(question)
        if len(vectors):
            row[:] = weights @ np.maximum.reduceat(vectors @ tokens.T, starts, axis=1)
    return scores


def ranks(scores: np.ndarray, answers: Sequence[Sequence[int]]) -> np.ndarray:
    """The rank of each question's first answering passage, from 1; ties count as half passed."""
    best = np.array([row[list(right)].max() for row, right in zip(scores, answers, strict=True)])[:, None]
    return 1 + (scores > best).sum(axis=1) + ((scores == best).sum(axis=1) - 1) / 2


def figures(found: np.ndarray) -> list[float]:
    """Hit rate@1, 5, 10 and MRR in percent."""
    return [100 * float((found <= k).mean()) for k in (1, 5, 10)] + [100 * float((1 / found).mean())]


def report(model: StaticModel, sets: Sequence[QuestionSet]) -> list[str]:
    """Lines of a table of all sets and ways."""
    lines = [
        "| set | questions / passages | way | hit@1 | hit@5 | hit@10 | MRR |",
        "|---|---|---|---|---|---|---|",
    ]
    for found in sets:
        mean = model.encode(found.questions, query=True) @ model.encode(found.passages).T
        parts = {"bm25": bm25_scores(found), "mean": mean, "late": late_scores(model, found)}
        ways = dict(parts)
        for name, weights in _FUSIONS.items():
            fused = [w * _standardised(s) for w, s in zip(weights, parts.values(), strict=True)]
            ways[name] = np.sum(fused, axis=0)
        for name, scores in ways.items():
            cells = " | ".join(f"{value:.1f}" for value in figures(ranks(scores, found.answers)))
            size = f"{len(found.questions)} / {len(found.passages)}"
            lines.append(f"| {found.name} | {size} | {name} | {cells} |")
    return lines


def _standardised(scores: np.ndarray) -> np.ndarray:
    spread = scores.std(axis=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9)


def main(arguments: list[str] | None = None) -> int:
    """Run the validation from the command line."""
    parser = argparse.ArgumentParser(prog="python -m ingest.encoder.validate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open texts and pairs")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="folder with the weights to judge")
    parser.add_argument("--plan", type=Path, default=_PLAN, help="a plan's extracted text")
    options = parser.parse_args(arguments)
    sets = question_sets(read_corpus(options.data, options.plan), options.plan)
    sys.stdout.write("\n".join(report(StaticModel(options.weights), sets)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
