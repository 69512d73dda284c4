"""A model that lies in one number of three: no wrong number reaches the user."""

import re

import pytest

from tests.llm.conftest import marked_lines, unproved_numbers
from tests.llm.endpoint import passages_of

NUMBER = re.compile(r"\d+(?:\.\d+)?")
QUESTIONS = [
    "高速公路到2025年要达到多少公里",
    "农村道路建设有什么安排吗",
    "耕地保护要做到多少亩",
    "农产品加工产值到2025年多少",
    "乡村旅游收入目标多少亿元",
    "农村自来水普及率到2025年达到多少",
    "空气质量优良天数比率多少",
    "肉牛产业支持吗",
    "铁路通车里程突破多少公里",
    "农业园区建设多少个",
    "高铁运营里程多少",
    "农田灌溉要改善多少亩",
]


class Liar:
    """Repeats what the passages say and changes every third number."""

    def __init__(self):
        self.lies = []
        self._count = 0

    def __call__(self, messages):
        said = []
        for number, text in list(passages_of(messages).items())[:3]:
            sentences = [
                part
                for part in re.split(r"(?<=。)", text.split("页\n")[-1].replace("\n", ""))
                if NUMBER.search(part)
            ]
            said += [f"{self._lie(sentence)}[{number}]" for sentence in sentences[:2]]
        return "\n".join(said) or "以上资料没有回答这个问题。"

    def _lie(self, sentence):
        def change(match):
            self._count += 1
            if self._count % 3:
                return match.group()
            return str(round(float(match.group()) * 1.1 + 1, 1)).removesuffix(".0")

        changed = NUMBER.sub(change, sentence)
        if changed != sentence:
            self.lies.append(changed)
        return changed


@pytest.fixture
def answers(engine_with, endpoint):
    liar = Liar()
    endpoint.say(liar)
    engine = engine_with()
    return liar, [list(engine.stream(question)) for question in QUESTIONS]


def test_no_wrong_number_is_ever_shown(answers):
    liar, streams = answers
    assert len(liar.lies) >= 8
    for stream in streams:
        for answer in stream:  # while it grows as well
            assert unproved_numbers(answer) == []
            assert not [lie for lie in liar.lies if lie.rstrip("。") in answer.text]
            assert all(re.search(r"\[\d+\]", line) for line in marked_lines(answer))


def test_the_user_is_told_of_every_correction(answers):
    _, streams = answers
    reports = [(stream[-1], stream[-1].trace.get("llm")) for stream in streams]
    corrected = [
        (answer, report) for answer, report in reports if report and report["replaced"] + report["dropped"]
    ]
    assert corrected
    for answer, report in corrected:
        assert answer.text.splitlines()[-1].startswith("（语言模型")
        assert report["sentences"] == report["kept"] + report["replaced"] + report["dropped"]
    assert any(answer.mode == "llm" for answer, _ in reports)
