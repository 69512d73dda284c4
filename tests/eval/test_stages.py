"""A miss is told where it came from."""

from dataclasses import replace

import pytest

from bot.answer import Answer
from eval.records import Place
from eval.stages import failed_stage

FOUND = {"retrieved": [["ind.18", 2.0]], "evidence": 0.4, "threshold": 0.5}
LOST = {"retrieved": [["c02s02.p01", 2.0]], "evidence": 0.4, "threshold": 0.5}


@pytest.mark.parametrize(
    ("changes", "answer", "stage"),
    [
        ({}, {}, None),
        ({}, {"text": "45%[1]"}, "composing"),
        ({}, {"text": "45%[1]", "trace": LOST}, "retrieval"),
        ({"history": ("前文",)}, {"text": "45%[1]", "trace": LOST}, "understanding"),
        ({}, {"status": "not_in_plan", "citations": (), "trace": FOUND}, "judge"),
        ({}, {"status": "not_in_plan", "citations": (), "trace": LOST}, "retrieval"),
        ({}, {"status": "out_of_scope", "citations": (), "trace": FOUND}, "understanding"),
        ({}, {"text": "45.8%，共7亿元[1]"}, "composing"),
        ({"status": "not_in_plan", "facts": (), "places": ()}, {}, "judge"),
        ({"status": "out_of_scope", "facts": (), "places": ()}, {}, "understanding"),
        ({}, {"status": "invalid", "citations": (), "trace": {"error": "ValueError"}}, "error"),
        ({"kind": "place", "facts": (("没有",),)}, {}, "composing"),
        ({"kind": "place", "places": (Place(9, 1),)}, {}, "understanding"),
    ],
)
def test_stage(make_case, make_record, forest, changes, answer, stage):
    record = make_record(**changes)
    given = replace(forest, **{"text": "45.8%[1]", **answer})
    assert failed_stage(make_case(record, given)) == stage


def test_a_right_refusal_failed_nowhere(make_case, make_record):
    record = make_record(status="not_in_plan", facts=(), places=())
    assert failed_stage(make_case(record, Answer("not_in_plan", "没有说到。"))) is None
