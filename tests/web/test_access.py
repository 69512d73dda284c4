"""axe finds nothing serious on any tab, in light and dark, on desktop and phone; the keyboard reaches all."""

from pathlib import Path

import pytest

from tests.web.test_page import QUESTION

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SERIOUS = ("serious", "critical")
TABS = ("chat", "reading", "terms", "indicators")


def findings(page):
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    page.wait_for_timeout(400)  # a colour in transition has no contrast to measure
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def show(page, tab):
    page.click(f"#jw-tab-{tab}-button")
    ready = {"chat": "#jw-box", "reading": ".jw-plan", "terms": ".jw-card", "indicators": ".jw-indicators"}[
        tab
    ]
    page.wait_for_selector(ready)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(open_page, ask, dark, size):
    page = open_page(size=size, dark=dark)
    assert findings(page) == []
    ask(page, QUESTION)
    assert findings(page) == []
    page.locator("a.jw-chip").first.click()
    page.wait_for_selector("#jw-source-pane .jw-hit")
    assert findings(page) == []
    page.keyboard.press("Escape")
    for tab in TABS[1:]:
        show(page, tab)
        assert findings(page) == [], tab


def test_large_type_fits_a_phone(open_page, ask):
    page = open_page(size=(360, 740))
    page.locator('[data-jw="large"]').click()
    ask(page, QUESTION)
    for tab in TABS:
        show(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, tab


def test_a_question_is_asked_and_a_source_read_by_keyboard_alone(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # 跳到提问框
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".jw-actions")
    page.locator("a.jw-chip").first.focus()
    page.wait_for_selector("#jw-hint.jw-shown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#jw-source-pane .jw-hit")
    page.keyboard.press("Escape")
    page.wait_for_selector("#jw-source-pane", state="hidden")
    assert page.evaluate("document.activeElement.className") == "jw-chip"


def test_the_page_says_its_language_and_title(open_page):
    page = open_page()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert "吉问" in page.title()
