"""Whether a sentence may be shown: everything in it that could be wrong is looked for in the passages it cites.

The checks are one-sided on purpose. A true sentence that fails one costs nothing but its wording, since the
verbatim text takes its place; a false one that passes would be shown.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from bot.lexicon import load_data, places
from bot.llm.coverage import Coverage
from bot.llm.figures import Figure, figures_in, names_in, prepared, years_in
from bot.llm.rules import rules
from bot.llm.source import Piece, Source, affinity, grams_of, pieces_of
from ingest.numerals import chinese_value
from ingest.terms import normalise

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_QUOTED = re.compile(r"[“「『《]([^”」』》]+)[”」』》]")
_PLACE = re.compile(
    r"第([0-9〇零一二三四五六七八九十百]+)([篇章节条页])|专栏第?([0-9〇零一二三四五六七八九十百]+)"
)
_NUMERAL = "二三四五六七八九十百两"
_ENUMERATED = re.compile(rf"第?[{_NUMERAL}一](?:是|，|、|来)")
_TOGETHER = "分别"
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
            ("year", lambda: _years_differ(said, sources, whole)),
            ("number", lambda: _figures_differ(said, sources)),
            ("polarity", lambda: _negations_differ(said, whole)),
            ("contrast", lambda: _contrasts_differ(said, sources)),
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
        number = _value(match.group(1) or match.group(3))
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
    return any(name not in whole for name in named)


def _counts_missing(said: str, whole: str) -> bool:
    """Small counts in Chinese numerals (六个, 三大) that the passages do not have."""
    counts = re.compile(rf"[{_NUMERAL}]+[{rules()['figures']['counters']}]")
    return any(count not in whole for count in counts.findall(_ENUMERATED.sub("", said)))


def _years_differ(said: str, sources: Sequence[Source], whole: str) -> bool:
    """Whether a year is not in the passages, or stands there over something else."""
    years = {year for year, _ in years_in(said)}
    if any(year not in whole for year in re.findall(r"(?<!\d)(?:19|20)\d{2}(?=年)", said)):
        return True
    for piece in _joined(said):
        if piece.year not in years:
            continue
        here = _best(piece.grams, sources, lambda window, year=piece.year: window[0].year == year)
        other = _best(piece.grams, sources, lambda window, year=piece.year: window[0].year not in ("", year))
        if here is not None and other is not None and other > here + rules()["binding"]["margin"]:
            return True
    return False


def _figures_differ(said: str, sources: Sequence[Source]) -> bool:
    figures = figures_in(said)
    if not figures:
        return False
    joined = _joined(said)
    for figure in figures:
        piece = next(piece for piece in joined if piece.start <= figure.start < piece.end)
        if not any(_bears(source, figure, piece, said) for source in sources):
            return True
    return False


def _bears(source: Source, figure: Figure, piece: Piece, said: str) -> bool:
    """Whether a passage gives a figure for what the sentence gives it for."""
    same = [other for other in source.figures if _same(figure, other)]
    if not same:
        return False
    literal = _sentence_piece(said, figure.start)
    if _TOGETHER in literal or any(_TOGETHER in _sentence_piece(source.text, other.start) for other in same):
        return literal in source.text  # which of several figures belongs to what only the order tells
    crowded = [other for other in same if _has_neighbour(source, other)]
    if crowded and len(crowded) == len(same):
        return any(_surroundings(said, figure) == _surroundings(source.text, other) for other in crowded)
    limits = rules()["binding"]
    fit = max(affinity(piece.grams, source.window_at(other.start), source.head) for other in same)
    rivals = [
        affinity(piece.grams, source.window_at(other.start), source.head)
        for other in source.figures
        if other.unit == figure.unit and other.value != figure.value
    ]
    return fit >= limits["fit"] and max(rivals, default=0.0) <= fit + limits["margin"]


def _has_neighbour(source: Source, figure: Figure) -> bool:
    """Whether the piece with a figure has another one of its unit, so that its words do not tell them apart."""
    piece = source.window_at(figure.start)[0]
    return any(
        piece.start <= other.start < piece.end and other.unit == figure.unit and other.value != figure.value
        for other in source.figures
    )


def _surroundings(text: str, figure: Figure) -> str:
    """A figure with the few characters on either side of it."""
    before, after = rules()["binding"]["around"]
    end = figure.start + len(figure.value + figure.unit + figure.after)
    return text[max(0, figure.start - before) : end + after]


def _same(said: Figure, printed: Figure) -> bool:
    if said.said != printed.said:
        return False
    if said.verb and printed.verb and said.verb != printed.verb:
        return False
    return not (said.year and printed.year and said.year != printed.year)


def _sentence_piece(text: str, position: int) -> str:
    """The text between commas around a position."""
    start = max(text.rfind(stop, 0, position) for stop in "，；。：！？\n") + 1
    ends = [at for stop in "，；。：！？\n" if (at := text.find(stop, position)) >= 0]
    return text[start : min(ends, default=len(text))]


def _joined(said: str) -> list[Piece]:
    """The pieces of a sentence; one too short to be told by its words has those of the piece before as well."""
    found: list[Piece] = []
    for piece in pieces_of(said):
        grams = piece.grams
        if len(grams) < rules()["binding"]["grams"] and found:
            grams = grams | found[-1].grams
        found.append(Piece(piece.text, piece.start, piece.end, grams, piece.year))
    return found


def _best(
    grams: frozenset[str], sources: Iterable[Source], fits: Callable[[tuple[Piece, ...]], bool]
) -> float | None:
    """The affinity of the best window of its kind; None where there is none of that kind."""
    found = [
        affinity(grams, window, source.head)
        for source in sources
        for window in source.windows()
        if fits(window)
    ]
    return max(found, default=None)


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


def _contrasts_differ(said: str, sources: Sequence[Source]) -> bool:
    """Whether a word stands where the passages have its counterpart: 农村 for 城镇, 降低 for 提高."""
    pieces = _joined(said)
    for group, governs in _contrasts():
        words = [_word_over(piece, said, group, governs) for piece in pieces]
        for piece, word in zip(pieces, words, strict=True):
            if word and _swapped(piece, word, group, governs, sources):
                return True
    return False


def _swapped(piece: Piece, word: str, group: Sequence[str], governs: bool, sources: Sequence[Source]) -> bool:
    """Whether what is said under `word` stands in the passages under another word of its group."""
    grams = piece.grams - grams_of(word)
    if not grams:
        return False
    own: list[float] = []
    others: list[float] = []
    for source in sources:
        for window in source.windows():
            fit = affinity(grams, window, source.head)
            if any(word in part.text for part in window):
                own.append(fit)
                continue
            over = _word_over(window[0], source.text, group, governs)
            if over == word:
                own.append(fit)
            elif over:
                others.append(fit)
    limits = rules()["binding"]
    other = max(others, default=0.0)
    return other >= limits["fit"] and (not own or other > max(own) + limits["margin"])


def _word_over(piece: Piece, text: str, group: Sequence[str], governs: bool) -> str:
    """The word of a group in a piece; for one that governs what follows, the last before the piece's end."""
    before = text[: piece.end] if governs else piece.text
    found = [(before.rfind(word), len(word), word) for word in group if word in before]
    return max(found, default=(0, 0, ""))[2]


@cache
def _contrasts() -> tuple[tuple[tuple[str, ...], bool], ...]:
    """Groups of words that must not change places, and whether a word of theirs governs what follows it."""
    verbs, names = rules()["polarity"]["contrasts"], load_data("followup.toml")["contrasts"]
    groups = [(group, False) for group in verbs] + [(group, True) for group in names]
    return tuple((tuple(normalise(word) for word in group), governs) for group, governs in groups)


def _value(numeral: str) -> int:
    return int(numeral) if numeral.isascii() else int(chinese_value(numeral))
