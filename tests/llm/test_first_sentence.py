"""The first sentence is shown no later than the verbatim answer would be plus the model's own time.

What is tested is the order of what happens, not the clock: before the model is asked nothing more is done
than for the verbatim answer, and between the model's first sentence and its being shown the model says
nothing more.
"""

import threading

import pytest

from bot.engine import Engine
from bot.llm.writer import Writer
from ingest.settings import load_settings
from prompts import wording
from tests.llm.endpoint import passages_of
from tests.llm.scripted import ScriptedLLM

QUESTION = "怎样改善农村人居环境"  # answered without a direct value
VALUE_QUESTION = "高速公路到2025年要达到多少公里"


class WatchedWriter(Writer):
    """Notes when it is handed the verbatim answer."""

    events: list[str]

    def stream(self, verbatim, ground):
        self.events.append(f"verbatim: {verbatim.text}")
        yield from super().stream(verbatim, ground)


class Model:
    """Says two sentences of the first passage; after the first it waits until it is told to go on."""

    def __init__(self, events, between):
        self.events = events
        self.go_on = threading.Event()
        self.first = ""
        self._between = between

    def __call__(self, messages):
        self.events.append("asked")
        whole = passages_of(messages)[1].splitlines()[-1]
        self.first, second = [part for part in whole.split("。") if part][:2]
        yield f"{self.first}。[1]"
        self.events.append("said the first")
        yield self._between
        self.go_on.wait(timeout=20)
        self.events.append("said the second")
        yield f"{second}。[1]"


@pytest.fixture
def watched(index, index_settings, monkeypatch):
    """Make an engine, worded by a model or not, whose retrieval is noted among the events."""

    def make(events, say=None):
        writer = None
        settings = load_settings(data=index_settings.data, llm_timeout=60.0)
        if say:
            writer = WatchedWriter(ScriptedLLM(say=say), index, settings)
            writer.events = events
        engine = Engine(index, settings, writer=writer)
        rank = engine.retriever.rank

        def noted(*arguments, **options):
            events.append("retrieved")
            return rank(*arguments, **options)

        monkeypatch.setattr(engine.retriever, "rank", noted)
        return engine

    return make


@pytest.fixture
def verbatim_course(watched):
    """What happens on the way to the verbatim answer of a question, that answer last."""

    def course(question):
        events = []
        answer = watched(events).ask(question)
        return [*events, f"verbatim: {answer.text}"]

    return course


@pytest.mark.parametrize("between", ["\n", "还"])  # what shows that the sentence is over
def test_the_first_sentence_is_shown_before_the_model_says_more(between, watched, verbatim_course):
    events = []
    model = Model(events, between)
    for answer in watched(events, model).stream(QUESTION):
        if model.first in answer.text and "shown" not in events:
            events.append("shown")
            model.go_on.set()
    before = verbatim_course(QUESTION)
    assert events == [*before, "asked", "said the first", "shown", "said the second"]


def test_a_direct_value_is_shown_before_the_model_is_asked(watched, verbatim_course):
    events = []
    model = Model(events, "\n")
    model.go_on.set()
    answers = watched(events, model).stream(VALUE_QUESTION)
    shown = next(answers)
    assert "5000公里以上" in shown.text
    assert shown.citations
    assert events == verbatim_course(VALUE_QUESTION)
    assert list(answers)[-1].mode == "llm"


def test_a_model_that_fails_costs_its_own_time_alone(watched, verbatim_course):
    events = []

    def fail(messages):
        events.append("asked")
        raise ValueError("坏了")
        yield

    answers = [answer.text for answer in watched(events, fail).stream(QUESTION)]
    before = verbatim_course(QUESTION)
    assert events == [*before, "asked"]
    assert answers == [f"{before[-1].removeprefix('verbatim: ')}\n\n{wording('model.failed')}"]
