"""规划原文 in the browser: deep links, tree, pages, search, the marks of mended figures."""

import pytest

from prompts import wording

pytestmark = pytest.mark.browser


def in_view(page, selector):
    box = page.locator(selector).first.bounding_box()
    return box is not None and 0 <= box["y"] < page.viewport_size["height"]


@pytest.mark.parametrize("anchor", ["c05s02.p01", "c05s02", "term.17", "ind.18", "c01s01.p01"])
def test_a_stable_link_opens_the_text_at_its_place(open_page, anchor):
    page = open_page(f"/#{anchor}", wait="#jw-reading-text .jw-hit")
    assert in_view(page, ".jw-hit")
    assert page.locator("#jw-tab-reading-button").get_attribute("aria-selected") == "true"


def test_a_link_to_a_page_opens_it(open_page, screenshot):
    page = open_page("/#page-47", wait="#page-47")
    page.wait_for_timeout(500)
    assert in_view(page, "#page-47")
    page.fill("#jw-to-page", "100")
    page.press("#jw-to-page", "Enter")
    page.wait_for_function("location.hash === '#page-100'")
    assert in_view(page, "#page-100")


def test_a_link_to_a_span_marks_just_that(open_page, plan):
    start = plan.text.index("梨树模式")
    page = open_page(f"/#c05s02.p01:{start}-{start + 4}", wait="#jw-reading-text .jw-hit")
    assert page.locator("mark.jw-hit").all_inner_texts() == ["梨树模式"]


def test_a_link_to_nowhere_is_told(open_page):
    page = open_page("/#c99s99.p99", wait="#jw-toast.jw-shown")
    assert page.locator("#jw-toast").inner_text() == wording("web_script.not_found")


def test_the_tree_leads_to_a_box_and_back_leads_back(open_page, screenshot):
    page = open_page("/#c05s02", wait="#jw-reading-text .jw-hit")
    chapter = page.locator(".jw-tree details").nth(4)
    chapter.locator("summary").click()
    chapter.get_by_role("link", name="专栏16").click()
    page.wait_for_function("location.hash.includes('.b16.')")
    page.wait_for_selector("h4.jw-hit")
    screenshot(page, "desktop-reading")
    page.go_back()
    page.wait_for_selector("h3.jw-hit")


def test_a_search_marks_every_hit_and_steps_through_them(open_page, plan):
    page = open_page("/#c05s02", wait="#jw-reading-text .jw-hit")
    page.fill("#jw-find", "黑土地")
    page.wait_for_selector(".jw-found-here")
    total = page.evaluate("jiwen.reading.article().querySelectorAll('.jw-found').length")
    assert total == plan.text.count("黑土地") - sum(
        plan.slice(row.span).count("黑土地") - 1
        for row in plan.indicator_table()[2].indicators
        if "黑土地" in plan.slice(row.span)
    )
    assert page.locator("#jw-found").inner_text() == f"1 / {total}"
    page.press("#jw-find", "Enter")
    assert page.locator("#jw-found").inner_text() == f"2 / {total}"
    assert in_view(page, ".jw-found-here")
    page.fill("#jw-find", "没有这几个字")
    page.wait_for_function(
        "w => document.getElementById('jw-found').innerText === w", arg=wording("web_script.found_none")
    )
    assert page.locator(".jw-found").count() == 0


def test_searching_and_marking_leave_the_text_as_it_was(open_page):
    page = open_page("/#c05s02", wait="#jw-reading-text .jw-hit")
    before = page.evaluate("jiwen.reading.article().textContent")
    for text in ("黑土地", "的", ""):
        page.fill("#jw-find", text)
        page.wait_for_timeout(400)
    assert page.evaluate("jiwen.reading.article().textContent") == before


def test_a_mended_figure_says_what_was_mended(open_page):
    page = open_page("/#ind.18", wait="#jw-reading-text .jw-hit")
    mend = page.locator("tr.jw-hit .jw-mend")
    assert mend.inner_text() == "45.8"
    assert "U+E010" in mend.get_attribute("title")


def test_the_text_moves_between_the_tab_and_the_chat(open_page, ask):
    page = open_page("/#c05s02", wait="#jw-reading-text .jw-hit")
    page.click("#jw-tab-chat-button")
    page.wait_for_selector("#jw-box textarea")
    ask(page, "怎样保护黑土地，推广“梨树模式”？")
    page.locator("a.jw-chip").first.click()
    page.wait_for_selector("#jw-source-pane .jw-hit")
    page.locator(".jw-pane-visit").click()
    page.wait_for_selector("#jw-reading-text .jw-hit")
    page.click("#jw-tab-chat-button")
    page.locator("a.jw-chip").first.click()
    page.wait_for_selector("#jw-source-pane .jw-hit")


def test_the_tree_slides_over_on_a_phone(open_page, screenshot):
    page = open_page("/#c05s02", size=(360, 740), wait="#jw-reading-text .jw-hit")
    screenshot(page, "phone-reading")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".jw-tree-button").click()
    page.locator(".jw-tree summary").first.click()
    page.locator(".jw-tree details").first.get_by_role("link").nth(1).click()
    page.wait_for_selector("#jw-reading-tree.jw-shown", state="detached")
