"""How words sound: pypinyin, with those of its phrases that can matter to a plan.

All of its 47,000 phrases take forty megabytes and a third of a second of a start. Those that a plan's words
are made of, and those that are not read as their single characters are, spell the same.
"""

import json
import os
import threading
import unicodedata
from collections import deque
from collections.abc import Iterable
from pathlib import Path

Phrases = dict[str, list[list[str]]]  # the readings of each character, as pypinyin keeps them

_waiting: deque[Phrases] = deque()  # what pypinyin, whose phrases are global, is to learn
_lock = threading.Lock()


def spell(text: str) -> list[str]:
    """The sound of each character without its tone; what is no Chinese stays in one piece."""
    from pypinyin import lazy_pinyin, load_phrases_dict

    with _lock:
        while _waiting:
            load_phrases_dict(_waiting.popleft())
    return list(lazy_pinyin(text))


def use_phrases(phrases: Phrases) -> None:
    """Have pypinyin know these phrases, and no others unless it is loaded already."""
    os.environ["PYPINYIN_NO_PHRASES"] = "1"
    _waiting.append(phrases)


def phrases_for(words: Iterable[str]) -> Phrases:
    """Of pypinyin's phrases those that spell these words, and any others, as all of them do."""
    from pypinyin.phrases_dict import phrases_dict
    from pypinyin.pinyin_dict import pinyin_dict

    def alone(char: str) -> str:
        return _toneless(pinyin_dict.get(ord(char), char).split(",")[0])

    irregular = {
        phrase
        for phrase, readings in phrases_dict.items()
        if any(_toneless(reading[0]) != alone(char) for char, reading in zip(phrase, readings, strict=False))
    }
    # A longer phrase takes precedence over an irregular one in it: 朝阳区 over 朝阳.
    longer = {phrase for phrase in phrases_dict if not irregular.isdisjoint(_pieces(phrase))}
    held = {piece for word in words for piece in _pieces(word) if piece in phrases_dict}
    return {phrase: phrases_dict[phrase] for phrase in sorted(irregular | longer | held)}


def write_phrases(path: Path, words: Iterable[str]) -> None:
    """Write the phrases for words into a file."""
    path.write_text(json.dumps(phrases_for(words), ensure_ascii=False), encoding="utf-8")


def read_phrases(path: Path) -> Phrases:
    """Read what `write_phrases` wrote."""
    found: Phrases = json.loads(path.read_text(encoding="utf-8"))
    return found


def _pieces(text: str) -> set[str]:
    return {text[i:j] for i in range(len(text)) for j in range(i + 2, len(text) + 1)}


def _toneless(reading: str) -> str:
    marks = unicodedata.normalize("NFD", reading)
    return "".join(mark for mark in marks if not unicodedata.combining(mark) or mark == "\u0308")
