"""Follow-ups rewritten and next questions suggested by the model, as far as they add nothing of their own."""

import pytest

from tests.llm.endpoint import Say

FIRST = "高速公路到2025年要达到多少公里？"
GOOD = "到2025年，全省高速公路通车里程要达到5000公里以上。[1]"


@pytest.mark.parametrize(
    ("rewritten", "taken"),
    [
        ("到2025年铁路要达到多少公里？", True),
        ("“到2025年铁路要达到多少公里？”", True),
        ("<think>换成铁路。</think>到2025年铁路要达到多少公里？", True),
        ("到2035年铁路要达到多少公里？", False),
        ("沈阳铁路有多少家超级企业参与承包运营？", False),
        ("How long will the railways be?", False),
        ("到2025年铁路要达到多少公里？\n说明：换成了铁路。", False),
        ("", False),
        ("铁路" * 60, False),
    ],
)
def test_a_rewriting_is_taken_if_the_conversation_holds_its_words(
    rewritten, taken, engine_with, endpoint, verbatim_engine
):
    endpoint.say(rewritten, GOOD)
    answer = engine_with().ask("那铁路呢？", [FIRST])
    by_rules = verbatim_engine.ask("那铁路呢？", [FIRST]).question
    wanted = rewritten.rpartition("</think>")[2].strip("“”") if taken else by_rules
    assert answer.question == wanted


def test_a_question_that_stands_alone_is_not_rewritten(engine_with, endpoint):
    endpoint.say(GOOD)
    engine_with().ask(FIRST, ["梨树模式是什么"])
    assert len(endpoint.requests) == 1


def test_a_model_that_fails_leaves_the_rules_reading(engine_with, endpoint, verbatim_engine):
    endpoint.say(Say(status=401))
    question = engine_with().ask("那铁路呢？", [FIRST]).question
    assert question == verbatim_engine.ask("那铁路呢？", [FIRST]).question


def test_suggestions_that_the_passages_cannot_answer_are_left_out(engine_with, endpoint):
    said = (
        "1. 农村公路要新改建多少公里？\n2. 沈阳的房价会涨到9万元吗？\n高速公路真好。\n- 危桥要改造多少座？\n"
        + FIRST
    )
    endpoint.say(GOOD, said)
    answer = engine_with(llm_suggest=True).ask(FIRST)
    assert answer.suggestions == ("农村公路要新改建多少公里？", "危桥要改造多少座？")


def test_suggestions_cost_no_answer(engine_with, endpoint, verbatim_engine):
    endpoint.say(Say(GOOD), Say(status=500))
    answer = engine_with(llm_suggest=True).ask(FIRST)
    assert answer.mode == "llm"
    assert answer.suggestions == verbatim_engine.ask(FIRST).suggestions
