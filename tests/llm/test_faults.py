"""Whatever goes wrong with the model, the user gets the verbatim answer and is told."""

import logging
import threading

import pytest

from prompts import wording
from tests.llm.conftest import KEY, marked_lines
from tests.llm.endpoint import Say

QUESTION = "高速公路到2025年要达到多少公里"
GOOD = "到2025年，全省高速公路通车里程要达到5000公里以上。[1]"
ERROR = f'{{"error": {{"message": "Incorrect API key provided: {KEY}", "type": "x", "code": "y"}}}}'

FAULTS = {
    "wrong key": ([Say(status=401, body=ERROR)], "refused", 1),
    "no such model": ([Say(status=404, body=ERROR)], "refused", 1),
    "rate limit": ([Say(status=429, body=ERROR)], "busy", 2),
    "rate limit for an hour": ([Say(status=429, body=ERROR, headers={"retry-after": "3600"})], "busy", 1),
    "server error": ([Say(status=500, body=ERROR)], "failed", 2),
    "no JSON": ([Say(status=200, text="", finish=None)], "empty", 2),
    "broken off in a sentence": ([Say(GOOD + "还要改造危桥1000", cut=len(GOOD) + 4)], "cut_off", 1),
    "broken off at once": ([Say(GOOD, cut=0)], "unreachable", 2),
    "ends in a sentence": ([Say(GOOD + "还要改造", finish=None)], "cut_off", 1),
    "out of tokens": ([Say(GOOD + "还要改造危桥1000座。[1]", finish="length")], "cut_off", 1),
    "another language": ([Say("The plan wants 5000 km of expressways.[1]\nAnd more.[1]")], "unsupported", 1),
    "nonsense": ([Say("呜呜呜呜啦啦啦啦。[1]咕噜咕噜叮叮当当。[1]")], "unsupported", 1),
    "no marks": ([Say("到2025年，全省高速公路通车里程要达到5000公里以上。")], "unsupported", 1),
    "thinking without end": ([Say("<think>" + "让我想一想。" * 30)], "unsupported", 1),
    "too long": ([Say("规划要加快建设长春都市圈环线和抵边高速公路。[1]\n" * 80)], "too_long", 1),
    "no end of a sentence": ([Say("公路" * 900)], "too_long", 1),
    "declined": ([Say("以上资料没有回答这个问题。")], "declined", 1),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_verbatim_answer_stands_and_the_user_is_told(
    name, engine_with, endpoint, verbatim_engine, caplog
):
    replies, reason, calls = FAULTS[name]
    endpoint.say(*replies)
    engine = engine_with()
    with caplog.at_level(logging.DEBUG):
        answer = engine.ask(QUESTION)
    verbatim = verbatim_engine.ask(QUESTION)
    assert answer.text == f"{verbatim.text}\n\n{wording(f'model.{reason}')}"
    assert answer.citations == verbatim.citations
    assert answer.mode == "extractive"
    assert answer.trace["llm"]["reason"] == reason
    assert len(endpoint.requests) == calls
    assert KEY not in caplog.text + answer.text + repr(answer)


def test_a_service_that_is_down(engine_with, endpoint, verbatim_engine):
    engine = engine_with(llm_url="http://127.0.0.1:9/v1")
    answer = engine.ask(QUESTION)
    assert answer.text.startswith(verbatim_engine.ask(QUESTION).text)
    assert answer.trace["llm"]["reason"] == "unreachable"


@pytest.mark.parametrize(
    "slow",
    [Say(GOOD, before=60.0), Say("<think>" + "想" * 400, between=0.5, piece=1), Say(GOOD * 3, between=5.0)],
)
def test_a_service_that_is_slow_is_left_behind_at_the_time_limit(slow, engine_with, endpoint):
    endpoint.say(slow)
    answer = engine_with(llm_timeout=1.0).ask(QUESTION)
    assert answer.trace["llm"]["reason"] == "timeout"
    assert answer.text.endswith(wording("model.timeout"))
    assert answer.timings["llm"] < 30_000  # the service would have taken a minute


def test_one_failure_that_passes_is_not_seen(engine_with, endpoint):
    endpoint.say(Say(status=503, body=ERROR, headers={"retry-after": "0"}), GOOD)
    answer = engine_with().ask(QUESTION)
    assert answer.mode == "llm"
    assert answer.trace["llm"]["reason"] == ""


def test_after_some_failures_in_a_row_nobody_waits(engine_with, endpoint):
    endpoint.say(Say(status=401, body=ERROR))
    engine = engine_with()
    reasons = [engine.ask(QUESTION).trace["llm"]["reason"] for _ in range(5)]
    assert reasons == ["refused", "refused", "refused", "resting", "resting"]
    assert len(endpoint.requests) == 3


def test_the_key_goes_to_the_service_and_nowhere_else(engine_with, endpoint):
    endpoint.say(GOOD)
    engine = engine_with()
    engine.ask(QUESTION)
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"
    shown = (
        repr(engine.llm)
        + str(engine.llm.to_dict())
        + repr(engine.settings)
        + engine.settings.model_dump_json()
    )
    assert KEY not in shown


def test_what_the_writer_is_given_and_gives(engine_with, endpoint):
    endpoint.say(f"{GOOD}新改建农村公路2万公里。[1]\n还要改造危桥1000座[1][2]。")
    answer = engine_with().ask(QUESTION)
    report = answer.trace["llm"]
    assert answer.mode == "llm"
    assert report["sentences"] == 3
    assert (report["kept"], report["replaced"], report["faults"]) == (2, 1, {"number": 1})
    assert "2万公里" not in answer.text
    assert answer.text.endswith(wording("model.corrected", count=1))
    assert all("[" in line for line in marked_lines(answer))
    assert report["prompt"].startswith("answer@")


def test_thinking_aloud_is_not_shown(engine_with, endpoint):
    endpoint.say(f"<think>用户想知道里程[1]。</think>\n{GOOD}")
    answer = engine_with().ask(QUESTION)
    assert answer.mode == "llm"
    assert "用户" not in answer.text


@pytest.mark.parametrize(
    "question", ["梨树模式是什么", "第十一章讲什么", "2025年森林覆盖率目标是多少", "你好", "明天天气怎么样"]
)
def test_definitions_tables_outlines_and_refusals_do_not_ask_the_model(
    question, engine_with, endpoint, verbatim_engine
):
    assert engine_with().ask(question).text == verbatim_engine.ask(question).text
    assert endpoint.requests == []


def test_the_answer_grows_sentence_by_sentence(engine_with, endpoint):
    second = "还要改造危桥1000座。[1]"
    endpoint.say(GOOD + second)
    grown = [answer.text for answer in engine_with().stream(QUESTION)]
    shown = [text for text in grown if "全省高速公路" in text]
    assert "危桥1000座" not in shown[0]
    assert "危桥1000座" in shown[-1]


def test_the_first_checked_sentence_does_not_wait_for_the_rest(engine_with, endpoint):
    gate = threading.Event()
    first = f"{GOOD}还要"
    endpoint.say(Say(f"{first}改造危桥1000座。[1]", piece=len(first), gate=gate))
    answers = engine_with(llm_timeout=60.0).stream(QUESTION)
    shown = next(answer for answer in answers if "全省高速公路" in answer.text)
    assert "危桥" not in shown.text  # the model has not said it yet
    gate.set()
    assert "危桥1000座" in list(answers)[-1].text
