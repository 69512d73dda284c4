"""What the title of a plan says: whose it is, of which level, and for which period."""

import re
from dataclasses import dataclass

_YEARS = re.compile(r"(20\d{2})年?[—-](20\d{2})年?")
_ORDINAL = re.compile(r"第(十[一二三四五六七八九])个五年")
_SHORT = re.compile(r"十[一二三四五六七八九]五")
_UNITS = "特别行政区|自治区|自治州|自治县|自治旗|省|市|州|盟|地区|新区|县|旗|区"
# The shortest beginning that ends with a unit and is followed by what such titles go on with.
_REGION = re.compile(rf"^(.{{1,24}}?(?:{_UNITS}))(?=国民经济|[“\"]?十|第|关于|的)")
_PARTS = re.compile(rf"[^省市州盟县旗区]+(?:{_UNITS})")
_UNIT = re.compile(rf"(?:{_UNITS})$")
_LEVELS = {
    "省": "省", "自治区": "省", "特别行政区": "省", "市": "市", "州": "市", "自治州": "市", "盟": "市",
    "地区": "市",
}  # fmt: skip
_MUNICIPALITIES = frozenset({"北京市", "天津市", "上海市", "重庆市"})
NATION = "国家"
_NATION = "中华人民共和国"


@dataclass(frozen=True)
class Owner:
    """Whose plan it is: the region as in the title, its level (国家, 省, 市, 县) and its names."""

    region: str
    level: str
    names: tuple[str, ...]


def last_year(title: str) -> str:
    """The last year of the period in a plan's title: 2025 of 「（2021—2025年）」; "" if it names none."""
    found = _YEARS.search(title)
    return found[2] if found else ""


def short_name(title: str) -> str:
    """The short name of the five-year period in a plan's title: 十四五 of 「第十四个五年」; "" if none."""
    found = _ORDINAL.search(title)
    return f"{found[1]}五" if found else ""


def period_of(title: str) -> str:
    """As `short_name`, for titles too that have the short name itself: 「…“十四五”交通发展规划」."""
    found = _SHORT.search(title)
    return short_name(title) or (found.group() if found else "")


def owner_of(title: str) -> Owner:
    """Whose plan a title names; a region that is none of China's units is taken as it stands."""
    if title.startswith(_NATION):
        return Owner(_NATION, NATION, (_NATION, "国家"))
    match = _REGION.match(title)
    region = match[1] if match else title.partition("国民经济")[0]
    own = (_PARTS.findall(region) or [region])[-1]  # 朝阳区 of 北京市朝阳区
    unit = _UNIT.search(own)
    level = "省" if own in _MUNICIPALITIES else _LEVELS.get(unit.group(), "县") if unit else ""
    short = own[: unit.start()] if unit else own
    names = dict.fromkeys(name for name in (region, own, short) if len(name) >= 2)
    return Owner(region, level, tuple(names))
