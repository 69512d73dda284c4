"""Settings: one typed place, read from the environment (JIWEN_…), a `.env` file and the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from ingest.errors import SettingsError
from ingest.models.settings import ModelSettings
from ingest.service_settings import ServiceSettings

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "JIWEN_"
SHIPPED_SOURCE = Path(__file__).resolve().parent / "source" / "jilin-14th-five-year-plan.txt"


def _default_data() -> Path:
    # In a clone everything stays inside it; an installed package must not write into site-packages.
    if (ROOT / "pyproject.toml").exists():
        return ROOT / ".jiwen"
    return Path.home() / ".local" / "share" / "jiwen"


class Settings(ServiceSettings, ModelSettings):
    """Every setting with its default; `JIWEN_PORT=8080` in the environment sets `port`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # a key must not show in a traceback
    )

    data: Path = Field(default_factory=_default_data, description="索引等数据所在的文件夹")
    source: Path = Field(default=SHIPPED_SOURCE, description="规划文本（从 PDF 提取的 UTF-8 文本）")
    plans: Path | None = Field(default=None, description="其他规划文本所在的文件夹，每个 .txt 一份规划")
    open_plans: int = Field(default=6, ge=1, le=1000, description="同时打开的其他规划最多几份")
    host: str = Field(default="127.0.0.1", description="网页监听的地址；对外服务时设为 0.0.0.0")
    port: int = Field(default=7860, ge=1, le=65535, description="网页监听的端口")
    max_question: int = Field(default=300, ge=10, le=5000, description="一个问题最多的字数")
    max_history: int = Field(default=10, ge=0, le=100, description="追问时最多回看的问题个数")
    feedback_days: int = Field(default=365, ge=0, le=3650, description="评价和未答问题保留的天数，0 为不保留")
    qa_user: str = Field(default="", description="质检页 /qa 的用户名，留空则不开放质检页")
    qa_password: SecretStr = Field(default=SecretStr(""), description="质检页 /qa 的密码（只从环境变量读取）")
    embedders: str = Field(
        default="", description="允许嵌入本网页的网站，如 https://www.jl.gov.cn，多个以空格分隔"
    )


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` (command-line flags) win over the environment, None means not given.

    Raises:
        SettingsError: a value is wrong; the message names every such setting in Chinese.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError(
            f"设置文件 .env（JIWEN_ 各项）读不出来：{error}。请存为 UTF-8 编码，或删去不用。"
        ) from error
    for name in ("data", "source"):
        if "\0" in str(getattr(settings, name)):
            raise SettingsError(f"设置 {PREFIX}{name.upper()} 的值不正确：路径里不能有空字符。")
    problem = settings.models_problem()
    if problem:
        raise SettingsError(problem)
    return settings


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else "?"
        field = Settings.model_fields.get(name)
        about = f"（{field.description}）" if field and field.description else ""
        value = "" if _may_hold_key(name, problem.get("input")) else f" {problem.get('input')!r} "
        lines.append(f"设置 {PREFIX}{name.upper()}{about}的值{value}不正确：{_wanted(problem)}。")
    return "\n".join(lines)


def _may_hold_key(name: str, value: object) -> bool:
    field = Settings.model_fields.get(name)
    secret = field is not None and field.annotation is SecretStr
    return (
        secret or name == "llm_extra" or (name.endswith("_url") and any(char in str(value) for char in "@?#"))
    )


def _wanted(problem: Mapping[str, Any]) -> str:
    """What a setting should be, from what pydantic says is wrong with it."""
    context = problem.get("ctx") or {}
    if problem["type"] == "literal_error":
        return f"应为 {context['expected'].replace(', ', '、').replace(' or ', ' 或 ')}"
    if problem["type"] == "value_error":
        return str(context["error"])
    kinds = {
        "int_parsing": "应为整数",
        "float_parsing": "应为数字",
        "bool_parsing": "应为 true 或 false",
        "path_type": "应为路径",
    }
    bounds = [
        f"{word} {context[key]}" for word, key in (("不小于", "ge"), ("不大于", "le")) if key in context
    ]
    return kinds.get(problem["type"]) or "、".join(bounds) or problem["msg"]
