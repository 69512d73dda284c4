"""Inventing plans: the shipped plan's parts with other names, figures, words and order, from a seed."""

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.lexicon import places
from eval.synth.typeset import Typesetter
from ingest.indicators import EMPTY_CELL
from ingest.numerals import chinese_numeral
from ingest.plan import Box, Indicator, IndicatorTable, Paragraph, Plan, Section
from ingest.sentences import sentence_spans

_KEEP_BLOCK = 0.85  # share of paragraphs and box items that a plan keeps
_KEEP_SENTENCE = 0.9
_PROVINCES = 34
_CITIES = 300
_EDITION = 3  # every third plan is the earlier edition of the region before it
_FIGURE = re.compile(r"(?<![\d.\-A-Za-z])\d+(?:\.\d+)?(?![\d.\-A-Za-z]*[A-Za-z-])")
_YEAR = re.compile(r"(?<![\d.])20[0-4]\d(?=年|—|-|）)")
_PERIODS = ("十二五", "十三五", "十四五", "十五五")
_ORDINALS = ("十二", "十三", "十四", "十五")


@dataclass(frozen=True)
class Region:
    """An invented region: its name, and its level (省, 市 or 县)."""

    name: str
    level: str

    @property
    def full(self) -> str:
        """霁川省."""
        return self.name + self.level


@cache
def _words() -> dict[str, Any]:
    with (Path(__file__).resolve().parent / "words.toml").open("rb") as file:
        return tomllib.load(file)


def region(number: int) -> Region:
    """The invented region with this number: provinces first, then cities, then counties."""
    first, second = _words()["first"], _words()["second"]
    a, b = divmod(number, len(second))
    if a >= len(first):
        raise ValueError(f"there are {len(first) * len(second)} invented regions, wanted number {number}")
    level = "省" if number < _PROVINCES else "市" if number < _PROVINCES + _CITIES else "县"
    # Steps through the second characters so that neighbours in number do not share their beginning.
    return Region(first[(a + number) % len(first)] + second[b], level)


def edition(number: int) -> tuple[Region, str]:
    """Region and period of the plan with this number."""
    group, place = divmod(number, _EDITION)
    regions = group * (_EDITION - 1)
    if place == _EDITION - 1:
        return region(regions + _EDITION - 2), "十三五"
    return region(regions + place), "十四五"


def invented_plan(material: Plan, number: int, seed: int = 0, size: float = 1.0) -> str:
    """The extracted text of an invented plan.

    Args:
        material: a real plan, whose parts are taken and changed.
        number: which plan; it decides region and period.
        seed: another seed gives other figures and another order.
        size: share of the sections that are taken, from above 0 to 1; the first two chapters always are.
    """
    where, period = edition(number)
    return _Inventor(material, where, period, random.Random(f"{seed}.{number}"), size).text()


def plan_name(number: int) -> str:
    """The file name of an invented plan, without its ending: 0007-砚溪省-十四五."""
    where, period = edition(number)
    return f"{number:04}-{where.full}-{period}"


