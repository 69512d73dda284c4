"""The validator: every known answer is held against the plan, and against the others."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eval.numbers import figures
from eval.places import Passage, is_at, stands_at
from eval.records import REFUSALS, KnownAnswer, Located, Place, Problem
from eval.results import place_words
from eval.text import comparable, holds
from ingest.plan import Plan

ALIKE = 93  # per cent of characters in common, from which two questions are told to be much alike
_STATUSES_OF_KIND = {  # any other kind: answered or not_in_plan
    "not_in_plan": ("not_in_plan",),
    "out_of_scope": ("out_of_scope", "invalid"),
    "follow_up": ("answered", *REFUSALS),
}
_REST = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class PlanPlaces:
    """What places a plan has, and which passages stand there."""

    plan: Plan
    passages: tuple[Passage, ...]

    def at(self, place: Place) -> list[Passage]:
        """The passages at exactly this place."""
        return [passage for passage in self.passages if stands_at(passage, place)]

    def problem(self, place: Place) -> str | None:
        """What is wrong with a place, None if it exists with these pages."""
        if place.pages and not all(1 <= page <= self.plan.pages_total for page in place.pages):
            return f"页码应在 1 到 {self.plan.pages_total} 之间，实为 {_list(place.pages)}"
        if (
            all(value is None for value in (place.chapter, place.box, place.term, place.indicator))
            and not place.pages
        ):
            return "章、专栏、名词、指标、页码至少要填一项"
        without_pages = Place(place.chapter, place.section, place.box, place.term, place.indicator)
        if without_pages == Place():  # the preamble and the postscript are told by their pages alone
            return None if self.at(place) else f"第 {_list(place.pages)} 页没有章节以外的正文"
        there = [passage for passage in self.passages if stands_at(passage, without_pages)]
        if not there:
            return f"规划中没有这个位置：{place_words(place)}"
        wrong = _place_beside(there, place)
        if wrong:
            return wrong
        # A section's pages are those of its boxes as well.
        within = [passage for passage in self.passages if is_at(passage.place, without_pages)]
        pages = {page for passage in within for page in passage.place.pages}
        strange = sorted(set(place.pages) - pages)
        if strange:
            return f"{place_words(without_pages)}不在第 {_list(strange)} 页，而在第 {_list(sorted(pages))} 页"
        return None


def check_known(located: Sequence[Located], places: PlanPlaces) -> list[Problem]:
    """Check known answers of one or both splits; problems come in the order of files and lines."""
    problems: list[Problem] = []
    for item in located:
        for field, message, fatal in _check(item.record, places):
            problems.append(Problem(item.file, item.line, field, message, fatal))
    problems += _doubles(located)
    order = {file: i for i, file in enumerate(dict.fromkeys(item.file for item in located))}
    return sorted(problems, key=lambda problem: (order[problem.file], problem.line))


def fact_stands(fact: Sequence[str], passages: Sequence[Passage]) -> bool:
    """Whether a fact stands in passages: one of its alternatives, or the difference of two figures there."""
    if any(holds(passage.text, tuple(fact)) for passage in passages):
        return True
    if any(holds("\n".join(passage.text for passage in passages), (form,)) for form in fact):
        return True
    numbers = [Decimal(figure.value) for passage in passages for figure in figures(passage.text)]
    wanted = [figure for form in fact for figure in figures(form) if str(figure) == comparable(form)[1]]
    return any(
        abs(a - b) == Decimal(figure.value)
        for figure in wanted
        for i, a in enumerate(numbers)
        for b in numbers[i + 1 :]
    )


def _check(record: KnownAnswer, places: PlanPlaces) -> Iterator[tuple[str, str, bool]]:
    for field, message in _shape_problems(record):
        yield field, message, True
    standing: list[Passage] = []
    for i, place in enumerate(record.places, 1):
        wrong = places.problem(place)
        if wrong:
            yield "places", f"第 {i} 项：{wrong}", True
        else:
            standing += places.at(place)
    if not record.answerable or not standing:
        return
    for i, fact in enumerate(record.facts, 1):
        if not fact_stands(fact, standing):
            yield "facts", f"第 {i} 项“{' / '.join(fact)}”在所列出处的原文中没有找到", True
    for place in record.places:
        if record.facts and not any(fact_stands(fact, places.at(place)) for fact in record.facts):
            yield "places", f"{place_words(place)} 的原文没有任何一个要点", False


def _shape_problems(record: KnownAnswer) -> Iterator[tuple[str, str]]:
    statuses = _STATUSES_OF_KIND.get(record.kind, ("answered", "not_in_plan"))
    if record.status not in statuses:
        yield "status", f"类型 {record.kind} 的状态应为 {' 或 '.join(statuses)}，实为 {record.status}"
    if record.answerable and not record.facts:
        yield "facts", "可答的问题至少要有一个要点"
    if record.answerable and not record.places:
        yield "places", "可答的问题至少要有一个出处"
    if not record.answerable and record.places:
        yield "places", "应拒答的问题不应有出处"
    if record.kind == "follow_up" and not record.history:
        yield "history", "追问应有前文"
    for fact in record.facts:
        for text in record.forbidden:
            if any(holds(form, (text,)) for form in fact):
                yield "forbidden", f"“{text}”与要点“{' / '.join(fact)}”冲突"


def _doubles(located: Sequence[Located]) -> list[Problem]:
    from rapidfuzz import fuzz, process

    problems: list[Problem] = []
    for key, count in Counter(item.record.id for item in located).items():
        if count > 1:
            twice = [item for item in located if item.record.id == key]
            problems += [
                Problem(
                    item.file, item.line, "id", f"编号 {key} 已在 {twice[0].file} 第 {twice[0].line} 行用过"
                )
                for item in twice[1:]
            ]
    # Follow-ups may well be worded alike: what came before belongs to the question.
    asked = [_asked(item.record) for item in located]
    first: dict[str, int] = {}
    for i, (item, text) in enumerate(zip(located, asked, strict=True)):
        if text and text in first:
            other = located[first[text]]
            problems.append(
                Problem(
                    item.file,
                    item.line,
                    "question",
                    f"与 {other.file} 第 {other.line} 行（{other.record.id}）的问题相同",
                )
            )
        elif text:
            first[text] = i
    unique = list(first)
    if len(unique) > 1:
        scores = process.cdist(unique, unique, scorer=fuzz.ratio, score_cutoff=ALIKE)
        for j in range(len(unique)):
            for i in range(j):
                if scores[i][j] >= ALIKE:
                    item, other = located[first[unique[j]]], located[first[unique[i]]]
                    message = f"与 {other.file} 第 {other.line} 行（{other.record.id}）的问题很相近"
                    problems.append(Problem(item.file, item.line, "question", message, fatal=False))
    return problems


def _asked(record: KnownAnswer) -> str:
    turns = [turn if isinstance(turn, str) else str(turn.get("content", "")) for turn in record.history]
    return "\n".join(_REST.sub("", comparable(turn)[1]) for turn in (*turns, record.question)).strip()


def _place_beside(there: Sequence[Passage], place: Place) -> str | None:
    # A term or an indicator is found by its number alone; what is said beside it must agree.
    found = there[0].place
    for key, word in (("chapter", "章"), ("section", "节")):
        said = getattr(place, key)
        if said is not None and said not in {getattr(passage.place, key) for passage in there}:
            return f"{word} {said} 与规划不符，应为 {getattr(found, key)}"
    return None


def _list(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))
