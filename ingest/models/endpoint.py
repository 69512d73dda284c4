"""Models behind an address: chat and embeddings as OpenAI has them, reranking as Jina and vLLM have it.

A key goes into the header of each request and nowhere else: no object shows it, no message repeats it.
"""

import math
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import LLM
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import Field, PrivateAttr, SecretStr

from ingest.errors import ModelError
from ingest.models.needs import need_package
from ingest.models.settings import ModelSettings

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TIMEOUT = 15.0  # seconds for one request for vectors or scores
_ATTEMPTS = 3
_PAUSE = 0.3  # seconds before the second attempt; twice that before the third
_PASSING = (408, 409, 429, 500, 502, 503, 504)  # answers after which another attempt is worth it
_NO_KEY = "none"  # what the client sends where no key is set; servers that need none ignore it


class _Bearer(httpx.Auth):
    """Puts the key into a request at the moment it is sent, so that no client object holds it in the open."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        yield request


def http_client(url: str, api_key: SecretStr, timeout: float) -> httpx.Client:
    """A client for one service: with its key, without redirects, and past any proxy for this machine."""
    auth = _Bearer(api_key) if api_key.get_secret_value() else None
    local = urlsplit(url).hostname in _LOOPBACK
    return httpx.Client(auth=auth, timeout=timeout, trust_env=not local)


def endpoint_language_model(settings: ModelSettings) -> LLM:
    """A chat model behind an OpenAI-compatible address, as llama-index knows it.

    Raises:
        ModelError: the package for it is not installed.
    """
    need_package("llama_index.llms.openai_like", "openai", "JIWEN_LLM=openai")
    from llama_index.llms.openai_like import OpenAILike

    options = {"extra_body": settings.llm_extra_body} if settings.llm_extra else {}
    # Its own signature leaves out what it hands on to its base class.
    build: Callable[..., LLM] = OpenAILike
    return build(
        model=settings.llm_model,
        api_base=settings.llm_url,
        api_key=_NO_KEY,
        is_chat_model=True,
        context_window=settings.llm_context,
        max_tokens=settings.llm_answer_tokens,
        temperature=settings.llm_temperature,
        timeout=settings.llm_timeout,
        max_retries=0,  # attempts are bounded where the time limit is known (bot/llm/call.py)
        additional_kwargs=options,
        http_client=http_client(settings.llm_url, settings.llm_api_key, settings.llm_timeout),
    )


class EndpointEmbedding(BaseEmbedding):
    """Vectors of length 1 from an OpenAI-compatible `/embeddings`."""

    url: str = Field(description="Base address, up to and with /v1.")
    api_key: SecretStr = Field(default=SecretStr(""), exclude=True, description="Key of the service.")
    _client: httpx.Client = PrivateAttr()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._client = http_client(self.url, self.api_key, _TIMEOUT)

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "EndpointEmbedding"

    @property
    def fingerprint(self) -> str:
        """Which model made the vectors, as far as the address tells."""
        return f"endpoint:{self.url}:{self.model_name}"

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        asked = {"model": self.model_name, "input": texts}
        answer = _post(self._client, f"{self.url}/embeddings", asked, "语义向量服务", "JIWEN_EMBEDDING_URL")
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])
            vectors = [_unit(row["embedding"]) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise _strange("语义向量服务", "JIWEN_EMBEDDING_URL") from error
        if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) != 1:
            raise _strange("语义向量服务", "JIWEN_EMBEDDING_URL")
        return vectors


class EndpointReranker(BaseNodePostprocessor):
    """Orders nodes by the scores of a `/rerank` service (Jina's form, which vLLM and llama.cpp speak too)."""

    model_name: str = Field(description="Model as the service names it.")
    url: str = Field(description="Base address, up to and with /v1.")
    api_key: SecretStr = Field(default=SecretStr(""), exclude=True, description="Key of the service.")
    _client: httpx.Client = PrivateAttr()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._client = http_client(self.url, self.api_key, _TIMEOUT)

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "EndpointReranker"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if not nodes or query_bundle is None:
            return nodes
        texts = [node.node.get_content(MetadataMode.EMBED) for node in nodes]
        asked = {"model": self.model_name, "query": query_bundle.query_str, "documents": texts}
        answer = _post(self._client, f"{self.url}/rerank", asked, "重排服务", "JIWEN_RERANKER_URL")
        try:
            scores = {int(row["index"]): float(row["relevance_score"]) for row in answer["results"]}
            return by_score(nodes, [scores[i] for i in range(len(nodes))])
        except (KeyError, TypeError, ValueError) as error:
            raise _strange("重排服务", "JIWEN_RERANKER_URL") from error


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(float(value) ** 2 for value in vector)) or 1.0
    return [float(value) / length for value in vector]


def by_score(nodes: Sequence[NodeWithScore], scores: Sequence[float]) -> list[NodeWithScore]:
    """The nodes with new scores, best first; equal ones keep their order."""
    scored = [NodeWithScore(node=node.node, score=score) for node, score in zip(nodes, scores, strict=True)]
    return sorted(scored, key=lambda node: -(node.score or 0.0))


def _post(client: httpx.Client, url: str, body: dict[str, Any], service: str, setting: str) -> dict[str, Any]:
    """POST JSON and read JSON, with another attempt after what may pass.

    Raises:
        ModelError: no usable answer; the message names the service and the setting, not the key.
    """
    problem = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE * attempt)
        try:
            response = client.post(url, json=body)
        except httpx.TimeoutException:
            problem = f"{_TIMEOUT:.0f}秒内没有回应"
            break  # another attempt would double the wait
        except httpx.HTTPError:
            problem = "无法连接"
            continue
        if response.status_code == 200:
            return _object_in(response, service, setting)
        problem = "拒绝了密钥" if response.status_code in (401, 403) else f"返回错误 {response.status_code}"
        if response.status_code not in _PASSING:
            break
    raise ModelError(f"{service}{problem}。请检查服务是否在运行，以及设置 {setting} 和相应的密钥。")


def _object_in(response: httpx.Response, service: str, setting: str) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError as error:
        raise _strange(service, setting) from error
    if not isinstance(found, dict):
        raise _strange(service, setting)
    return found


def _strange(service: str, setting: str) -> ModelError:
    return ModelError(f"{service}的回应看不懂。请检查设置 {setting} 指的是否为这种服务。")
