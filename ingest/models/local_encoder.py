"""Encoders and cross-encoders on this machine, by `transformers` alone.

A folder in the layout of sentence-transformers is read as such: its pooling, and the words it wants before a
question.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import Field, PrivateAttr

from ingest.models.endpoint import by_score
from ingest.models.needs import device_name, load_or_explain, need_model_folder, need_package

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

Pooling = Literal["cls", "mean", "last"]
_POOLING_FILE = "1_Pooling/config.json"
_PROMPT_FILE = "config_sentence_transformers.json"
_POOLINGS: dict[str, Pooling] = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_lasttoken": "last",
}
_MAX_TOKENS = 512
_BATCH = 16
_SAMPLED = 64  # values of each weight that go into the fingerprint


@dataclass(frozen=True)
class _Layout:
    """What a sentence-transformers folder says beside the model itself."""

    pooling: Pooling = "cls"
    query_prompt: str = ""
    text_prompt: str = ""


class LocalEmbedding(BaseEmbedding):
    """Vectors of length 1 from a local `transformers` encoder."""

    query_prompt: str = Field(default="", description="Put in front of a question.")
    text_prompt: str = Field(default="", description="Put in front of a passage.")
    pooling: str = Field(default="cls", description="How token vectors become one: cls, mean or last.")
    max_tokens: int = Field(default=_MAX_TOKENS, description="Longer texts are cut.")
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._model = model
        self._tokenizer = tokenizer

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "LocalEmbedding"

    @cached_property
    def fingerprint(self) -> str:
        """Which weights and layout made the vectors: 16 hexadecimal digits of a sample of every weight."""
        digest = hashlib.sha256(
            f"{self.pooling}|{self.query_prompt}|{self.text_prompt}|{self.max_tokens}".encode()
        )
        for name, weight in self._model.state_dict().items():
            flat = weight.detach().flatten()
            sample = flat[:: max(1, flat.numel() // _SAMPLED)].float().cpu().numpy()
            digest.update(f"{name}{tuple(weight.shape)}".encode() + sample.tobytes())
        return digest.hexdigest()[:16]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encode([self.query_prompt + query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._encode([self.text_prompt + text for text in texts])

    def _encode(self, texts: Sequence[str]) -> list[list[float]]:
        import torch

        inputs = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.max_tokens, return_tensors="pt"
        ).to(self._model.device)
        with torch.inference_mode():
            states = self._model(**inputs).last_hidden_state
            pooled = _pool(states, inputs["attention_mask"], self.pooling)
            vectors = torch.nn.functional.normalize(pooled.float(), dim=1).cpu()
        return [[float(value) for value in row] for row in vectors]


class LocalReranker(BaseNodePostprocessor):
    """Orders nodes by a local cross-encoder, which reads question and passage together."""

    model_name: str = Field(description="Folder or id.")
    max_tokens: int = Field(default=_MAX_TOKENS, description="Longer passages are cut.")
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._model = model
        self._tokenizer = tokenizer

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "LocalReranker"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if not nodes or query_bundle is None:
            return nodes
        import torch

        scores: list[float] = []
        for i in range(0, len(nodes), _BATCH):
            texts = [node.node.get_content(MetadataMode.EMBED) for node in nodes[i : i + _BATCH]]
            asked = [query_bundle.query_str] * len(texts)
            inputs = self._tokenizer(
                asked,
                texts,
                padding=True,
                truncation="only_second",
                max_length=self.max_tokens,
                return_tensors="pt",
            ).to(self._model.device)
            with torch.inference_mode():
                logits = self._model(**inputs).logits.float().cpu()
            # One output is the score itself; of several the last is "relevant".
            scores += [float(row[-1]) for row in logits]
        return by_score(nodes, scores)


def local_embedding(name: str) -> LocalEmbedding:
    """Load an encoder from a folder or by its id.

    Raises:
        ModelError: a package is missing or the model cannot be loaded.
    """
    setting = "JIWEN_EMBEDDING"
    found = need_model_folder(name, setting)
    need_package("torch", "local-llm", setting)
    from transformers import AutoModel, AutoTokenizer

    tokenizer = load_or_explain(AutoTokenizer.from_pretrained, found, setting)
    model = load_or_explain(AutoModel.from_pretrained, found, setting).to(device_name()).eval()
    layout = _layout_of(found)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if layout.pooling == "last":
        tokenizer.padding_side = "left"
    return LocalEmbedding(
        model,
        tokenizer,
        model_name=name,
        pooling=layout.pooling,
        query_prompt=layout.query_prompt,
        text_prompt=layout.text_prompt,
        max_tokens=_longest(model.config),
        embed_batch_size=_BATCH,
    )


def local_reranker(name: str) -> LocalReranker:
    """Load a cross-encoder from a folder or by its id.

    Raises:
        ModelError: a package is missing or the model cannot be loaded.
    """
    setting = "JIWEN_RERANKER"
    found = need_model_folder(name, setting)
    need_package("torch", "local-llm", setting)
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = load_or_explain(AutoTokenizer.from_pretrained, found, setting)
    model: Any = load_or_explain(AutoModelForSequenceClassification.from_pretrained, found, setting)
    return LocalReranker(
        model.to(device_name()).eval(), tokenizer, model_name=name, max_tokens=_longest(model.config)
    )


def _longest(config: "PretrainedConfig") -> int:
    """Tokens that a model takes in one text, `_MAX_TOKENS` at most."""
    return min(_MAX_TOKENS, int(getattr(config, "max_position_embeddings", 0) or _MAX_TOKENS))


def _layout_of(name: str) -> _Layout:
    modes = _json_beside(name, _POOLING_FILE)
    prompts = _json_beside(name, _PROMPT_FILE).get("prompts") or {}
    pooling: Pooling = next((mode for key, mode in _POOLINGS.items() if modes.get(key)), "cls")
    text = prompts.get("document") or prompts.get("passage") or ""
    return _Layout(pooling, str(prompts.get("query") or ""), str(text))


def _json_beside(name: str, file: str) -> dict[str, Any]:
    """A JSON file of a model's folder, local or in the cache; {} where the model has none."""
    from transformers.utils import cached_file

    path = cached_file(
        name,
        file,
        _raise_exceptions_for_missing_entries=False,
        _raise_exceptions_for_connection_errors=False,
        _raise_exceptions_for_gated_repo=False,
    )
    if path is None:
        return {}
    with open(path, encoding="utf-8") as opened:
        found = json.load(opened)
    return found if isinstance(found, dict) else {}


def _pool(states: "Tensor", mask: "Tensor", pooling: str) -> "Tensor":
    if pooling == "mean":
        weights = mask.unsqueeze(-1).to(states.dtype)
        return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
    # Padding stands on the left for "last", so that the last state is the last token's.
    return states[:, -1] if pooling == "last" else states[:, 0]
