"""The static token model: a tokeniser, one vector and two weights for each token, in numpy alone.

The weights are int8 with one scale for each token: `vectors[i] * scales[i]` is the vector of token i. The
vector of a text is the weighted mean of its tokens' vectors, brought to length 1; how much a token counts is
learned, one weight for questions and one for passages.
"""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.terms import normalise

if TYPE_CHECKING:
    import tokenizers

WEIGHTS = "weights.npz"
TOKENIZER = "tokenizer.json"
_CHUNK = 8192  # characters the tokeniser is given at once


class StaticModel:
    """Token vectors read from a folder when first needed; safe to share between threads.

    Args:
        folder: holds `weights.npz` (vectors, scales, query_weights, text_weights) and `tokenizer.json`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._loaded: _Weights | None = None

    def fingerprint(self) -> str:
        """Which weights these are: 16 hexadecimal digits over both files."""
        digest = hashlib.sha256()
        for name in (TOKENIZER, WEIGHTS):
            digest.update((self.folder / name).read_bytes())
        return digest.hexdigest()[:16]

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._weights().vectors.shape[1])

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        """The vectors of `texts`.

        Args:
            texts: questions or passages, of any length.
            query: weigh the tokens as in questions rather than as in passages.

        Returns:
            float32, one row a text, each of length 1. A text without a known token gets the vector that
            is the same in every dimension, so that a cosine with it is finite.
        """
        weights = self._weights()
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            ids = weights.token_ids(text)
            scale = weights.query_weights if query else weights.text_weights
            summed = (scale[ids] * weights.scales[ids]) @ weights.vectors[ids].astype(np.float32)
            length = float(np.linalg.norm(summed))
            row[:] = summed / length if length > 1e-9 else len(row) ** -0.5
        return rows

    def token_matrix(self, text: str, *, query: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """What late interaction needs: each different token of `text` with its weight.

        Returns:
            Token vectors of length 1 (float32, one row a token, in order of first appearance), and the
            learned weights, which sum to 1 where there is any token.
        """
        weights = self._weights()
        ids = np.fromiter(dict.fromkeys(weights.token_ids(text).tolist()), dtype=np.int64)
        vectors = weights.vectors[ids].astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        scale = (weights.query_weights if query else weights.text_weights)[ids]
        return vectors, scale / max(float(scale.sum()), 1e-9)

    def tokens(self, text: str) -> list[str]:
        """The token strings of `text`, to see how it is cut."""
        return [str(token) for token in self._weights().tokenizer.encode(normalise(text)).tokens]

    def _weights(self) -> "_Weights":
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = _Weights(self.folder)
        return self._loaded


class _Weights:
    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.tokenizer: tokenizers.Tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        with np.load(folder / WEIGHTS) as data:
            self.vectors: np.ndarray = data["vectors"]
            self.scales = data["scales"].astype(np.float32)
            self.query_weights = data["query_weights"].astype(np.float32)
            self.text_weights = data["text_weights"].astype(np.float32)

    def token_ids(self, text: str) -> np.ndarray:
        text = normalise(text)
        parts = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
        ids = [token for part in parts for token in self.tokenizer.encode(part, add_special_tokens=False).ids]
        return np.array(ids, dtype=np.int64)


def late_interaction(question: tuple[np.ndarray, np.ndarray], passage: np.ndarray) -> float:
    """For each question token its best match in the passage, summed with the question's weights.

    Args:
        question: token vectors and weights, as `StaticModel.token_matrix` gives them.
        passage: the passage's token vectors.

    Returns:
        Between -1 and 1; 0 where either has no token.
    """
    vectors, weights = question
    if not len(vectors) or not len(passage):
        return 0.0
    return float(weights @ (vectors @ passage.T).max(axis=1))
