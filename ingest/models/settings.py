"""The settings of models: which language model, encoder and reranker, and how they are reached."""

import json
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

_URLS = ("llm_url", "embedding_url", "reranker_url")


def plain_url(value: str) -> str:
    """An address of a service without a slash at its end; "" stays "".

    Raises:
        ValueError: it is no http(s) address, or holds more than an address should.
    """
    value = value.strip().rstrip("/")
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("应为 http:// 或 https:// 开头的地址")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("地址里不要写用户名、密码或参数；密钥请用环境变量给出")
    return value


class ModelSettings(BaseSettings):
    """The part of the settings that is about models; without any of them only the shipped parts are used.

    Keys are read from the environment only: no command-line flag sets them, and they show as `**********`.
    """

    llm: Literal["none", "openai", "local"] = Field(
        default="none",
        description="语言模型：none 不用；openai 兼容 OpenAI 接口的服务；local 本机 transformers 模型",
    )
    llm_model: str = Field(default="", description="语言模型的名称、编号或本机文件夹")
    llm_url: str = Field(default="", description="语言模型服务的地址，如 http://127.0.0.1:8000/v1")
    llm_api_key: SecretStr = Field(
        default=SecretStr(""), description="语言模型服务的密钥（只从环境变量读取）"
    )
    llm_timeout: float = Field(default=30.0, ge=1, le=600, description="一次回答等待语言模型的时限（秒）")
    llm_context: int = Field(
        default=8192, ge=1024, le=1_000_000, description="语言模型的上下文长度（词元数）"
    )
    llm_answer_tokens: int = Field(default=700, ge=64, le=8192, description="语言模型一次回答最多的词元数")
    llm_temperature: float = Field(
        default=0.1, ge=0, le=2, description="语言模型的采样温度，0 为每次取最可能的词"
    )
    llm_4bit: bool = Field(default=False, description="本机语言模型以 4 位精度载入（需要显卡）")
    llm_trust_code: bool = Field(
        default=False, description="允许运行本机语言模型文件夹里自带的代码（只对可信的模型开启）"
    )
    llm_extra: str = Field(default="", description="随请求附带的其他参数（JSON 对象）")
    llm_suggest: bool = Field(default=False, description="由语言模型推荐接着问的问题（每次回答多一次调用）")

    embedding: str = Field(default="", description="语义向量模型的名称、编号或本机文件夹，留空用自带的")
    embedding_url: str = Field(default="", description="语义向量服务的地址，留空则在本机运行模型")
    embedding_api_key: SecretStr = Field(
        default=SecretStr(""), description="语义向量服务的密钥（只从环境变量读取）"
    )
    reranker: str = Field(default="", description="重排模型（交叉编码器）的名称、编号或本机文件夹，留空不用")
    reranker_url: str = Field(default="", description="重排服务的地址，留空则在本机运行模型")
    reranker_api_key: SecretStr = Field(
        default=SecretStr(""), description="重排服务的密钥（只从环境变量读取）"
    )
    reranker_top: int = Field(default=20, ge=2, le=200, description="交给重排模型的段落数")

    @field_validator(*_URLS)
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value)

    @field_validator("llm_extra")
    @classmethod
    def _json_object(cls, value: str) -> str:
        if not value.strip():
            return ""
        try:
            found = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ValueError('应为 JSON 对象，如 {"enable_thinking": false}') from error
        if not isinstance(found, dict):
            raise ValueError('应为 JSON 对象，如 {"enable_thinking": false}')
        return value

    @property
    def llm_extra_body(self) -> dict[str, Any]:
        """`llm_extra` as an object."""
        found: dict[str, Any] = json.loads(self.llm_extra) if self.llm_extra else {}
        return found

    def models_problem(self) -> str:
        """What is missing for the models chosen, in words for whoever set them; "" where nothing is."""
        if self.llm == "openai" and not self.llm_url:
            return (
                "设置 JIWEN_LLM=openai 时还要用 JIWEN_LLM_URL 给出服务的地址，如 http://127.0.0.1:8000/v1。"
            )
        if self.llm != "none" and not self.llm_model:
            wanted = "服务里模型的名称" if self.llm == "openai" else "模型的编号或本机文件夹"
            return f"设置 JIWEN_LLM={self.llm} 时还要用 JIWEN_LLM_MODEL 给出{wanted}。"
        if self.llm != "none" and self.llm_answer_tokens * 2 > self.llm_context:
            return (
                f"设置 JIWEN_LLM_ANSWER_TOKENS（{self.llm_answer_tokens}）不能超过 JIWEN_LLM_CONTEXT"
                f"（{self.llm_context}）的一半，否则放不下原文。"
            )
        if self.embedding_url and not self.embedding:
            return "设置了 JIWEN_EMBEDDING_URL，还要用 JIWEN_EMBEDDING 给出服务里语义向量模型的名称。"
        if self.reranker_url and not self.reranker:
            return "设置了 JIWEN_RERANKER_URL，还要用 JIWEN_RERANKER 给出服务里重排模型的名称。"
        return ""
