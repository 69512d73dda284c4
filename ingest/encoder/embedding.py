"""The shipped encoder as llama-index knows encoders."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import Field, PrivateAttr

from ingest.encoder.model import StaticModel

SHIPPED = Path(__file__).resolve().parent / "weights"


class JiwenEmbedding(BaseEmbedding):
    """Chinese text to vectors of length 1, without torch, GPU or network.

    Questions and passages share one space but weigh their words differently: use `get_query_embedding` for
    what is asked and `get_text_embedding` for what is searched.
    """

    model_name: str = Field(default="jiwen-static", description="Name of the encoder.")
    folder: Path = Field(default=SHIPPED, description="Folder with weights.npz and tokenizer.json.")
    _model: StaticModel = PrivateAttr()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._model = StaticModel(self.folder)

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "JiwenEmbedding"

    @property
    def model(self) -> StaticModel:
        """The token vectors themselves, for late interaction."""
        return self._model

    @cached_property
    def fingerprint(self) -> str:
        """Which weights made the vectors: 16 hexadecimal digits."""
        return self._model.fingerprint()

    def token_matrix(self, text: str, *, query: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Token vectors and weights of a text: see `StaticModel.token_matrix`."""
        return self._model.token_matrix(text, query=query)

    def query_vector(self, query: str) -> np.ndarray:
        """What `get_query_embedding` gives, as an array and without llama-index's events, which take longer.

        Returns:
            float32, of length 1.
        """
        vector: np.ndarray = self._model.encode([query], query=True)[0]
        return vector

    def text_vectors(self, texts: Sequence[str]) -> np.ndarray:
        """What `get_text_embedding_batch` gives, in the same short way: float32, one row a text."""
        return self._model.encode(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._model.encode([query], query=True)[0]]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self._model.encode(texts)]
