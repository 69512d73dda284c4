"""Names typed with wrong characters of the right sound: 城镇画率 for 城镇化率, 岔干湖 for 查干湖."""

from collections.abc import Callable, Iterable
from functools import cache

from ingest.sounds import spell

_SHORTEST = 3  # characters of a name that may be mended; shorter ones have too many homophones


class HomophoneReader:
    """Mends names by their sound.

    Args:
        names: names as they are written, the likeliest first.
        right: says whether characters that differ from a name's are right as they stand, given the whole run
            and those that differ.
    """

    def __init__(
        self, names: Iterable[str], right: Callable[[str, str], bool] = lambda run, differing: False
    ) -> None:
        self._right = right
        self._by_sound: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in dict.fromkeys(names):
            if len(name) >= _SHORTEST and all("\u4e00" <= char <= "\u9fff" for char in name):
                sounds = _sounds(name)
                self._by_sound.setdefault(sounds[0], []).append((sounds, name))
        for found in self._by_sound.values():
            found.sort(key=lambda entry: -len(entry[1]))

    def read(self, text: str) -> str:
        """`text` with each run that sounds like a name, and shares a character with it, as that name."""
        sounds = _sounds(text)
        if len(sounds) != len(text):
            return text
        i = 0
        while i < len(text):
            for name_sounds, name in self._by_sound.get(sounds[i], ()):
                if sounds[i : i + len(name)] != name_sounds:
                    continue
                here = text[i : i + len(name)]
                wrong = "".join(a for a, b in zip(here, name, strict=False) if a != b)
                if not 0 < len(wrong) < len(name):
                    continue
                if not self._right(here, wrong):
                    text = text[:i] + name + text[i + len(name) :]
                    i += len(name) - 1
                    break
            i += 1
        return text


def _sounds(text: str) -> tuple[str, ...]:
    return tuple(map(_sound, text))


@cache
def _sound(char: str) -> str:
    return spell(char)[0] if "\u4e00" <= char <= "\u9fff" else char
