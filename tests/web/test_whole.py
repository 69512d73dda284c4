"""The whole way with the real engine: a question typed in the browser, an answer from the plan."""

import pytest

from bot.web.loading import EngineLoader
from tests.web.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def real(real_engine, settings):
    with Server(EngineLoader.ready(real_engine), settings) as running:
        yield running


@pytest.mark.parametrize(
    ("question", "value", "place"),
    [
        ("2025年森林覆盖率目标是多少？", "45.8%", "主要指标18"),
        ("梨树模式是什么？", "秸秆覆盖免耕播种", "名词解释17"),
    ],
)
def test_the_real_engine_answers_in_the_page(real, open_page, ask, screenshot, question, value, place):
    page = open_page(base=real.url)
    ask(page, question)
    assert value in page.locator(".jw-answer").inner_text()
    screenshot(page, f"desktop-answer-{'figures' if '%' in value else 'term'}")
    assert any(place in text for text in page.locator(".jw-place").all_inner_texts())
    page.locator("a.jw-source", has_text=place).first.click()
    page.wait_for_selector("#jw-source-pane .jw-hit")
    assert page.locator(".jw-pane-problem").count() == 0


def test_what_the_plan_does_not_say_has_no_sources(real, open_page, ask):
    page = open_page(base=real.url)
    ask(page, "今天天气怎么样？")
    assert page.locator(".jw-sources").count() == 0
    assert page.locator(".jw-out_of_scope").count() == 1
