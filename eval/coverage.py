"""The coverage map: how many known answers rest on each section, box, indicator and term of the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.records import KnownAnswer
from ingest.numerals import chinese_numeral
from ingest.plan import Plan


@dataclass(frozen=True)
class Cell:
    """One part of the plan with the ids of the known answers that name it as a place."""

    group: str  # section, box, indicator or term
    number: str
    title: str
    ids: tuple[str, ...]


def coverage(records: Iterable[KnownAnswer], plan: Plan) -> list[Cell]:
    """Every section, box, indicator row and term in reading order, with who asks about it."""
    sections: dict[tuple[int, int], list[str]] = {}
    others: dict[tuple[str, int], list[str]] = {}
    for record in records:
        for place in record.places:
            if place.chapter is not None and place.term is None and place.indicator is None:
                for section in _sections(plan, place.chapter, place.section):
                    sections.setdefault((place.chapter, section), []).append(record.id)
            for group in ("box", "indicator", "term"):
                number = getattr(place, group)
                if number is not None:
                    others.setdefault((group, number), []).append(record.id)
    cells = [
        Cell(
            "section",
            f"{chapter.number}.{section.number}",
            section.title or f"第{chinese_numeral(chapter.number)}章引言",
            _once(sections.get((chapter.number, section.number), ())),
        )
        for chapter, section in plan.sections()
    ]
    cells += [
        Cell("box", str(b.number), b.title, _once(others.get(("box", b.number), ())))
        for _, _, b in plan.boxes()
    ]
    table = plan.indicator_table()
    rows = {row.number: row.name for row in (table[2].indicators if table else ())}
    cells += [
        Cell("indicator", str(n), name, _once(others.get(("indicator", n), ()))) for n, name in rows.items()
    ]
    cells += [
        Cell("term", str(t.number), t.name, _once(others.get(("term", t.number), ()))) for t in plan.terms
    ]
    return cells


def coverage_json(cells: Sequence[Cell], right: Mapping[str, bool]) -> list[dict[str, Any]]:
    """The map for the report; `right` says which known answers were answered right."""
    return [
        {
            "group": cell.group,
            "number": cell.number,
            "title": cell.title,
            "ids": list(cell.ids),
            "asked": sum(key in right for key in cell.ids),
            "right": sum(right.get(key, False) for key in cell.ids),
        }
        for cell in cells
    ]


def coverage_lines(cells: Sequence[Cell]) -> list[str]:
    """The map as text: a count for every part, and what no known answer asks about."""
    names = {"section": "节", "box": "专栏", "indicator": "主要指标", "term": "名词解释"}
    lines = []
    for group, name in names.items():
        of_group = [cell for cell in cells if cell.group == group]
        covered = sum(bool(cell.ids) for cell in of_group)
        lines.append(f"{name}：{covered}/{len(of_group)} 有已知答案")
        if group == "section":
            chapters: dict[str, list[str]] = {}
            for cell in of_group:
                chapter, _, section = cell.number.partition(".")
                chapters.setdefault(chapter, []).append(
                    f"{'引' if section == '0' else section}:{len(cell.ids)}"
                )
            lines += [
                f"  第{chinese_numeral(int(chapter))}章  {'  '.join(counts)}"
                for chapter, counts in chapters.items()
            ]
        else:
            lines.append("  " + "  ".join(f"{cell.number}:{len(cell.ids)}" for cell in of_group))
        missing = [f"{cell.number} {cell.title}" for cell in of_group if not cell.ids]
        if missing:
            lines.append(f"  尚无：{'；'.join(missing)}")
    return lines


def _sections(plan: Plan, chapter: int, section: int | None) -> list[int]:
    if section is not None:
        return [section]
    return [found.number for of, found in plan.sections() if of.number == chapter]


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
