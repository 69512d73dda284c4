"""A reader asks, sees the cited answer, and follows a citation into the text."""

import re
import threading

import pytest

from bot.answer import Answer
from prompts import wording
from tests.web.conftest import TAKE_PICTURES

pytestmark = pytest.mark.browser

QUESTION = "黑土地保护要做哪些工作？"


def test_a_question_gets_a_cited_answer_and_a_chip_opens_the_highlighted_passage(
    open_page, ask, screenshot, plan
):
    page = open_page()
    screenshot(page, "desktop-welcome")
    ask(page, QUESTION)
    sources = page.locator(".jw-sources li")
    assert sources.count() >= 1
    assert re.search(r"第\d+", sources.first.inner_text())
    screenshot(page, "desktop-answer")
    href = page.locator("a.jw-chip").first.get_attribute("href")
    start, end = map(int, href.split(":")[1].split("-"))
    page.locator("a.jw-chip").first.click()
    page.wait_for_selector("#jw-source-pane .jw-hit")
    marked = "".join(page.locator("#jw-source-pane .jw-hit").all_inner_texts())
    assert re.sub(r"\s|第\d+页", "", marked) == re.sub(r"\s", "", plan.text[start:end])
    assert page.locator(".jw-pane-path").inner_text()
    box = page.locator("#jw-source-pane .jw-hit").first.bounding_box()
    assert 0 < box["y"] < 800
    screenshot(page, "desktop-source")
    page.keyboard.press("Escape")
    assert page.locator("#jw-source-pane").is_hidden()


def test_pointing_at_a_chip_shows_place_and_quotation(open_page, ask):
    page = open_page()
    ask(page, QUESTION)
    chip = page.locator("a.jw-chip").first
    place, _, quote = chip.get_attribute("title").partition("\n")
    chip.hover()
    hint = page.locator("#jw-hint.jw-shown")
    hint.wait_for()
    assert place in hint.inner_text()
    assert quote[:20] in hint.inner_text()


def test_after_a_reload_the_conversation_and_its_chips_are_the_same(open_page, ask):
    page = open_page()
    ask(page, QUESTION)
    before = [c.get_attribute("href") for c in page.locator("a.jw-chip").all()]
    page.reload()
    page.wait_for_selector(".jw-sources")
    assert [c.get_attribute("href") for c in page.locator("a.jw-chip").all()] == before
    page.locator("a.jw-chip").first.click()
    page.wait_for_selector("#jw-source-pane .jw-hit")


def test_a_citation_that_the_text_no_longer_holds_is_not_highlighted(open_page, ask):
    page = open_page()
    ask(page, QUESTION)
    chip = page.locator("a.jw-chip").first
    chip.evaluate("e => { e.title = '第1页\\n这句话不在规划里'; }")
    chip.click()
    page.wait_for_selector(".jw-pane-problem")
    assert page.locator("#jw-source-pane .jw-hit").count() == 0
    assert "这句话不在规划里" in page.locator(".jw-pane-problem").inner_text()


def test_an_example_is_asked_by_a_click(open_page):
    page = open_page()
    example = page.locator(".jw-example").first
    question = example.inner_text()
    example.click()
    page.wait_for_selector(".jw-actions")
    assert page.locator(".jw-question").inner_text() == question


def test_a_suggested_question_is_asked_by_a_click(open_page, ask):
    page = open_page()
    ask(page, QUESTION)
    page.locator("#jw-chatbot .option").first.click()
    page.wait_for_function("document.querySelectorAll('.jw-actions').length == 2")


@pytest.mark.parametrize("question", ["   ", "长" * 301])
def test_an_unusable_question_gets_plain_words_and_stays_in_the_box(open_page, question):
    page = open_page()
    page.fill("#jw-box textarea", question)
    page.click("#jw-send")
    page.wait_for_selector(".jw-invalid")
    assert page.input_value("#jw-box textarea").strip() == question.strip()
    assert page.locator("#jw-conversations .jw-open").count() == 0


def test_what_is_typed_is_never_run(open_page, ask):
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    hostile = "<img src=x onerror=alert(1)> 黑土地 [x](javascript:alert(1)) <script>alert(1)</script>"
    ask(page, hostile)
    assert page.locator(".jw-question").inner_text() == hostile
    assert page.locator(".jw-question img, .jw-question script, .jw-question a").count() == 0


def test_a_question_in_the_address_is_asked_once(open_page):
    page = open_page(
        "/?q=%E9%BB%91%E5%9C%9F%E5%9C%B0%E4%BF%9D%E6%8A%A4%E6%8E%AA%E6%96%BD", wait=".jw-actions"
    )
    assert page.locator(".jw-question").inner_text() == "黑土地保护措施"
    assert "q=" not in page.url
    page.reload()
    page.wait_for_selector(".jw-actions")
    assert page.locator(".jw-question").count() == 1