class _Inventor:
    def __init__(
        self, material: Plan, where: Region, period: str, chance: random.Random, size: float
    ) -> None:
        self.material = material
        self.where = where
        self.chance = chance
        self.size = size
        self.shift = 5 * (_PERIODS.index(period) - _PERIODS.index("十四五"))  # years
        self.page = Typesetter()
        self.replace = self._replacements()
        self.pattern = re.compile("|".join(map(re.escape, sorted(self.replace, key=len, reverse=True))))

    def text(self) -> str:
        self._preamble()
        boxes = 0
        for chapter in self.material.chapters:
            kept = [s for s in chapter.sections if s.number == 0 or chapter.number <= 2 or self._taken()]
            titles = [self._changed(part) for part in chapter.title.split(" ")]
            first, *rest = titles
            self.page.heading(
                f"第{chinese_numeral(chapter.number)}章\u3000{first}", *rest, new_page=chapter.number > 1
            )
            number = 0
            for section in kept or chapter.sections[:1]:
                if section.number:
                    number += 1
                    self.page.heading(f"第{chinese_numeral(number)}节\u3000{self._changed(section.title)}")
                boxes = self._blocks(section, boxes)
        self._glossary()
        self._postscript()
        return self.page.text()

    def _taken(self) -> bool:
        return self.chance.random() < self.size

    def _preamble(self) -> None:
        numeral = _ORDINALS[_ORDINALS.index("十四") + self.shift // 5]
        years = f"（{2021 + self.shift}—{2025 + self.shift}年）"
        title = f"{self.where.full}国民经济和社会发展第{numeral}个五年{years}规划纲要"
        self.page.paragraph(
            f"{title}，根据《中共{self.where.full}委关于制定规划的建议》编制，主要阐明战略意图，"
            f"明确政府工作重点，是{self.where.full}各族人民共同的行动纲领。"
        )

    def _blocks(self, section: Section, boxes: int) -> int:
        paragraphs: list[str] = []

        def close() -> None:
            self.chance.shuffle(paragraphs)
            for text in paragraphs:
                self.page.paragraph(text)
            paragraphs.clear()

        for block in section.blocks:
            if isinstance(block, Paragraph):
                if self.chance.random() < _KEEP_BLOCK or not paragraphs:
                    paragraphs.append(self._paragraph(block))
                continue
            close()
            if isinstance(block, Box):
                boxes += 1
                self._box(block, boxes)
            else:
                self._table(block)
        close()
        return boxes

    def _paragraph(self, paragraph: Paragraph) -> str:
        text = self.material.slice(paragraph.span)
        first, *rest = [text[a:b] for a, b in sentence_spans(text)]
        rest = [sentence for sentence in rest if self.chance.random() < _KEEP_SENTENCE]
        if not text.startswith("—"):
            self.chance.shuffle(rest)
        return self._stopped(self._changed(first + "".join(rest)))

    def _box(self, box: Box, number: int) -> None:
        items = [item for item in box.items if self.chance.random() < _KEEP_BLOCK] or list(box.items[:1])
        self.chance.shuffle(items)
        texts = [self._stopped(self._changed(self.material.slice(item.span))) for item in items]
        self.page.box(number, self._changed(box.title), texts)

    def _table(self, table: IndicatorTable) -> None:
        base, target = 2020 + self.shift, 2025 + self.shift
        head = ("类", "别", "序", "号", f"指　　　　标 {base}年预计", f"{target}年目标", "年均／累计 属性")
        self.page.cells(self._changed(table.title), *head)
        category = ""
        for number, rows in _by_number(table.indicators):
            if rows[0].category != category:
                category = rows[0].category
                self.page.cells(*category)
            factor = self.chance.uniform(0.8, 1.2)
            name = f"{number} {rows[0].name} （{rows[0].unit}）"
            if rows[0].group is None:
                self.page.cells(f"{name} {self._cells(rows[0], factor)}")
            else:
                self.page.cells(name, *(f"{row.group} {self._cells(row, factor)}" for row in rows))
        for note in table.notes:
            self.page.cells(f"\u3000{self.material.slice(note.span)}")

    def _cells(self, row: Indicator, factor: float) -> str:
        cells = (row.expected_2020, row.target_2025, row.annual_or_total)
        # A share of the whole stays one.
        factor = factor - 0.2 if row.unit == "%" else factor
        values = [_FIGURE.sub(lambda m: _scaled(m.group(), factor), cell or EMPTY_CELL) for cell in cells]
        return " ".join([*(value.replace(" ", "") for value in values), row.attribute])

    def _glossary(self) -> None:
        terms = [term for term in self.material.terms if self.chance.random() < _KEEP_BLOCK]
        if not terms:
            return
        self.page.heading("名　词　解　释", new_page=True)
        for number, term in enumerate(terms, 1):
            name, definition = self._changed(term.name), self._changed(term.definition)
            self.page.paragraph(f"{number}\ue010{name}：{self._stopped(definition)}")

    def _postscript(self) -> None:
        self.page.heading("后　　记", new_page=True)
        self.page.paragraph(
            f"{2021 + self.shift}年2月，纲要经{self.where.full}人民代表大会审查批准。在此，"
            "对所有参与编制的单位和个人表示感谢！"
        )

    def _replacements(self) -> dict[str, str]:
        """The words that this plan has in place of the material's."""
        replace = dict.fromkeys(("吉林省", "我省"), self.where.full)
        replace |= {
            "吉林": self.where.name,
            "吉大": f"{self.where.name[0]}大",
            "全省": f"全{self.where.level}",
        }
        used = {self.where.name}
        for name in places().inside:
            stem = name.removesuffix("市").removesuffix("县").removesuffix("区")
            made = self.where.name
            while made in used:
                made = self.chance.choice(_words()["first"]) + self.chance.choice(_words()["second"])
            used.add(made)
            replace[name] = made + name[len(stem) :]
        for group in _words()["swaps"].values():
            replace |= dict(zip(group, self.chance.sample(group, len(group)), strict=True))
        if self.shift:
            step = self.shift // 5
            replace |= {
                name: _PERIODS[i + step] for i, name in enumerate(_PERIODS) if 0 <= i + step < len(_PERIODS)
            }
        return replace

    def _changed(self, text: str) -> str:
        text = self.pattern.sub(lambda match: self.replace[match.group()], text.replace(" ", ""))
        text = _YEAR.sub(lambda match: str(int(match.group()) + self.shift), text)
        return _FIGURE.sub(self._figure, text)

    def _figure(self, match: re.Match[str]) -> str:
        if _YEAR.match(match.string, match.start()):
            return match.group()
        return _scaled(match.group(), self.chance.uniform(0.6, 1.0))

    @staticmethod
    def _stopped(text: str) -> str:
        return text if re.search(r"[。！？][”’）》]*$", text) else f"{text.rstrip('；，：')}。"


def _by_number(rows: tuple[Indicator, ...]) -> Iterator[tuple[int, list[Indicator]]]:
    found: dict[int, list[Indicator]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    yield from found.items()


def _scaled(figure: str, factor: float) -> str:
    """A figure times a factor, with as many decimals; a figure of one digit stays (三区, 5年)."""
    whole, point, decimals = figure.partition(".")
    if len(whole) == 1 and not point:
        return figure
    value = float(figure) * factor
    return f"{value:.{len(decimals)}f}" if point else str(max(10, round(value)))


__all__ = ["Region", "edition", "invented_plan", "plan_name", "region"]
