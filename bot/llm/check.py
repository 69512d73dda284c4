"""Whether a sentence may be shown: all that could be wrong in it is looked for in the passages it cites.

The checks are one-sided on purpose. A true sentence that fails one costs nothing but its wording, since the
verbatim text takes its place; a false one that passes would be shown.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from bot.lexicon import places
from bot.llm.binding import contrasts_differ, figures_differ, years_differ
from bot.llm.coverage import Coverage
from bot.llm.figures import names_in, prepared
from bot.llm.rules import rules
from bot.llm.source import Source
from ingest.numerals import whole_number

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_QUOTED = re.compile(r"[“「『《]([^”」』》]+)[”」』》]")
_PLACE = re.compile(
    r"第([0-9〇零一二三四五六七八九十百]+)([篇章节条页])|专栏第?([0-9〇零一二三四五六七八九十百]+)"
)
_NUMERAL = "二三四五六七八九十百两"
_ENUMERATED = re.compile(rf"第?[{_NUMERAL}一](?:是|，|、|来)")
_ENDS = "。；！？\n”』"
_STOPS = re.compile(r"[，；。：、！？]")


class Checker:
    """Finds what is wrong with sentences.

    Args:
        coverage: measures how much of a sentence its passages hold.
        title: of the plan, which may be named anywhere.
        instructions: what the model was told; its words must not come back.
    """

    def __init__(self, coverage: Coverage, title: str, instructions: str = "") -> None:
        self._coverage = coverage
        self._title = prepared(title)
        self._instructions = _STOPS.sub("", prepared(instructions))

    def fault(self, sentence: str, sources: Sequence[Source]) -> str:
        """What is wrong with a sentence that cites `sources`, as a word for the report; "" for nothing.

        Args:
            sentence: without its marks.
            sources: the passages it cites; without any it is "uncited".
        """
        if not sources:
            return "uncited"
        if not _is_chinese(sentence):
            return "language"
        said = prepared(sentence)
        if any(_is_verbatim(said, source.text) for source in sources):
            return ""
        whole = "\n".join(f"{source.head}\n{source.text}" for source in sources)
        checks: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("quote", lambda: self._quotes_differ(sentence, whole)),
            ("place", lambda: _places_differ(said, sources, whole)),
            ("name", lambda: _names_missing(said, whole)),
            ("count", lambda: _counts_missing(said, whole)),
            ("year", lambda: years_differ(said, sources, whole)),
            ("number", lambda: figures_differ(said, sources)),
            ("polarity", lambda: _negations_differ(said, whole)),
            ("contrast", lambda: contrasts_differ(said, sources)),
            ("prompt", lambda: self._echoes(said, whole)),
            ("coverage", lambda: self._uncovered(said, sources)),
        )
        return next((name for name, fails in checks if fails()), "")

    def _quotes_differ(self, sentence: str, whole: str) -> bool:
        quoted = (prepared(found) for found in _QUOTED.findall(sentence))
        return any(text not in whole and text not in self._title for text in quoted)

    def _echoes(self, said: str, whole: str) -> bool:
        """Whether a sentence repeats what the model was told, where that is not in the passages too."""
        if not self._instructions:
            return False
        plain, source = _STOPS.sub("", said), _STOPS.sub("", whole)
        runs = (plain[i : i + 10] for i in range(len(plain) - 9))
        return any(run in self._instructions and run not in source for run in runs)

    def _uncovered(self, said: str, sources: Sequence[Source]) -> bool:
        limits = rules()["coverage"]
        return (
            self._coverage.of_sentence(said, sources) < limits["sentence"]
            or self._coverage.of_weakest_clause(said, sources) < limits["clause"]
        )


def _is_verbatim(said: str, text: str) -> bool:
    """Whether a sentence stands in a passage as it is, from one stop to another."""
    bare = said.rstrip("，；。：、！？")
    at = text.find(bare)
    ends = text[at + len(bare) : at + len(bare) + 1]
    return at >= 0 and (at == 0 or text[at - 1] in _ENDS) and (not ends or ends in _ENDS)


def _is_chinese(sentence: str) -> bool:
    letters = len(_LETTER.findall(sentence))
    return letters > 0 and len(_HAN.findall(sentence)) / letters >= rules()["language"]["share"]


def _places_differ(said: str, sources: Sequence[Source], whole: str) -> bool:
    for match in _PLACE.finditer(said):
        if match.group() in whole:
            continue
        kind = match.group(2) or "专栏"
        number = whole_number(match.group(1) or match.group(3))
        key = {"章": "chapter", "节": "section", "专栏": "box"}.get(kind, "")
        if kind == "页":
            pages = {
                page for source in sources for page in str(source.node.metadata.get("pages", "")).split(",")
            }
            fits = str(number) in pages
        else:
            fits = any(source.node.metadata.get(key) == number for source in sources)
        if not fits:
            return True
    return False


def _names_missing(said: str, whole: str) -> bool:
    if any(name not in whole for name in names_in(said)):
        return True
    known = places()
    named = (name for name in (*known.inside, *known.outside) if name in said)
    if any(name not in whole for name in named):
        return True
    return any(found not in whole for found in _bodies().findall(said))


@cache
def _bodies() -> re.Pattern[str]:
    """Names that begin with a place: 长春高新区."""
    begun = sorted((*places().inside, *places().outside, *places().province), key=len, reverse=True)
    ended = rules()["names"]["bodies"]
    return re.compile(rf"(?:{'|'.join(begun)})[\u3400-\u9fff]{{0,5}}?(?:{'|'.join(ended)})")


def _counts_missing(said: str, whole: str) -> bool:
    """Small counts in Chinese numerals (六个, 三大) that the passages do not have."""
    counts = re.compile(rf"[{_NUMERAL}]+[{rules()['figures']['counters']}]")
    return any(count not in whole for count in counts.findall(_ENUMERATED.sub("", said)))


def _negations_differ(said: str, whole: str) -> bool:
    """Whether a sentence denies what the passages do not deny, or leaves a denial out."""
    sentence, source = _without_harmless(said), _without_harmless(whole)
    for word in rules()["polarity"]["negators"]:
        for denied in _after(word, sentence, 2):
            if word + denied not in source:
                return True
        for denied in _after(word, source, 4):
            if len(denied) == 4 and denied in sentence and f"{word}{denied}" not in sentence:
                freely = source.replace(f"{word}{denied}", "")
                if denied not in freely and not _denied_as_whole(word, denied, sentence):
                    return True
    return False


def _after(word: str, text: str, length: int) -> list[str]:
    return [_STOPS.split(text[found.end() : found.end() + length])[0] for found in re.finditer(word, text)]


def _denied_as_whole(word: str, denied: str, sentence: str) -> bool:
    """Whether the denial stands somewhat before what it denies: 严禁…、…新增产能."""
    return word in sentence[: sentence.find(denied)]


def _without_harmless(text: str) -> str:
    for word in rules()["polarity"]["harmless"]:
        text = text.replace(word, "")
    return text
