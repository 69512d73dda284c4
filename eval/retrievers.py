"""The retrievers that ours is compared with, as llama-index retrievers."""

from collections.abc import Callable, Sequence

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
