"""A small, fast encoder for tests in which only the index matters, and what tests of an index share."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import Field

DIMENSIONS = 32


class HashingEmbedding(BaseEmbedding):
    """Counts character bigrams in 32 buckets: texts that share words are near each other."""

    model_name: str = Field(default="hashing")

    def _get_text_embedding(self, text):
        vector = np.zeros(DIMENSIONS)
        for i in range(len(text) - 1):
            vector[hashlib.md5(text[i : i + 2].encode()).digest()[0] % DIMENSIONS] += 1
        return (vector / max(float(np.linalg.norm(vector)), 1e-9)).tolist()

    def _get_query_embedding(self, query):
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query):
        return self._get_text_embedding(query)


def copy_plan(source: Path, folder: Path) -> Path:
    """A copy of a plan that a test may change."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(source, folder / "plan.txt"))


def nearest(index, question):
    """The id of the passage whose vector is nearest to the question's: asks the real Chroma."""
    vector = index.embedding.get_query_embedding(question)
    return index.collection.query(query_embeddings=[vector], n_results=1)["ids"][0][0]
