"""The engine is opened in the background, and asked once before the first user is."""

import time

import pytest

from bot.web.loading import EngineLoader, complete, warm
from ingest.settings import Settings
from tests.web.asking import last_frame


class Broken:
    def __init__(self, index):
        self.index = index

    def ask(self, question, history=()):
        raise RuntimeError("no answer")


def test_an_engine_that_the_server_opens_has_been_asked_once(asked, monkeypatch, tmp_path):
    from bot.web.server import _open

    monkeypatch.setattr("bot.engine.open_engine", lambda settings, progress: asked)
    loader = EngineLoader(lambda report: _open(Settings(data=tmp_path), report))
    loader.start()
    assert loader.wait(10).engine is asked
    ((question, history),) = asked.asked
    assert asked.index.plan.indicator_table()[2].indicators[0].full_name in question
    assert history == ()
    assert not list(tmp_path.iterdir())  # nothing is counted or kept of it


def test_an_engine_that_cannot_be_warmed_is_open_all_the_same(asked, caplog):
    warm(Broken(asked.index))
    assert "warmed" in caplog.text


def test_warming_answers_an_indicator_and_builds_no_table_for_slips(real_engine):
    from bot.engine import Engine

    engine = Engine(real_engine.index, real_engine.settings)
    answers = []
    ask = engine.ask
    engine.ask = lambda question: answers.append(ask(question))
    warm(engine)
    assert [answer.status for answer in answers] == ["answered"]
    assert answers[0].trace["kind"] == "indicator"
    # The tables of sounds take a second, for which nobody's first question is to wait.
    assert not {"_pinyin", "_homophones"} & set(vars(engine.reader))


def test_what_the_first_questions_did_not_need_is_made_once_they_are_answered(engine):
    done = []
    loader = EngineLoader(lambda report: engine, lambda opened: done.append((opened, loader.engine())), 0.0)
    loader.start()
    assert loader.wait(10).engine is engine
    for _ in range(200):
        if done:
            break
        time.sleep(0.05)
    assert done == [(engine, engine)]  # users had it before


def test_the_tables_of_sounds_are_made_in_the_background(index, index_settings):
    from bot.engine import Engine

    engine = Engine(index, index_settings)
    complete(engine)
    assert {"_pinyin", "_homophones"} <= set(vars(engine.reader))


@pytest.mark.parametrize("typed", ["黑土地\ud800", "\ud83d\ude00黑土地"])
def test_half_a_surrogate_pair_in_a_question_does_not_break_the_page(typed, asked, settings):
    shown, conversation, over = last_frame(asked, settings, typed)
    assert over
    assert "黑土地" in conversation.turns[0].question
    assert conversation.turns[0].question.encode()
    assert str(shown).encode()
