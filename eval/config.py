"""Configurations: which settings and ranking weights a run is made with, and a fingerprint of all of it."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.records import EvaluationError, KnownAnswer
from ingest.settings import ROOT, Settings, load_settings

_CODE = ("bot", "ingest", "prompts")
_CODE_SUFFIXES = {".py", ".toml", ".txt", ".md", ".json", ".jsonl", ".npz", ".npy", ".onnx", ".j2"}
_WEIGHT = "weights."
THRESHOLD = "threshold"  # of the judge of evidence
# Where data lies and how the web page is served change no answer.
_NO_MATTER = {"data", "host", "port", "concurrency"}


@dataclass(frozen=True)
class Config:
    """Overrides of settings, of ranking weights (0 switches a part off), of the judge's threshold."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    threshold: float | None = None

    @property
    def name(self) -> str:
        """The overrides in one line, 「默认」 for none."""
        given = [f"{key}={value}" for key, value in {**self.settings, **self.weights}.items()]
        given += [f"{THRESHOLD}={self.threshold}"] if self.threshold is not None else []
        return "，".join(given) or "默认"

    def load_settings(self) -> Settings:
        """The settings with the overrides."""
        return load_settings(**self.settings)


def read_config(entries: Iterable[str]) -> Config:
    """Read `--config` entries: NAME=VALUE, or a TOML file with [settings] and [weights].

    A name is a setting (`source`, `max_history`, …), a feature of the ranking (`dense`, or
    `weights.dense`), or `threshold`, that of the judge of evidence.

    Raises:
        EvaluationError: a file cannot be read, or a name is neither.
    """
    settings: dict[str, Any] = {}
    weights: dict[str, float] = {}
    for entry in entries:
        for name, value in _pairs(entry):
            _put(name, value, settings, weights)
    return Config(settings, weights, weights.pop(THRESHOLD, None))


def config_fingerprint(config: Config, settings: Settings) -> str:
    """What answers depend on: code, data files and prompts, the plan's text, settings and weights."""
    digest = hashlib.sha256()
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _CODE_SUFFIXES and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    digest.update(settings.source.read_bytes())
    chosen = {key: str(value) for key, value in settings.model_dump().items() if key not in _NO_MATTER}
    del chosen["source"]
    digest.update(
        json.dumps(
            [chosen, dict(config.weights), config.threshold], sort_keys=True, ensure_ascii=False
        ).encode()
    )
    return digest.hexdigest()[:16]


def question_key(record: KnownAnswer) -> str:
    """A fingerprint of what is asked: the question with its history."""
    asked = json.dumps([record.question, list(record.history)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def _pairs(entry: str) -> list[tuple[str, Any]]:
    name, separator, value = entry.partition("=")
    if separator:
        return [(name.strip(), value.strip())]
    try:
        with Path(entry).open("rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        raise EvaluationError(
            f"读不到配置文件 {entry}：{error.strerror}。--config 应为“名称=值”或 TOML 文件。"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise EvaluationError(f"配置文件 {entry} 不是合法的 TOML：{error}") from error
    wrong = sorted(set(data) - {"settings", "weights"})
    if wrong:
        raise EvaluationError(
            f"配置文件 {entry} 只能有 [settings] 和 [weights] 两节，多出：{'、'.join(wrong)}"
        )
    return [(f"{section}.{key}", value) for section, values in data.items() for key, value in values.items()]


def _put(name: str, value: object, settings: dict[str, Any], weights: dict[str, float]) -> None:
    from bot.lexicon import load_data

    features = [*load_data("ranking.toml")["weights"], THRESHOLD]
    plain = name.removeprefix("settings.")
    feature = name.removeprefix(_WEIGHT)
    if plain in Settings.model_fields and not name.startswith(_WEIGHT):
        settings[plain] = value
    elif feature in features and not name.startswith("settings."):
        try:
            weights[feature] = float(str(value))
        except (TypeError, ValueError) as error:
            raise EvaluationError(f"--config {name}={value}：应为数字。") from error
    else:
        raise EvaluationError(
            f"--config 中没有“{name}”这一项。可选设置：{'、'.join(Settings.model_fields)}；"
            f"可选权重：{'、'.join(features)}。"
        )
