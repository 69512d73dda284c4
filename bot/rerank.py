"""The optional last step of retrieval: a cross-encoder puts the best passages into a new order."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from bot.ranking import Ranking
from ingest.errors import ModelError

_log = logging.getLogger(__name__)


def reranked(
    ranking: Ranking, passages: Sequence[TextNode], asked: str, reranker: BaseNodePostprocessor, top: int
) -> Ranking:
    """The ranking with its best passages in the reranker's order.

    The scores of those passages are dealt out anew in that order, so that their scale, by which the judge of
    evidence was fitted, stays what it was. A reranker that fails leaves the ranking as it is.

    Args:
        ranking: of all passages.
        passages: in the index's order.
        asked: the question as typed.
        reranker: any llama-index postprocessor.
        top: how many of the best are put in order.
    """
    best = ranking.top(top)
    nodes = [NodeWithScore(node=passages[i], score=float(ranking.scores[i])) for i in best]
    try:
        ordered = reranker.postprocess_nodes(nodes, query_bundle=QueryBundle(asked))
    except ModelError as error:
        _log.warning("not reranked: %s", error)
        return ranking
    position = {passages[i].node_id: i for i in best}
    order = [position[node.node.node_id] for node in ordered if node.node.node_id in position]
    order += [i for i in best if i not in order]
    scores = ranking.scores.copy()
    scores[order] = ranking.scores[best]
    return replace(
        ranking, order=np.concatenate([order, ranking.order[len(best) :]]).astype(int), scores=scores
    )
