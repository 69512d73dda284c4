"""Number fidelity: every figure of an answer stands, with its unit, in a quotation its sentence cites."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from bot.answer import Answer
from eval.text import MARK, comparable

_HERE = Path(__file__).resolve().parent
_NUMBER = r"(?<![0-9a-z.])[0-9]+(?:\.[0-9]+)?"
_HEADING = re.compile(r"^\*\*([^*\n]+)\*\*$", re.M)
_MARKS = re.compile(r"((?:\s*\[\d{1,3}\])+)")


@dataclass(frozen=True)
class Rules:
    """`numbers.toml`, compiled."""

    figure: re.Pattern[str]
    own_words: re.Pattern[str]
    computed: re.Pattern[str]
    summed: re.Pattern[str]
    multiples: dict[str, tuple[str, Decimal]]


@dataclass(frozen=True)
class Figure:
    """A number with its unit ("" if none) and the words before it."""

    value: str
    unit: str
    before: str

    def __str__(self) -> str:
        return self.value + self.unit


@cache
def rules() -> Rules:
    """The rules for figures."""
    with (_HERE / "numbers.toml").open("rb") as file:
        data = tomllib.load(file)
    units = "|".join(re.escape(unit) for unit in sorted(data["units"], key=len, reverse=True))
    return Rules(
        figure=re.compile(rf"({_NUMBER})(?:\s*({units}))?"),
        own_words=re.compile("|".join(data["own_words"])),
        computed=_after(data["computed"]),
        summed=_after(data["summed"]),
        multiples={unit: (base, Decimal(size)) for unit, (base, size) in data["multiples"].items()},
    )


def _after(words: list[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(words)})[^0-9]{{0,4}}$")


def figures(text: str) -> list[Figure]:
    """The figures of a text, Chinese numerals of quantities and percentages read as digits."""
    form = comparable(text)[1]
    return [
        Figure(match.group(1), match.group(2) or "", form[max(0, match.start() - 8) : match.start()])
        for match in rules().figure.finditer(form)
    ]


def check_numbers(
    answer: Answer, *, title: str = "", columns: str = "", asked: str = ""
) -> tuple[int, list[str]]:
    """Count an answer's figures and name those that no quotation cited by their sentence holds.

    Args:
        answer: the answer.
        title: the plan's title, whose years are no figures.
        columns: the head of the table of 主要指标, which belongs to every quoted row of it.
        asked: the question: a refusal may repeat its figures.

    Returns:
        How many figures there are, and the unfaithful ones as written.
    """
    quotes = {c.n: c.quote + (f"\n{columns}" if c.kind == "indicator" else "") for c in answer.citations}
    repeated = {figure.value for figure in figures(asked)} if not answer.citations else set()
    total = 0
    wrong: list[str] = []
    text = answer.text
    # The plan's title and the question as understood are named, not said; a refusal proposes questions.
    for said in (title, f"“{answer.question}”"):
        text = text.replace(said, "") if said else text
    if not answer.citations:
        text = re.sub("“[^”]*”", "", text)
    text = _HEADING.sub(lambda match: "" if _asks(match.group(1), asked) else match.group(), text)
    for sentence, marks in cited_sentences(text):
        quoted = "\n".join(quotes[n] for n in marks if n in quotes)
        said_here = figures(rules().own_words.sub(" ", sentence))
        for figure in said_here:
            total += 1
            if figure.value in repeated or _stands(figure, quoted) or _is_sum(figure, said_here):
                continue
            wrong.append(str(figure))
    return total, wrong


def cited_sentences(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The stretches of an answer with the marks they carry.

    A stretch reaches back from its marks to the marks before, or to the line's beginning; what follows a
    line's last mark, and a line without one, belongs to the last marks before it in its paragraph, or to
    the first after it (a heading over the sentence that proves it).
    """
    found: list[tuple[str, tuple[int, ...]]] = []
    for paragraph in re.split(r"\n\s*\n", text):
        stretches: list[tuple[str, tuple[int, ...]]] = []
        for line in paragraph.split("\n"):
            pieces = _MARKS.split(line)
            for i in range(0, len(pieces), 2):
                marks = pieces[i + 1] if i + 1 < len(pieces) else ""
                if pieces[i].strip():
                    stretches.append((pieces[i], tuple(int(n) for n in MARK.findall(marks))))
        marked = [i for i, (_, marks) in enumerate(stretches) if marks]
        for i, (piece, marks) in enumerate(stretches):
            if not marks and marked:
                nearest = max((k for k in marked if k < i), default=marked[0])
                marks = stretches[nearest][1]
            found.append((piece, marks))
    return found


def _asks(heading: str, asked: str) -> bool:
    # A heading in the question's own words (the sides of a comparison) says nothing.
    return comparable(heading)[1] in comparable(asked)[1]


def _stands(figure: Figure, quoted: str) -> bool:
    there = figures(quoted)
    if any(other.value == figure.value and other.unit == figure.unit for other in there):
        return True
    # A table has the unit in the row's name: 「森林覆盖率（%） 45 45.8」.
    values = {other.value for other in there}
    if figure.value in values and (not figure.unit or f"({figure.unit})" in _brackets(quoted)):
        return True
    if not rules().computed.search(figure.before):
        return False
    numbers = [_amount(other)[0] for other in there]
    plain = [Decimal(other.value) for other in there]  # in a table the units stand apart from the numbers
    return any(
        abs(a - b) == wanted
        for known, wanted in ((numbers, _amount(figure)[0]), (plain, Decimal(figure.value)))
        for i, a in enumerate(known)
        for b in known[i + 1 :]
    )


def _is_sum(figure: Figure, sentence: list[Figure]) -> bool:
    """Whether a figure that is told as a sum is that of the sentence's other figures in its unit."""
    if not rules().summed.search(figure.before):
        return False
    wanted, unit = _amount(figure)
    others = [amount for other in sentence if (amount := _amount(other))[1] == unit]
    terms = [value for value, _ in others if value != wanted]
    return len(terms) > 1 and sum(terms) == wanted


def _amount(figure: Figure) -> tuple[Decimal, str]:
    """A figure's amount and the unit it is in, multiples (亿, 公里) reckoned."""
    value, unit = Decimal(figure.value), figure.unit
    for name in sorted(rules().multiples, key=len, reverse=True):
        base, size = rules().multiples[name]
        if unit == name or (not base and unit.startswith(name)):
            value, unit = value * size, base or unit[len(name) :]
    return value, unit


def _brackets(text: str) -> str:
    return comparable(text)[1].replace("（", "(").replace("）", ")")
