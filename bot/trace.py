"""What each stage found, for the evaluation's report."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core.schema import TextNode

from bot.judge import Evidence
from bot.ranking import Ranking

_TRACED = 10  # passages a trace tells of


def trace_of(
    kind: str, passages: Sequence[TextNode], ranking: Ranking, weighed: Evidence, *, judged: bool
) -> dict[str, Any]:
    """The trace of an answer.

    Args:
        kind: what kind of answer was composed.
        passages: those that were ranked.
        ranking: how.
        weighed: what the judge made of the evidence.
        judged: whether the judge decided.
    """
    best = ranking.top(_TRACED)
    ids = [passages[i].node_id for i in best]
    rows = np.array([values[best] for values in ranking.features.values()], dtype=float).round(4).T.tolist()
    return {
        "kind": kind,
        "judged": judged,
        "retrieved": [[name, round(float(ranking.scores[i]), 4)] for name, i in zip(ids, best, strict=True)],
        "evidence": weighed.probability,
        "threshold": weighed.threshold,
        "signs": dict(weighed.signs),
        "wordings": dict(weighed.wordings),
        "features": {
            name: dict(zip(ranking.features, row, strict=True)) for name, row in zip(ids, rows, strict=True)
        },
    }
