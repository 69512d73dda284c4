"""The settings of a service for many: load, the vector server, a proxy in front, logs, the way to stop."""

import ipaddress
import re
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from ingest.models.settings import plain_url

_ROOT_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


class ServiceSettings(BaseSettings):
    """The part of the settings that one user on one machine never needs."""

    # Python runs one thread at a time; a second one is of use while vectors are compared. With four, 50 users
    # at once waited a fifth longer (95th percentile, two cores).
    concurrency: int = Field(default=2, ge=1, le=256, description="同时回答的问题个数")
    queue: int = Field(default=64, ge=0, le=10_000, description="最多有几个问题排队，排满后请用户稍后再问")
    answer_timeout: float = Field(
        default=60.0, ge=0.1, le=3600, description="回答一个问题的时限（秒），从轮到它时算起"
    )
    rate: int = Field(
        default=0, ge=0, le=100_000, description="同一个客户端每分钟最多问几次，0 为不限（对外服务时应设）"
    )
    proxies: str = Field(
        default="",
        description="反向代理的地址或网段，多个以逗号分隔；只信任它们转来的客户端地址（X-Forwarded-For）",
    )
    root_path: str = Field(default="", description="网页在反向代理上的路径前缀，如 /jiwen")
    stop_timeout: float = Field(
        default=10.0, ge=0, le=600, description="停止时最多等多久（秒），让正在回答的问题答完"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="日志级别；info 起每个问题记一行（不含问题文字和地址）"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="日志格式")
    chroma: str = Field(
        default="",
        description="Chroma 服务（chroma run）的地址，如 http://127.0.0.1:8000；留空则向量存在数据文件夹里",
    )

    @field_validator("chroma")
    @classmethod
    def _chroma_url(cls, value: str) -> str:
        return plain_url(value)

    @field_validator("root_path")
    @classmethod
    def _plain_path(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if not _ROOT_PATH.fullmatch(value):
            raise ValueError("应为 / 开头的路径，如 /jiwen")
        return value

    @field_validator("proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks = [entry.strip() for entry in value.split(",") if entry.strip()]
        for entry in networks:
            try:
                ipaddress.ip_network(entry)
            except ValueError as error:
                raise ValueError("应为 IP 地址或网段，如 127.0.0.1,10.0.0.0/8") from error
        return ",".join(networks)
