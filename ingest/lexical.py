"""The lexical index: BM25 over several fields of each passage, kept beside the vectors.

BM25 as in Lucene (Kamphuis et al. 2020, "Which BM25 do you mean?"), computed by bm25s; the fields' scores
are summed with weights by whoever asks.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from llama_index.core.schema import TextNode

from ingest.enrichment import Enrichment, written_questions
from ingest.owners import Owners
from ingest.postings import Postings
from ingest.terms import lexical_terms
from ingest.vocabulary import Vocabulary

FIELDS = ("text", "head", "questions", "keywords")
_QUESTIONS = "questions"  # its documents are single questions, not passages
UNANSWERED = "unanswered"  # a field of questions that no passage answers
_STATE = "state.json"
_K1 = 1.2
_LENGTH_NORM = {_QUESTIONS: 0.4, UNANSWERED: 0.4}  # BM25's b where 0.75 is too much: questions are all short


class LexicalIndex:
    """BM25 over the fields of passages; `scores` gives one array for each field.

    `idf` is Lucene's inverse document frequency of each term over all fields together.
    """

    def __init__(
        self,
        ids: Sequence[str],
        fields: Mapping[str, Postings],
        idf: Vocabulary,
        owners: Sequence[int] = (),
    ) -> None:
        self.ids = tuple(ids)
        self.fields = dict(fields)
        self.idf = idf
        self.owners = Owners(owners)
        # A term no passage has is as rare as can be.
        self.unknown_idf = math.log(1 + len(self.ids) / 0.5)

    @classmethod
    def build(
        cls,
        passages: Sequence[TextNode],
        enrichment: Mapping[str, Enrichment],
        unanswered: Sequence[str] = (),
    ) -> "LexicalIndex":
        """Index `passages`: text; title and lead as head; the questions and keywords written for them.

        Args:
            passages: in order.
            enrichment: what was written for them.
            unanswered: questions that none of them answers, a field of their own.
        """
        cut: dict[str, list[list[str]]] = {}
        seen: list[set[str]] = [set() for _ in passages]
        for name in FIELDS:
            corpus = [
                [lexical_terms(text) for text in lexical_texts(node, name, enrichment)] for node in passages
            ]
            for terms, here in zip(seen, corpus, strict=True):
                terms.update(term for text in here for term in text)
            if name == _QUESTIONS:
                documents = [text for texts in corpus for text in texts]
            else:
                documents = [[term for text in texts for term in text] for texts in corpus]
            if any(documents):
                cut[name] = documents
        # Those of earlier passages first, and in each by spelling: two builds give the same order.
        found_in = Counter(term for terms in seen for term in sorted(terms))
        if unanswered:
            cut[UNANSWERED] = [lexical_terms(text) for text in unanswered]
        idf = Vocabulary(
            {term: math.log(1 + (len(passages) - n + 0.5) / (n + 0.5)) for term, n in found_in.items()},
            (term for terms in cut.get(UNANSWERED, ()) for term in terms),
        )
        fields = {
            name: Postings.build(documents, idf, k1=_K1, b=_LENGTH_NORM.get(name, 0.75))
            for name, documents in cut.items()
        }
        owners = [question.passage for question in written_questions(passages, enrichment)]
        return cls([node.node_id for node in passages], fields, idf, owners)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, one sub-folder a field."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, field in self.fields.items():
            field.save(folder / name)
        self.idf.save(folder)
        state = {"ids": self.ids, "fields": list(self.fields), "owners": self.owners.passages.tolist()}
        (folder / _STATE).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read an index that `save` wrote."""
        state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        fields = {name: Postings.load(folder / name) for name in state["fields"]}
        return cls(state["ids"], fields, Vocabulary.load(folder), state["owners"])

    def scores(self, terms: Sequence[str], weights: Sequence[float] | None = None) -> dict[str, np.ndarray]:
        """BM25 scores for `terms` by field: of every passage in the order of `ids`.

        The field "questions" has the scores of single questions, in the order of `written_questions`, and
        "unanswered" those of questions that no passage answers.

        Args:
            terms: as `ingest.terms.lexical_terms` cuts them; terms the index does not know add nothing.
            weights: a weight for each term (an expansion counts less than what was typed); 1 if not given.
        """
        by_weight: dict[float, list[int]] = {}
        for term, weight in zip(terms, weights or [1.0] * len(terms), strict=True):
            row = self.idf.row(term)
            if row is not None:
                by_weight.setdefault(weight, []).append(row)
        found = {}
        for name, field in self.fields.items():
            totals = [(weight, field.total(rows)) for weight, rows in by_weight.items()]
            added = [weight * total for weight, total in totals if total is not None]
            found[name] = sum(added[1:], added[0]) if added else np.zeros(field.size, dtype=np.float32)
        return found

    def best_questions(self, scores: np.ndarray) -> np.ndarray:
        """For every passage the score of its best written question, out of the scores of them all."""
        best = np.zeros(len(self.ids), dtype=np.float32)
        return self.owners.best(scores, best)


def lexical_texts(node: TextNode, field: str, enrichment: Mapping[str, Enrichment]) -> tuple[str, ...]:
    """The texts of one field of a passage."""
    if field == "text":
        return (node.text,)
    if field == "head":
        return (str(node.metadata.get("title", "")), str(node.metadata.get("lead", "")))
    extra = enrichment.get(node.node_id, Enrichment())
    return extra.every_question if field == _QUESTIONS else extra.keywords
