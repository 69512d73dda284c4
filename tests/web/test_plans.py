"""Several plans in the web chat and over HTTP: a choice, citations of other plans, tools for programs."""

import json
import urllib.error
import urllib.parse

import pytest

from bot.engine import Engine
from bot.plans.engine import LibraryEngine
from bot.web.chat_tab import plan_choices
from bot.web.conversation import dump, load
from bot.web.export import markdown
from bot.web.loading import EngineLoader
from bot.web.message import answer_html
from eval.scale import write_plans
from ingest.index import open_index
from ingest.library.build import open_library
from ingest.settings import load_settings
from tests.web.asking import last_frame
from tests.web.conftest import Server
from tests.web.test_server import get, post

FOREST = "森林覆盖率目标是多少"
KEY = "0000-霁川省-十四五"


@pytest.fixture(scope="module")
def several(small_source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    write_plans(folder, range(1), size=0.0)
    return load_settings(data=tmp_path_factory.mktemp("data"), plans=folder, source=small_source)


@pytest.fixture(scope="module")
def loader(several, index):
    library, _ = open_library(several, index.embedding)
    home = Engine(open_index(several, index.embedding), several)
    yield EngineLoader.ready(LibraryEngine(home, library))
    library.close()


@pytest.fixture(scope="module")
def many_server(loader, several):
    with Server(loader, several) as running:
        yield running


def last(loader, settings, question, plan=""):
    shown, conversation, over = last_frame(loader, settings, question, plan=plan)
    assert over
    return shown, conversation


def test_the_chat_asks_the_chosen_plan(loader, several):
    shown, conversation = last(loader, several, FOREST, plan=KEY)
    turn = conversation.turns[0]
    assert {source.plan for source in turn.sources} == {KEY}
    assert turn.figures == ()  # rows of the home plan's table are not these
    address = f"plan/text?plan={urllib.parse.quote(KEY)}#"
    assert address in shown[-1]["content"]
    assert load(dump(conversation)) == conversation


def test_a_citation_of_the_home_plan_points_into_the_reading_view(loader, several):
    _, conversation = last(loader, several, "青河省和霁川省的地区生产总值增长目标有什么不同")
    turn = conversation.turns[0]
    home = [source for source in turn.sources if not source.plan]
    assert home
    assert {source.plan for source in turn.sources} == {"", KEY}
    html = str(answer_html(turn.text, {source.n: source for source in turn.sources}))
    assert f'href="#{home[0].passage}:' in html


def test_copies_and_exports_name_the_plan_once(loader, several):
    _, conversation = last(loader, several, FOREST, plan=KEY)
    assert "[1] 《霁川省“十四五”规划纲要》第一章" in conversation.turns[0].plain
    assert "青河省" not in conversation.turns[0].plain
    assert "[1] 《霁川省“十四五”规划纲要》第一章" in markdown(conversation, "青河省规划")


def test_the_choice_lists_the_plans(loader):
    choices = plan_choices(loader.engine())["choices"]
    assert [key for _, key in choices] == ["", "small-plan", KEY]


def test_the_choice_is_on_the_page_only_where_there_are_several(many_server, server):
    for running, there in ((many_server, True), (server, False)):
        components = json.loads(get(f"{running.url}/config")[2])["components"]
        ids = {component["props"].get("elem_id") for component in components}
        assert ("jw-which" in ids) == there


def test_the_text_of_another_plan_has_the_places_that_citations_name(many_server):
    status, headers, body = get(f"{many_server.url}/plan/text?plan={urllib.parse.quote(KEY)}")
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    assert 'id="c01s01.p01"' in body.decode()
    assert "霁川省国民经济和社会发展" in body.decode()
    status, _, body = get(f"{many_server.url}/plan/text?plan=%3Cscript%3E")
    assert status == 404
    assert "没有名为" in body.decode()


def test_programs_ask_and_list_plans(many_server):
    run = f"{many_server.url}/gradio_api/run"
    (answer,) = post(f"{run}/ask_plan", json.dumps({"data": [FOREST, "霁川省", []]}))["data"]
    assert {citation["plan"] for citation in answer["citations"]} == {KEY}
    (listed,) = post(f"{run}/plans", json.dumps({"data": [""]}))["data"]
    assert {plan["key"] for plan in listed["plans"]} == {"small-plan", KEY}
    (found,) = post(f"{run}/plans", json.dumps({"data": ["现代化"]}))["data"]
    assert found["status"] == "answered"
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(f"{run}/ask_plan", json.dumps({"data": [FOREST]}))
    assert "question、plan、history" in json.loads(refused.value.read())["error"]


def test_with_one_plan_none_can_be_chosen(engine, settings):
    shown, _, over = last_frame(engine, settings, FOREST, plan=KEY)
    assert over
    assert "JIWEN_PLANS" in shown[-1]["content"]
    assert plan_choices(None) == plan_choices(None)


@pytest.mark.browser
def test_a_citation_of_another_plan_opens_its_page(many_server, open_page, ask):
    page = open_page(base=many_server.url)
    page.wait_for_selector("#jw-which")
    ask(page, f"霁川省{FOREST}")
    with page.context.expect_page() as opened:
        page.locator("a.jw-chip").first.click()
    opened.value.wait_for_selector("article.jw-plan")
    assert "霁川省" in opened.value.title()
