"""The report: whole, in itself, safe, and usable in a browser."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from eval.charts import Bar, bar_chart, histogram
from eval.cli import main
from eval.coverage import coverage, coverage_json
from eval.records import load_known
from eval.report import render_report, write_report
from eval.report_cases import bold
from eval.results import judge_results, summarise
from eval.run import run
from eval.thresholds import Threshold

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
ATTACK = (
    "<script>window.attacked = true</script>"
    '<img src="https://example.com/x.png" onerror="window.attacked = true">'
)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


@pytest.fixture
def results(subject, make_record, forest, plan):
    outside = {"kind": "not_in_plan", "status": "not_in_plan", "facts": (), "places": (), "forbidden": ()}
    records = [
        make_record(),
        make_record(id="d-002", question="错答的问题", kind="number", noise="typo"),
        make_record(id="d-003", question=ATTACK, user="qa"),
        make_record(id="d-004", question="规划没有的", **outside),
        make_record(id="d-005", question="会出错的"),
    ]
    wrong = replace(forest, text=f"**458%**，{ATTACK}[1]", question=ATTACK)
    subject.system.answers |= {"错答的问题": wrong, ATTACK: wrong, "会出错的": RuntimeError(ATTACK)}
    found = summarise(run(subject, records), split="dev", config=ATTACK, fingerprint="f")
    judge_results(
        found,
        [Threshold("right", min=0.9), Threshold("right", min=0.5, by="kind"), Threshold("mrr", min=0.1)],
    )
    right = {case["id"]: case["right"] for case in found["cases"]}
    found["coverage"] = coverage_json(coverage(records, plan), right)
    return found


def test_every_question_is_there_with_what_it_needs(results):
    page = render_report(results)
    for case in results["cases"]:
        assert f'id="case-{case["id"]}"' in page
    for said in (
        "未达到",
        "错答的问题",
        "45.8% / 45.8",
        "名词解释",
        "ind.18",
        "主要指标18 · 第10页",
        "程序出错",
        "拒答曲线",
        "第一章",
    ):
        assert said in page


def test_nothing_is_asked_of_any_host(results):
    page = render_report(results)
    assert "Content-Security-Policy" in page
    assert "default-src 'none'" in page
    own = page.replace(ATTACK.replace("&", "&amp;"), "")
    without_text = re.sub(r">[^<]*<", "><", own)
    assert not re.findall(r'(?:src|href)="(?!#|data:)', re.sub(r"&[a-z#0-9]+;", "", without_text))
    assert "@import" not in page
    assert "url(" not in page


def test_what_users_and_answers_say_is_escaped(results):
    page = render_report(results)
    assert "<script>window.attacked" not in page
    assert "<img" not in page
    assert page.count("<script>") == 1


def test_figures_of_the_release_stand_beside(results):
    before = {
        "overall": {"right": {"value": 0.2}, "over_refusal": {"value": 0.0}, "mrr": results["overall"]["mrr"]}
    }
    page = render_report(results, before)
    assert "上一版 20.0%" in page
    assert "+20.0" in page
    assert "持平" in page
    assert "没有可比的上一版" in render_report(results)


def test_bold_is_shown_and_nothing_else():
    assert str(bold("**45.8%**<b>[1]")) == "<b>45.8%</b>&lt;b&gt;[1]"
    assert str(bold("2**3")) == "2**3"


def test_charts_hold_odd_values():
    chart = bar_chart([Bar("<名>", 0.0, 0.0, 0.0), Bar("满", 1.0, 1.0, 1.0)], "题", 0.8)
    assert "&lt;名&gt;" in chart
    assert "nan" not in chart
    assert histogram([], "题", "毫秒") == ""
    assert "nan" not in histogram([0.0, 0.0], "题", "毫秒", [("中位数", 0.0)])
    assert "nan" not in bar_chart([], "题")


def test_a_run_without_refusals_or_thresholds_has_a_report(subject, make_record):
    found = summarise(
        run(subject, [make_record()]), split="dev", config="默认", fingerprint="f", partial=True
    )
    judge_results(found, [])
    page = render_report(found)
    assert "只评测了部分问题" in page
    assert "没有未达标的问题" in page


@pytest.fixture
def open_report():
    """Open a report in Chromium; what it asks for and what goes wrong in it is kept with the page."""
    browser_path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if not browser_path:
        pytest.skip("没有安装 Chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=list(FLAGS))

        def open_(path):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.errors = []
            page.requests = []
            page.on("pageerror", lambda error: page.errors.append(str(error)))
            page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
            page.on("request", lambda request: page.requests.append(request.url))
            page.goto(path.as_uri())
            return page

        yield open_
        browser.close()


@pytest.fixture
def page(results, tmp_path, open_report):
    write_report(tmp_path / "report.html", results)
    return open_report(tmp_path / "report.html")


@pytest.mark.browser
def test_the_report_in_a_browser(page):
    shown = page.locator(".case:visible")
    assert page.locator("#shown").inner_text() == "显示 3 / 5 问"  # the misses
    assert shown.count() == 3
    page.select_option("select[name=result]", "")
    assert shown.count() == 5
    page.select_option("select[name=kind]", "number")
    assert shown.count() == 1
    page.locator(".case:visible summary").click()
    assert page.locator(".case[open] .facts li.no").inner_text().startswith("45.8%")
    assert page.locator(".case[open] tr.gold").count() == 1
    page.click("#filters button[type=reset]")
    page.locator("#shown", has_text="3 / 5").wait_for()
    page.fill("input[name=text]", "d-002")
    assert shown.count() == 1
    page.fill("input[name=text]", "没有这样的话")
    assert page.locator("#empty").is_visible()
    page.click(".row button.cell[data-ids*='d-001']")
    page.locator("#ids").wait_for()
    assert shown.count() == 4  # all that name the indicator
    page.click("[data-set-stage=error]")
    assert [item.get_attribute("data-id") for item in shown.all()] == ["d-005"]
    page.evaluate("location.hash = '#case-d-004'")
    page.locator("#case-d-004[open]").wait_for()
    assert page.errors == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
    assert not page.evaluate("window.attacked === true")


@pytest.mark.browser
def test_the_report_fits_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for summary in page.locator(".case:visible summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@pytest.mark.slow
def test_the_report_of_the_real_run(tmp_path, index_settings, index, monkeypatch, open_report):
    monkeypatch.setenv("JIWEN_DATA", str(index_settings.data))
    assert main(["--out", str(tmp_path), "--ignore-timing"]) in (0, 1)
    page = open_report(tmp_path / "report.html")
    assert page.locator("#shown").inner_text().endswith(f"/ {len(load_known('dev'))} 问")
    assert page.locator("#charts svg").count() == 5
    assert page.errors == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
    if os.environ.get("JIWEN_SCREENSHOTS"):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / "desktop-report.png")
        page.locator(".case:visible summary").first.click()
        page.evaluate("document.getElementById('questions').scrollIntoView()")
        page.screenshot(path=SCREENSHOTS / "desktop-report-question.png")
