"""A truth from the shipped plan, and a system that says what a test tells it to say."""

from dataclasses import replace

import pytest

from bot.answer import Answer, Citation
from eval.case import Case, Truth
from eval.check import PlanPlaces
from eval.places import Passage
from eval.proof import Proof
from eval.records import KnownAnswer, Place
from eval.run import Subject

RECORD = KnownAnswer(
    id="d-001",
    question="2025年森林覆盖率要到多少",
    history=(),
    kind="indicator",
    user="public",
    noise=None,
    ability=None,
    status="answered",
    facts=(("45.8%", "45.8"),),
    forbidden=("458%",),
    places=(Place(chapter=1, section=4, indicator=18, pages=(10,)),),
    author="测试",
    why="测试",
)


class FakeSystem:
    """Gives the answers it was told, refuses anything else, and remembers what it was asked."""

    def __init__(self, answers=None):
        self.answers = dict(answers or {})
        self.asked = []

    def ask(self, question, history=()):
        self.asked.append(question)
        found = self.answers.get(question)
        if isinstance(found, Exception):
            raise found
        return found or Answer(
            "not_in_plan", "规划没有说到您问的内容。", question=question, timings={"total": 1.0}
        )


@pytest.fixture(scope="session")
def own_passages(passages):
    return {node.node_id: Passage.of_node(node) for node in passages}


@pytest.fixture(scope="session")
def truth(plan, raw, own_passages):
    return Truth(tuple(own_passages.values()), Proof(plan, raw))


@pytest.fixture(scope="session")
def places(plan, own_passages):
    return PlanPlaces(plan, tuple(own_passages.values()))


@pytest.fixture(scope="session")
def make_record():
    return lambda **changes: replace(RECORD, **changes)


@pytest.fixture(scope="session")
def cite(passages):
    """A citation of a passage, whole or of one part of its text."""
    by_id = {node.node_id: node for node in passages}

    def make(passage_id, part=None, n=1, **changes):
        node = by_id[passage_id]
        quote = part or node.text
        start = node.metadata["start"] + node.text.index(quote)
        place = {key: node.metadata.get(key) for key in ("chapter", "section", "box", "term")}
        pages = tuple(int(page) for page in node.metadata["pages"].split(","))
        found = Citation(
            n=n, passage_id=passage_id, kind=node.metadata["kind"], pages=pages, place=node.metadata["place"],
            quote=quote, start=start, end=start + len(quote), **place,
        )  # fmt: skip
        return replace(found, **changes)

    return make


@pytest.fixture(scope="session")
def forest(cite):
    """A right answer to `RECORD`'s question."""
    return Answer(
        "answered",
        "**45.8%**（森林覆盖率，2025年目标）[1]",
        (cite("ind.18"),),
        question=RECORD.question,
        timings={"total": 8.0, "dense": 2.0},
        trace={
            "kind": "indicator",
            "retrieved": [["ind.18", 2.5], ["c10s01.p01", 1.0]],
            "evidence": 0.9,
            "threshold": 0.5,
            "features": {"ind.18": {"text": 0.8, "dense": 0.4}},
        },
    )


@pytest.fixture(scope="session")
def make_case(truth, own_passages):
    return lambda record, answer, **judged: Case(record, answer, truth, own_passages, judged)


@pytest.fixture
def subject(truth, own_passages, make_record, forest):
    """A fake system that knows the answer to one question."""
    system = FakeSystem({make_record().question: forest})
    return Subject(system, own_passages, truth, "默认", "0123456789abcdef")
