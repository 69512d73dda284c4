"""Fitting the model of how questions are worded (`bot/asking.py`)."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from bot.asking import AskingModel, ngrams, vector

_LEAST = 2  # questions in which an n-gram must stand
_STRENGTH = 5.0  # inverse of the L2 penalty, as in scikit-learn's C
_FOLDS = 10


def fit_asking(texts: Sequence[str], labels: np.ndarray) -> AskingModel:
    """Logistic regression on tf-idf n-grams by L-BFGS; both classes weigh the same.

    Args:
        texts: normalised questions.
        labels: 1 where the plan answers, else 0.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counts = [ngrams(text) for text in texts]
    found_in = Counter(gram for count in counts for gram in count)
    names = sorted(gram for gram, n in found_in.items() if n >= _LEAST)
    # Smoothed idf, as scikit-learn has it: ln((1 + n) / (1 + df)) + 1.
    idf = {gram: math.log((1 + len(texts)) / (1 + found_in[gram])) + 1 for gram in names}
    column = {gram: i for i, gram in enumerate(names)}
    rows, columns, values = [], [], []
    for row, count in enumerate(counts):
        for gram, value in vector(count, idf).items():
            rows.append(row)
            columns.append(column[gram])
            values.append(value)
    design = csr_matrix((values, (rows, columns)), shape=(len(texts), len(names)))
    share = min(max(float(labels.mean()), 1e-9), 1 - 1e-9)
    weight = np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        slopes, bias = parameters[:-1], parameters[-1]
        logits = design @ slopes + bias
        total = float(weight @ (np.logaddexp(0, logits) - labels * logits)) + float(slopes @ slopes) / (
            2 * _STRENGTH
        )
        pull = weight * (1 / (1 + np.exp(-logits)) - labels)
        return total, np.append(design.T @ pull + slopes / _STRENGTH, pull.sum())

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return AskingModel(idf, dict(zip(names, map(float, found.x[:-1]), strict=True)), float(found.x[-1]))


def held_out_scores(texts: Sequence[str], labels: np.ndarray) -> np.ndarray:
    """The score of each question by a model fitted without its tenth: what a new question would get."""
    scores = np.zeros(len(texts))
    order = np.random.RandomState(0).permutation(len(texts))
    for fold in range(_FOLDS):
        out = order[fold::_FOLDS]
        rest = np.setdiff1d(order, out)
        model = fit_asking([texts[i] for i in rest], labels[rest])
        scores[out] = [model.score(texts[i]) for i in out]
    return scores