def test_conversations_are_kept_apart_opened_and_deleted(open_page, ask):
    page = open_page()
    page.on("dialog", lambda dialog: dialog.accept())
    ask(page, QUESTION)
    page.locator('.jw-side-head [data-jw="new"]').click()
    page.wait_for_selector("#jw-welcome", state="visible")
    ask(page, "粮食综合生产能力目标是多少？")
    titles = page.locator("#jw-conversations .jw-open")
    page.wait_for_function("document.querySelectorAll('#jw-conversations .jw-open').length === 2")
    titles.nth(1).click()
    page.wait_for_function("q => document.querySelector('.jw-question')?.innerText === q", arg=QUESTION)
    page.locator("#jw-conversations .jw-delete").nth(1).click()
    page.wait_for_selector("#jw-welcome", state="visible")
    assert titles.count() == 1
    page.locator('[data-jw="clear"]').click()
    page.wait_for_selector("#jw-conversations .jw-empty")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('jiwen.c.')).length") == 0


def test_an_answer_is_copied_with_its_reference_lines(open_page, ask, plan):
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.locator('a.jw-action[href="#copy-0"]').click()
    page.wait_for_selector("#jw-toast.jw-shown")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"[1] 《{plan.title}》" in copied
    page.locator('a.jw-action[href="#link-0"]').click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('?q=')")


def test_a_retry_answers_the_same_question_again(open_page, ask):
    page = open_page()
    ask(page, QUESTION)
    page.get_by_label(wording("web_script.retry")).click()
    page.wait_for_selector(".jw-actions", state="detached")
    page.wait_for_selector(".jw-actions")
    assert page.locator(".jw-question").count() == 1


@pytest.mark.skipif(TAKE_PICTURES, reason="the answers are scripted")
def test_stopping_an_answer_leaves_the_conversation_as_it_was(open_page, ask, asked):
    page = open_page()
    ask(page, QUESTION)
    go = threading.Event()

    def endless():
        yield Answer("answered", "开头。")
        yield Answer("answered", "开头。接着。")
        go.wait(60)
        yield Answer("answered", "太晚了。")

    asked.queued_steps = endless()
    page.fill("#jw-box textarea", "第二问")
    page.press("#jw-box textarea", "Enter")
    page.get_by_text("开头。").wait_for()
    page.click("#jw-stop")
    page.wait_for_selector("#jw-send", state="visible")
    go.set()
    page.wait_for_timeout(300)
    assert page.locator(".jw-question").all_inner_texts() == [QUESTION]
    asked.queued_steps = []
    ask(page, "粮食综合生产能力目标是多少？")
    assert page.locator(".jw-question").count() == 2


def test_a_printed_conversation_is_whole(open_page, ask):
    page = open_page()
    for question in (QUESTION, "粮食综合生产能力目标是多少？", "森林覆盖率和空气质量目标是多少？"):
        ask(page, question)
    page.emulate_media(media="print")
    last = page.locator(".jw-sources").last.evaluate("e => e.getBoundingClientRect().bottom + scrollY")
    assert page.evaluate("document.documentElement.scrollHeight") >= last > 800
    assert page.locator("#jw-ask").is_hidden()
    assert page.locator(".jw-sources").first.evaluate("e => e.getBoundingClientRect().top + scrollY") > 0


def test_on_a_phone_the_text_slides_over_and_back_closes_it(open_page, ask, screenshot):
    page = open_page(size=(360, 740))
    screenshot(page, "phone-welcome")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    ask(page, QUESTION)
    screenshot(page, "phone-answer")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("a.jw-chip").first.click()
    page.wait_for_selector("#jw-source-pane .jw-hit")
    # Once it has slid in, it covers the page.
    page.wait_for_function(
        "(() => { const b = document.getElementById('jw-source-pane').getBoundingClientRect();"
        " return b.left === 0 && b.width === 360; })()"
    )
    screenshot(page, "phone-source")
    page.go_back()
    page.wait_for_selector("#jw-source-pane", state="hidden")
    assert page.locator(".jw-question").count() == 1


def test_dark_and_large_type_are_remembered(open_page, ask, screenshot):
    page = open_page()
    page.locator('[data-jw="dark"]').click()
    page.locator('[data-jw="large"]').click()
    page.reload()
    page.wait_for_selector("body.dark")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    page.locator('[data-jw="large"]').click()
    ask(page, QUESTION)
    screenshot(page, "dark-answer")
