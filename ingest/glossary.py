"""名词解释 (the glossary): entries 「N.词：解释」, and the forms in which people ask for a term."""

import re
from collections.abc import Sequence

from ingest.characters import DECIMAL_MARK
from ingest.layout import Line

_NUMBER = re.compile(rf"^(\d{{1,3}})[{DECIMAL_MARK}.．、]\s*")
_QUOTED = re.compile(r"“([^”]+)”")
_ASCII_HEAD = re.compile(r"^[A-Za-z0-9+.-]{2,}(?=[\u4e00-\u9fff])")
# 「即Public-Private-Partnership（政府和社会资本合作模式）」: the full name in the definition's first words.
_EXPANSION = re.compile(r"^即[^，。]{0,60}?（([^）]{4,20})）")


def split_entries(lines: Sequence[Line]) -> list[list[Line]]:
    """Group the glossary's lines into entries.

    Only the number that is next in order opens an entry: a definition's own numbers do not, nor does
    「34.1＋N＋X合作」 become a decimal.
    """
    entries: list[list[Line]] = []
    for line in lines:
        match = _NUMBER.match(line.text.strip())
        if match and int(match.group(1)) == len(entries) + 1:
            entries.append([line])
        elif entries:
            entries[-1].append(line)
    return entries


def separate_number(text: str) -> str:
    """Put a space after an entry's number, so that it cannot be read with a term that begins with digits."""
    return _NUMBER.sub(r"\1. ", text)


def read_entry(text: str) -> tuple[int, str, str] | None:
    """Number, term and definition of a cleaned entry 「17. 梨树模式：是指…」; None if it is none."""
    match = re.match(r"^(\d+)\. ([^：]{1,40})：(.+)$", text, re.S)
    return (int(match.group(1)), match.group(2), match.group(3)) if match else None


def aliases_of(name: str, definition: str = "") -> tuple[str, ...]:
    """Other forms of a term: without quotation marks, its quoted part, its Latin or numeric head.

    「“秸秆变肉”工程」 gives 秸秆变肉工程, 秸秆变肉; 「PPP模式」 gives PPP and, from its definition, the
    name it stands for.
    """
    plain = re.sub("[“”]", "", name)
    forms = [plain, *_QUOTED.findall(name)]
    head = _ASCII_HEAD.match(plain)
    if head and not head.group().isdigit():
        forms.append(head.group())
    expansion = _EXPANSION.match(definition)
    if expansion:
        forms += [expansion.group(1), re.sub("模式$", "", expansion.group(1))]
    return tuple(dict.fromkeys(form for form in forms if form != name and len(form) >= 2))
