"""The retrievers that ours is compared with, as llama-index retrievers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

Cut = Callable[[str], list[str]]


class Bm25Retriever(BaseRetriever):
    """BM25 by bm25s with its default parameters over whatever terms `cut` gives.

    Passages without any of the question's terms are left out: bm25s would give them with the score 0.
    """

    def __init__(self, nodes: Sequence[TextNode], cut: Cut, top_k: int = 10) -> None:
        """Index `nodes`; `retrieve` gives at most `top_k` of them."""
        import bm25s

        super().__init__()
        self._nodes = list(nodes)
        self._cut = cut
        self._top_k = min(top_k, len(self._nodes))
        self._bm25 = bm25s.BM25()
        self._bm25.index([cut(node.text) or [""] for node in self._nodes], show_progress=False)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        terms = [term for term in self._cut(query_bundle.query_str) if term in self._bm25.vocab_dict]
        if not terms:
            return []
        places, scores = self._bm25.retrieve([terms], k=self._top_k, show_progress=False)
        return [
            NodeWithScore(node=self._nodes[int(place)], score=float(score))
            for place, score in zip(places[0], scores[0], strict=True)
            if score > 0
        ]


def default_cut(text: str) -> list[str]:
    """bm25s's default tokens (words of two characters or more between spaces and punctuation, lower case).

    A Chinese clause becomes one token, as it does for everyone who follows the tutorials.
    """
    import bm25s

    tokens = bm25s.tokenize([text], return_ids=False, show_progress=False)
    return [str(token) for token in tokens[0]]


def word_cut(text: str) -> list[str]:
    """Chinese words (rjieba), numbers and Latin words."""
    from ingest.terms import words

    return words(text)


def word_and_bigram_cut(text: str) -> list[str]:
    """Words and character bigrams."""
    from ingest.terms import lexical_terms

    return lexical_terms(text)


def split_nodes(text: str) -> list[TextNode]:
    """A text in chunks as llama-index's tutorials cut it: `SentenceSplitter` with its defaults."""
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import Document

    nodes = SentenceSplitter().get_nodes_from_documents([Document(text=text)])
    return [node for node in nodes if isinstance(node, TextNode)]


def jieba_cut(text: str) -> list[str]:
    """Chinese words as jieba cuts them, the way its users do it."""
    import jieba

    jieba.setLogLevel(60)
    return [word for word in jieba.lcut(text) if word.strip()]


class RankBm25Retriever(BaseRetriever):
    """BM25 by rank_bm25 (`BM25Okapi`, default parameters); passages without any of the terms are left out."""

    def __init__(self, nodes: Sequence[TextNode], cut: Cut, top_k: int = 10) -> None:
        """Index `nodes`; `retrieve` gives at most `top_k` of them."""
        from rank_bm25 import BM25Okapi

        super().__init__()
        self._nodes = list(nodes)
        self._cut = cut
        self._top_k = top_k
        self._bm25 = BM25Okapi([cut(node.text) for node in self._nodes])

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        scores = self._bm25.get_scores(self._cut(query_bundle.query_str))
        best = scores.argsort()[::-1][: self._top_k]
        return [NodeWithScore(node=self._nodes[i], score=float(scores[i])) for i in best if scores[i] > 0]


class ChromaTextRetriever(BaseRetriever):
    """Chroma's own text filter: passages that contain (`$contains`) one of the question's words.

    Chroma does not rank what a filter lets through: the passages come as they are stored, or by their
    vectors where an encoder is given.
    """

    def __init__(
        self, nodes: Sequence[TextNode], cut: Cut, top_k: int = 10, embedding: BaseEmbedding | None = None
    ) -> None:
        """Index `nodes` in memory; `retrieve` gives at most `top_k` of them."""
        import time

        import chromadb

        super().__init__()
        self._by_id = {node.node_id: node for node in nodes}
        self._cut = cut
        self._top_k = top_k
        self._embedding = embedding
        self._collection = chromadb.EphemeralClient().create_collection(
            f"filter-{time.monotonic_ns()}",
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
        )
        texts = [node.text for node in nodes]
        vectors = embedding.get_text_embedding_batch(texts) if embedding else [[1.0]] * len(texts)
        self._collection.add(ids=list(self._by_id), documents=texts, embeddings=np.array(vectors, np.float32))

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        words = dict.fromkeys(word for word in self._cut(query_bundle.query_str) if len(word) > 1)
        conditions: list[dict[str, str]] = [{"$contains": word} for word in words]
        if not conditions:
            return []
        where: Any = {"$or": conditions} if len(conditions) > 1 else conditions[0]
        if self._embedding is None:
            ids = self._collection.get(where_document=where, limit=self._top_k, include=[])["ids"]
        else:
            vector = self._embedding.get_query_embedding(query_bundle.query_str)
            ids = self._collection.query(
                query_embeddings=np.array([vector], np.float32),
                n_results=self._top_k,
                where_document=where,
                include=[],
            )["ids"][0]
        return [
            NodeWithScore(node=self._by_id[key], score=1.0 / rank) for rank, key in enumerate(ids, start=1)
        ]
