"""The catalogue: which plans there are, from a folder of source texts; one `.txt` is one plan.

What a title does not say, or says otherwise than people do, stands in `plans.toml` beside the texts:

    [changchun-14]              # the file's name without .txt
    names = ["长春", "春城"]     # also: title, region, level, period
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import SettingsError
from ingest.library.title import owner_of, period_of

NOTES = "plans.toml"
_TEXTS = ("title", "region", "level", "period")


@dataclass(frozen=True)
class PlanEntry:
    """A plan of the catalogue.

    Attributes:
        key: names it in settings, calls and metadata: its file's name without ending.
        title: as the plan has it.
        region: whose it is (霁川省).
        level: 国家, 省, 市, 县, or "" where the title names none of them.
        period: the five-year period (十四五), or "".
        names: what people call the region, the region itself first.
    """

    key: str
    title: str
    region: str
    level: str
    period: str
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        """The title as a citation gives it: 《霁川省“十四五”规划纲要》; one for a single field keeps it."""
        if self.period and "国民经济" in self.title:
            return f"《{self.region}“{self.period}”规划纲要》"
        return f"《{self.title}》"

    @property
    def side(self) -> str:
        """What it is called beside others: 霁川省, or where its title is for one field, that title."""
        return self.region if "国民经济" in self.title else self.title


def plan_files(folder: Path) -> dict[str, Path]:
    """The source texts in `folder` by their keys, in the order of their names.

    Raises:
        SettingsError: the folder cannot be read.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".txt" and path.is_file())
    except OSError as error:
        raise SettingsError(
            f"读不到规划文件夹 {folder}：{error.strerror}。"
            "请检查设置 JIWEN_PLANS，它应是放着规划文本（.txt）的文件夹。"
        ) from error
    return {path.stem: path for path in found}


def read_notes(folder: Path) -> dict[str, dict[str, Any]]:
    """What `plans.toml` says of the plans, by key; nothing if there is none.

    Raises:
        SettingsError: it is no TOML, or an entry has a wrong key or value; the message names it.
    """
    path = folder / NOTES
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} 无法读取：{error}。请改正后重试。") from error
    for problem in _problems(data):
        raise SettingsError(f"{path} 有误：{problem}")
    return data


def entry_of(key: str, title: str, notes: dict[str, Any] | None = None) -> PlanEntry:
    """The entry of a plan by its title, with what `plans.toml` says of it (`notes`) going before."""
    told = notes or {}
    title = told.get("title", title)
    owner = owner_of(title)
    region = told.get("region", owner.region)
    named = owner.names if region == owner.region else owner_of(f"{region}国民经济").names
    names = dict.fromkeys((region, *told.get("names", ()), *named))
    return PlanEntry(
        key, title, region, told.get("level", owner.level), told.get("period", period_of(title)), tuple(names)
    )


def _problems(data: dict[str, Any]) -> Iterator[str]:
    for key, entry in data.items():
        if not isinstance(entry, dict):
            yield f"“{key}”应为一节，如 [{key}]。"
            continue
        for name, value in entry.items():
            if name == "names":
                if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
                    yield f"[{key}] 的 names 应为名称的列表。"
            elif name not in _TEXTS:
                yield f"[{key}] 中没有“{name}”这一项，可用的有：{'、'.join((*_TEXTS, 'names'))}。"
            elif not isinstance(value, str):
                yield f"[{key}] 的 {name} 应为文字。"
