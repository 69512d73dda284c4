"""主要指标: filtered, sorted, downloaded, and never a formula in a cell."""

import csv
import io
from dataclasses import replace
from html import escape

import pytest
from openpyxl import load_workbook

from bot.web.indicators import ALL, HEADS, chart_html, choices, number, pick, table_html, table_rows
from bot.web.spreadsheet import as_csv, as_xlsx, safe_cell
from prompts import wording


@pytest.fixture(scope="module")
def rows(plan):
    return table_rows(plan)


def test_every_line_has_its_page_and_place(rows, plan):
    assert len(rows) == len(plan.indicator_table()[2].indicators)
    for row in rows:
        assert row.page in plan.pages(row.indicator.span.start, row.indicator.span.end)


def test_choices_are_those_of_the_table(rows):
    categories, attributes = choices(rows)
    assert categories == ["经济发展", "创新驱动", "民生福祉", "绿色生态", "安全保障"]
    assert set(attributes) == {"预期性", "约束性"}


def test_filters_hold_together(rows):
    picked = pick(rows, "绿色生态", "约束性", "printed")
    assert picked
    assert {(row.indicator.category, row.indicator.attribute) for row in picked} == {("绿色生态", "约束性")}
    assert pick(rows, "没有", ALL, "printed") == []
    assert pick(rows, ALL, ALL, "printed") == list(rows)


@pytest.mark.parametrize("sort", ["before", "after", "change"])
def test_sorting_by_a_figure_puts_lines_without_it_last(rows, sort):
    values = [getattr(row, sort) for row in pick(rows, ALL, ALL, sort)]
    given = [value for value in values if value is not None]
    assert given == sorted(given, reverse=True)
    assert values[: len(given)] == given


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("45.8", 45.8),
        ("3000", 3000.0),
        (">6.5", None),
        ("≤6", None),
        ("待国家下达", None),
        (None, None),
        ("", None),
    ],
)
def test_only_a_plain_number_is_a_number(cell, value):
    assert number(cell) == value


def test_the_table_shows_every_cell_with_a_link_to_its_place(rows, plan):
    html = table_html(rows, plan.indicator_table()[2], plan)
    for row in rows:
        assert escape(row.indicator.full_name) in html
        assert f'href="#{row.anchor}"' in html
    assert "〔〕内为5年累计数" in html


def test_the_chart_has_a_card_for_each_line_with_both_years(rows):
    both = [row for row in rows if row.before is not None and row.after is not None]
    assert chart_html(rows).count("jw-bar-card") == len(both) + 1  # and the grid they stand in
    assert chart_html([row for row in rows if row not in both]) == ""


def test_csv_is_read_back_cell_for_cell(rows):
    read = list(csv.reader(io.StringIO(as_csv(rows).decode("utf-8-sig"))))
    assert read[0] == [wording(f"web_figures.{name}") for name in HEADS]
    assert [tuple(line) for line in read[1:]] == [row.cells() for row in rows]


def test_csv_begins_with_the_mark_excel_needs(rows):
    assert as_csv(rows).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(rows, start):
    bad = replace(
        rows[0], indicator=replace(rows[0].indicator, name=f"{start}HYPERLINK(1)", unit=f"{start}1")
    )
    line = list(csv.reader(io.StringIO(as_csv([bad]).decode("utf-8-sig"))))[1]
    assert not any(cell.startswith(start) for cell in line)
    sheet = load_workbook(io.BytesIO(as_xlsx([bad], f"{start}1", f"{start}2"))).active
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]


def test_a_safe_cell_is_left_alone():
    assert safe_cell("45.8") == "45.8"


def test_the_workbook_has_figures_as_numbers_and_says_where_they_are_from(rows, plan):
    sheet = load_workbook(io.BytesIO(as_xlsx(rows, "题名", "来源：某规划"))).active
    line = next(line for line in sheet.iter_rows(values_only=True) if line[2] == "森林覆盖率")
    assert line[4:6] == (45, 45.8)
    assert sheet.cell(sheet.max_row, 1).value == "来源：某规划"


@pytest.mark.browser
def test_filtering_sorting_and_downloading_in_the_browser(open_page, screenshot, rows):
    page = open_page()
    page.click("#jw-tab-indicators-button")
    page.wait_for_selector(".jw-indicators tbody tr")
    screenshot(page, "desktop-indicators")
    assert page.locator(".jw-indicators tbody tr").count() == len(rows)
    page.get_by_label(wording("web_indicators.category")).click()
    page.get_by_role("option", name="绿色生态").click()
    wanted = sum(row.indicator.category == "绿色生态" for row in rows)
    page.wait_for_function(
        "n => document.querySelectorAll('.jw-indicators tbody tr').length === n", arg=wanted
    )
    for kind in ("xlsx", "csv"):
        with page.expect_download() as download:
            page.click(f'.jw-downloads a[href$="{kind}"]')
        assert download.value.suggested_filename == f"主要指标.{kind}"
    page.locator(".jw-indicators td a").first.click()
    page.wait_for_selector("tr.jw-hit")


@pytest.mark.browser
def test_the_table_fits_a_phone(open_page, screenshot):
    page = open_page(size=(360, 740))
    page.click("#jw-tab-indicators-button")
    page.wait_for_selector(".jw-indicators tbody tr")
    screenshot(page, "phone-indicators")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
