"""The load test asks a real server and counts right."""

import asyncio
import json

import pytest

from bot.engine import Engine
from bot.web.loading import EngineLoader
from eval.cli import main
from eval.load import load_lines, measure
from ingest.settings import Settings
from tests.web.conftest import Server

QUESTIONS = ["2025年森林覆盖率目标是多少？", "梨树模式是什么？", "今天天气怎么样？"]


@pytest.fixture(scope="module")
def served(index, index_settings, tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("load"))
    with Server(EngineLoader.ready(Engine(index, index_settings)), settings) as running:
        yield running.url


@pytest.mark.parametrize("page", [False, True])
def test_every_question_is_answered_and_counted(served, page):
    load = asyncio.run(measure([served], QUESTIONS, 3, 9, page=page))
    assert (load.users, load.asked, load.errors) == (3, 9, {})
    assert 0 < load.median <= load.p95 <= load.slowest
    assert load.per_second > 0


def test_refusals_are_errors_and_no_answers(index, index_settings, tmp_path):
    settings = Settings(data=tmp_path, rate=3)
    with Server(EngineLoader.ready(Engine(index, index_settings)), settings) as running:
        load = asyncio.run(measure([running.url], QUESTIONS, 2, 5))  # one more warms the server
        assert load.errors == {"429": 3}
        assert "429×3" in load_lines([load])[-1]


def test_the_command_prints_a_table(served, capsys):
    assert main(["load", "--url", served, "--users", "1", "2", "--questions", "4"]) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) == 4
    assert main(["load", "--url", served, "--users", "1", "--questions", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["asked"] == 2
