"""The table of 主要指标 against the printed one, cell by cell."""

import csv

import pytest

from ingest.indicators import read_cells, tidy_row
from tests.conftest import DATA

COLUMNS = (
    "name",
    "group",
    "unit",
    "expected_2020",
    "target_2025",
    "annual_or_total",
    "attribute",
    "category",
)
with (DATA / "indicators.tsv").open(encoding="utf-8") as file:
    PRINTED = list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def table(plan):
    return plan.indicator_table()


def test_rows_and_lines(table):
    lines = table[2].indicators
    assert len(lines) == len(PRINTED) == 22
    assert sorted({line.number for line in lines}) == list(range(1, 22))


@pytest.mark.parametrize("line", range(22))
def test_every_cell(table, line):
    found, printed = table[2].indicators[line], PRINTED[line]
    assert found.number == int(printed["number"])
    assert {name: getattr(found, name) or "" for name in COLUMNS} == {name: printed[name] for name in COLUMNS}


def test_empty_cells_are_none(table):
    cells = [
        value for i in table[2].indicators for value in (i.expected_2020, i.target_2025, i.annual_or_total)
    ]
    assert "———" not in cells
    assert "" not in cells


def test_divided_row_names_its_groups(table):
    assert [i.full_name for i in table[2].indicators if i.number == 7] == [
        "城镇常住居民人均可支配收入增长",
        "农村常住居民人均可支配收入增长",
    ]


def test_table_stands_on_page_10_with_its_notes(plan, table):
    chapter, section, found = table
    assert (chapter.number, section.number) == (1, 4)
    assert found.title == "“十四五”时期经济社会发展主要指标"
    assert [plan.slice(note.span) for note in found.notes] == [
        "注：①〔〕内为5年累计数。②能源综合生产能力指煤炭、石油、天然气、非化石能源生产能力之和。"
    ]
    for span in (found.span, *(i.span for i in found.indicators), *(note.span for note in found.notes)):
        assert plan.pages(span.start, span.end) == (10,)


def test_text_after_the_table_goes_on_in_the_section(plan, table):
    _, section, found = table
    after = section.blocks[section.blocks.index(found) + 1]
    assert plan.slice(after.span).startswith("到2030年，实现吉林全面振兴全方位振兴，")
    assert plan.pages(after.span.start, after.span.end) == (11,)


@pytest.mark.parametrize(
    ("printed", "tidy"),
    [
        ("18 森林覆盖率 （%） 45 45.8 ——— 约束性", "18 森林覆盖率（%） 45 45.8 ——— 约束性"),
        ("16 地级 及 以 上 城 市 （%） 89.8 90 ——— 约束性", "16 地级及以上城市（%） 89.8 90 ——— 约束性"),
        ("14 能耗降低 （%） ——— ——— 〔13.5〕约束性", "14 能耗降低（%） ——— ——— 〔13.5〕 约束性"),
    ],
)
def test_rows_are_tidied(printed, tidy):
    assert tidy_row(printed) == tidy
    assert len(read_cells(tidy)) == 1


@pytest.mark.parametrize("text", ["", "正文", "18 森林覆盖率 45 45.8", "18 森林覆盖率（%） 45 约束性"])
def test_what_is_no_row_gives_no_cells(text):
    assert read_cells(text) == []
