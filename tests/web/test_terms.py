"""名词解释: found by characters, pinyin and initials, in code and in the browser."""

import pytest

from bot.web.terms import search_terms, term_entries, terms_html
from prompts import wording


@pytest.fixture(scope="module")
def entries(plan, engine):
    return term_entries(plan, engine.index.passages)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("梨树", "梨树模式"),
        ("lishumoshi", "梨树模式"),
        ("LiShu", "梨树模式"),
        ("lsms", "梨树模式"),
        ("lishums", "梨树模式"),
        ("jbgs", "揭榜挂帅"),
        ("独角兽企业", "“独角兽”企业"),
        ("瞪羚", "“瞪羚”企业"),
        ("changbaishan", "长白山人才工程"),
        (" 四个 不摘 ", "四个不摘"),
    ],
)
def test_a_term_is_found_first(entries, typed, name):
    assert search_terms(entries, typed)[0].term.name == name


def test_an_empty_search_shows_all_in_printed_order(entries, plan):
    assert [entry.term for entry in search_terms(entries, "")] == list(plan.terms)


@pytest.mark.parametrize("typed", ["zzzz", "没有这个名词", "<b>", "(", "\\"])
def test_what_is_not_there_is_told(entries, typed):
    assert wording("web_terms.none") in terms_html(search_terms(entries, typed))


def test_definitions_are_searched_after_names(entries):
    found = search_terms(entries, "秸秆")
    assert "秸秆" in found[0].term.name
    assert any("秸秆" not in entry.term.name for entry in found)


def test_places_of_use_quote_the_plan_at_their_span(entries, plan):
    uses = [use for entry in entries for use in entry.uses]
    assert len(uses) > len(entries)
    for use in uses:
        assert plan.text[use.start : use.end].strip() == use.quote


@pytest.mark.browser
def test_searching_by_pinyin_and_following_a_place_of_use(open_page, screenshot):
    page = open_page()
    page.click("#jw-tab-terms-button")
    page.wait_for_selector(".jw-card")
    page.locator("#jw-term-box").locator("input, textarea").fill("lsms")
    page.wait_for_function("document.querySelectorAll('.jw-card').length === 1")
    page.locator(".jw-card summary").click()
    screenshot(page, "desktop-terms")
    page.locator(".jw-card li a").first.click()
    page.wait_for_selector("#jw-reading-text .jw-hit")
    assert "梨树模式" in "".join(page.locator(".jw-hit").all_inner_texts())


@pytest.mark.browser
def test_a_card_asks_its_question_in_the_chat(open_page):
    page = open_page()
    page.click("#jw-tab-terms-button")
    page.locator(".jw-card").nth(3).get_by_role("button").click()
    page.wait_for_selector(".jw-question")
    assert page.locator(".jw-question").inner_text() == wording("web_terms.question", name="揭榜挂帅")
