"""How follow-up questions are told and resolved: `followup.toml`, compiled."""

import re
from dataclasses import dataclass
from functools import cache

from bot.lexicon import load_data


@dataclass(frozen=True)
class Rules:
    """`followup.toml`; its comments say what each is for. `attributes`: each with how it is asked for."""

    more: tuple[re.Pattern[str], ...]
    leaving: re.Pattern[str]
    corrections: tuple[re.Pattern[str], ...]
    openers: re.Pattern[str]
    pronouns: re.Pattern[str]
    against: re.Pattern[str]
    classifiers: re.Pattern[str]
    closers: re.Pattern[str]
    summing: re.Pattern[str]
    both: re.Pattern[str]
    vacuous: re.Pattern[str]
    vacuous_end: re.Pattern[str]
    measures: re.Pattern[str]
    joints: re.Pattern[str]
    predicates: re.Pattern[str]
    asked: re.Pattern[str]
    a_not_a: re.Pattern[str]
    that: re.Pattern[str]
    item: str
    contrasts: tuple[tuple[str, ...], ...]
    attributes: dict[str, str]
    slips: dict[str, str]
    fit: dict[str, float]
    short: int
    short_plain: int


@cache
def rules() -> Rules:
    """The rules of `followup.toml`."""
    data = load_data("followup.toml")
    compiled = {
        name: re.compile(data[name])
        for name in (
            "leaving",
            "openers",
            "pronouns",
            "against",
            "classifiers",
            "closers",
            "summing",
            "both",
            "vacuous",
            "measures",
            "joints",
            "predicates",
            "asked",
            "a_not_a",
            "that",
        )
    }
    return Rules(
        vacuous_end=re.compile(f"(?:{data['vacuous']})$"),
        more=tuple(re.compile(pattern) for pattern in data["more"]),
        corrections=tuple(re.compile(pattern) for pattern in data["corrections"]),
        item=data["item"],
        contrasts=tuple(tuple(group) for group in (*data["contrasts"], *data["qualifiers"])),
        attributes={word: ask for ask, group in data["attributes"].items() for word in group},
        fit=data["fit"],
        slips=data["slips"],
        short=data["short"],
        short_plain=data["short_plain"],
        **compiled,
    )
