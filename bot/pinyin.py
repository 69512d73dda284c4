"""Questions typed in pinyin: runs of letters become the words of the plan that are spelt so."""

import re
from collections.abc import Iterable
from functools import cache

from ingest.sounds import spell

_RUN = re.compile(r"[a-zü]+(?:[ '’-]+[a-zü]+)*")
_YEAR = re.compile(r"(?<=\d) *nian(?![a-zü]) *")  # 「2020 nian」: too short to be read by itself
_GAP = re.compile(r"([ '’-]+)")
_MOST_LETTERS = 40  # a word's spelling is at most this long
_LEAST = 5  # letters below which a run is left alone: gdp, ppp, ai, 5g


class PinyinReader:
    """Turns pinyin into Chinese words.

    Args:
        words: the words it may use, the likeliest first (of two words spelt alike the first is taken).
        fragments: pieces of words for what no word spells, after all words; spelt character by character.
        latin: names in Latin letters (gdp), which are no pinyin: what stands around them is read by itself.
    """

    def __init__(
        self, words: Iterable[str], fragments: Iterable[str] = (), latin: Iterable[str] = ()
    ) -> None:
        @cache
        def of_character(char: str) -> str:
            return spell(char)[0]

        self._latin = frozenset(latin)
        self._words: dict[str, str] = {}
        for word in filter(_is_chinese, words):
            self._words.setdefault("".join(spell(word)), word)
        self._pieces: set[str] = set()  # spellings that only a fragment has
        for fragment in filter(_is_chinese, fragments):
            spelling = "".join(map(of_character, fragment))
            if spelling not in self._words:
                self._words[spelling] = fragment
                self._pieces.add(spelling)

    def read(self, text: str) -> str:
        """`text` with its pinyin runs as Chinese; what cannot be spelt stays as it is."""
        text = _YEAR.sub("年", text)
        return _RUN.sub(lambda match: self._spelt(match.group()) or self._in_parts(match.group()), text)

    def _in_parts(self, run: str) -> str:
        """A run that is not spelt as a whole, what stands between Latin names in it read by itself."""
        parts: list[str] = []
        pending = ""
        for piece in [*_GAP.split(run), ""]:
            if piece and piece not in self._latin:
                pending += piece
                continue
            parts += [self._spelt(pending) or pending, piece]
            pending = ""
        return "".join(parts)

    def _spelt(self, run: str) -> str:
        letters = re.sub(r"[^a-zü]", "", run)
        gaps = re.finditer(r"[^a-zü]+", run)
        typed = [len(re.sub(r"[^a-zü]", "", run[: gap.end()])) for gap in gaps]
        found = self._words_of(letters, typed) if len(letters) >= _LEAST else None
        return "".join(found) if found and any(len(word) > 1 for word in found) else ""

    def _words_of(self, letters: str, typed: list[int]) -> list[str] | None:
        """The words that spell some letters out, best with the gaps that were typed; None where none do."""
        # The fewest words that spell the whole run; longer words are surer.
        best: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - _MOST_LETTERS), end):
                before, word = best[start], self._words.get(letters[start:end])
                if before is None or word is None:
                    continue
                whole = letters[start:end] not in self._pieces
                over = sum(start < gap < end for gap in typed)  # 装机 呢, not 装 金额, for zhuangji ne
                cost = before[0] + (6 if len(word) == 1 else 2 if whole else 4) + over
                held = best[end]
                if held is None or cost < held[0]:
                    best[end] = (cost, [*before[1], word])
        found = best[-1]
        return found[1] if found else None


def _is_chinese(word: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in word)
