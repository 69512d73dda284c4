"""Fitting the weights by which sentences are told apart (`bot/sentence_scorer.py`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.engine import Engine
from bot.sentence_scorer import SIGNS
from bot.sentences import units_of
from eval.text import holds

_PENALTY = 0.01
_QUIET = ("outline", "indicator")  # kinds whose sentences are never chosen one by one


@dataclass(frozen=True)
class SentenceExample:
    """The sentences of the best passages for a question: their signs, one row each, and which hold a fact."""

    signs: np.ndarray
    gold: np.ndarray


def sentence_examples(
    engine: Engine, questions: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]
) -> list[SentenceExample]:
    """One example a question that has facts and for which a sentence with one is among the best passages.

    Args:
        engine: with an open index.
        questions: question, ids of the passages that answer it, and its facts (each with alternatives).
    """
    found = []
    most = engine.rules["evidence"]["passages"]
    for text, passages, facts in questions:
        question, ranking = engine.reader.ranked(text)
        rows, gold = [], []
        for at in [
            i
            for i in ranking.top(engine.rules["look"])
            if engine.index.passages[i].metadata["kind"] not in _QUIET
        ][:most]:
            node = engine.index.passages[at]
            signs = engine.scorer.signs(question, node, at, ranking)
            rows += [[sign[name] for name in SIGNS] for sign in signs]
            answers = node.node_id in passages
            gold += [
                answers and any(holds(unit.text, list(fact)) for fact in facts) for unit in units_of(node)
            ]
        if any(gold):
            found.append(SentenceExample(np.array(rows), np.array(gold)))
    return found


def fit_sentences(examples: Sequence[SentenceExample], softness: float) -> dict[str, float]:
    """The weights that make the sentences with a fact likeliest.

    A softmax over the sentences (ListNet's top-one loss, Cao et al. 2007) with an L2 penalty.

    Args:
        examples: of questions.
        softness: what scores are multiplied with in the exponent, as when sentences are chosen.
    """
    from scipy.optimize import minimize

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for example in examples:
            scores = softness * (example.signs @ weights)
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            held = max(float(shares[example.gold].sum()), 1e-12)
            total -= np.log(held)
            pull = shares - np.where(example.gold, shares / held, 0.0)
            slope += softness * (pull @ example.signs)
        count = max(len(examples), 1)
        return total / count + _PENALTY * float(weights @ weights), slope / count + 2 * _PENALTY * weights

    found = minimize(loss, np.zeros(len(SIGNS)), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return {name: round(float(value), 3) for name, value in zip(SIGNS, found.x, strict=True)}


def sentence_hit_rate(examples: Sequence[SentenceExample], weights: Mapping[str, float]) -> float:
    """The share of examples whose best sentence by `weights` holds a fact."""
    order = np.array([weights[name] for name in SIGNS])
    hits = [bool(example.gold[int(np.argmax(example.signs @ order))]) for example in examples]
    return float(np.mean(hits)) if hits else 0.0
