"""The sides of a comparison: which things a question sets side by side, and what it asks of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.lexicon import lexicon, load_data, places
from bot.question import content_words

_YEAR = re.compile(r"(?:19|20)\d{2}年?")
_STOP = re.compile(r"[，。,；;？?]")
_ASKS = re.compile(r"哪[个条家座样一]|谁|各|分别|差|一共|总共|合计|加起来")
_HIDDEN = "\0"  # stands for a character that joins nothing


def sides_of(text: str, names: Iterable[str] = ()) -> tuple[list[str], str] | None:
    """The sides of a comparison and what is compared.

    「东部和西部的生态建设有什么不同」 gives 东部, 西部 and 的生态建设有什么不同; None without two sides.

    Args:
        text: a normalised question; spaces may stand between sides.
        names: names that it holds (和龙至南坪口岸公路), which are not taken apart.
    """
    rules = _rules()
    plain = rules.filler.sub("", text)
    masked = _masked(plain, [*rules.whole, *names])
    for split in (_against, _joined, _run, _listed):
        found = split(plain, masked)
        if found:
            sides = [rules.trailing.sub("", side.strip()) for side in found[0]]
            if _are_sides(sides):
                return sides, found[1]
    return None


def as_written(side: str) -> str:
    """A side with the plan's own word for a part of the province: 东部 for 东边."""
    parts: dict[str, str] = _rules().parts
    return parts.get(side, side)


def is_year(side: str) -> bool:
    """Whether a side is a year: 2030年."""
    return bool(_YEAR.fullmatch(side))


def in_full(names: list[str], tail: str) -> list[str]:
    """The sides as the plan may call them: 东部 for 东边; what is said of the first alone goes for all.

    「白城的奶牛和肉牛」 are both of 白城, 「甲到乙的高铁比丙到丁的」 are both 高铁.
    """
    whose, of, what = names[0].rpartition("的")
    full = [as_written(name) for name in names]
    if not of or any("的" in name for name in names[1:]):
        return full
    if tail.startswith("的"):
        return [full[0], *(f"{name}的{what}" for name in full[1:])]
    return [full[0], *(f"{whose}的{name}" for name in full[1:])]


def asking(side: str, tail: str) -> str:
    """The question about one side alone, without the words that set it apart from the others."""
    return f"{side}{_rules().idle.sub('', tail)}"


@dataclass(frozen=True)
class _Rules:
    joint: re.Pattern[str]
    filler: re.Pattern[str]
    tail: re.Pattern[str]
    trailing: re.Pattern[str]
    idle: re.Pattern[str]
    against: re.Pattern[str]
    name: re.Pattern[str]
    run: re.Pattern[str]
    whole: tuple[str, ...]
    parts: dict[str, str]
    longest: tuple[int, int]
    most: int


@cache
def _rules() -> _Rules:
    data: dict[str, Any] = load_data("compare.toml")["sides"]
    parts = data["parts"]
    names = sorted({*parts, *places().inside}, key=len, reverse=True)
    name = f"(?:{'|'.join(map(re.escape, names))})市?"
    return _Rules(
        joint=re.compile(data["joint"]),
        filler=re.compile(data["filler"]),
        tail=re.compile("|".join(data["tail"])),
        trailing=re.compile(data["trailing"]),
        idle=re.compile(data["idle"]),
        against=re.compile(
            rf"^(?P<first>.{{2,}}?)(?<![对相])比(?P<second>.{{2,}}?)(?P<tail>{data['against']})"
        ),
        name=re.compile(name),
        run=re.compile(rf"(?:{name}){{2,}}"),
        whole=tuple(data["whole"]),
        parts=parts,
        longest=(data["longest"][0], data["longest"][1]),
        most=data["most"],
    )


def _masked(text: str, whole: Iterable[str]) -> str:
    """`text` with the words that are left whole, and names of places, made unreadable; its length stays."""
    names = [*whole, *(name for name in places().inside if _rules().joint.search(name))]
    for name in sorted(names, key=len, reverse=True):
        if _rules().joint.search(name) or "比" in name:
            text = text.replace(name, _HIDDEN * len(name))
    return text


def _against(plain: str, masked: str) -> tuple[list[str], str] | None:
    """「甲比乙长多少」."""
    match = _rules().against.match(masked)
    if match is None:
        return None
    first, second, tail = (plain[slice(*match.span(name))] for name in ("first", "second", "tail"))
    if _YEAR.fullmatch(second) or _YEAR.fullmatch(first):
        return None
    first = _STOP.split(first)[-1]
    if (
        "的" in second and "的" not in first
    ):  # 「甲比乙的装机大多少」: what is compared stands with the second
        second, _, attribute = second.rpartition("的")
        tail = f"{attribute}{tail}"
    return [first, second], tail


def _joined(plain: str, masked: str) -> tuple[list[str], str] | None:
    """「甲和乙的…」, 「甲、乙和丙…」."""
    rules = _rules()
    for joint in rules.joint.finditer(masked):
        first, rest, hidden = plain[: joint.start()], plain[joint.end() :], masked[joint.end() :]
        own = set(
            rules.tail.findall(first, 2)
        )  # 「甲的投资和乙的投资」: what is compared stands with each side
        end = _end(hidden, own)
        *before, first = _STOP.split(first)
        others = _split(rest[:end], hidden[:end])
        if not all(map(_says_something, others)):
            others = [rest[:end]]
        # 「空气好的天数占比，2020和2025分别多少」: two years of one thing are no two sides.
        if not (before and _YEAR.fullmatch(first.strip())) and _are_sides([first, *others]):
            return [first, *others], rest[end:]
    return None


def _end(text: str, own: set[str]) -> int:
    """Where the last side ends: at the first word of what is compared that the first side has not itself."""
    for match in _rules().tail.finditer(text, 1):
        if match.group() not in own:
            return match.start()
    return len(text)


def _split(text: str, masked: str) -> list[str]:
    bounds = [0, *(at for joint in _rules().joint.finditer(masked) for at in joint.span()), len(text)]
    return [part for i in range(0, len(bounds), 2) if (part := text[bounds[i] : bounds[i + 1]])]


def _listed(plain: str, masked: str) -> tuple[list[str], str] | None:
    """「甲，乙，谁…」, 「甲 乙 丙各…」."""
    pieces = [piece for piece in re.split(r"[，,\s]", plain) if piece]
    if len(pieces) < 2 or not _ASKS.search(pieces[-1]) or any(map(lexicon().asks.search, pieces[:-1])):
        return None
    if _ASKS.match(pieces[-1]):
        return pieces[:-1], pieces[-1]
    end = _end(pieces[-1], set())
    return [*pieces[:-1], pieces[-1][:end]], pieces[-1][end:]


def _run(plain: str, masked: str) -> tuple[list[str], str] | None:
    """「东部中部西部…」: names one after the other."""
    match = _rules().run.search(plain)
    if match is None:
        return None
    found = _rules().name.findall(match.group())
    rest = plain[: match.start()] + plain[match.end() :]
    if len(found) < 3 and not re.match(r"[两俩]|各|分别|哪|谁", plain[match.end() :]):
        return None
    return found, rest


def _are_sides(sides: list[str]) -> bool:
    longest, most = _rules().longest, _rules().most
    return (
        1 < len(sides) <= most
        and all(map(_says_something, sides))
        and len(set(sides)) == len(sides)
        and len(sides[0]) <= longest[0]
        and all(len(side) <= longest[1] for side in sides[1:])
    )


def _says_something(side: str) -> bool:
    return any(not word.isdigit() for word in content_words(side)) or bool(_YEAR.search(side))
