"""A model that lies in one number of three: no wrong number reaches the user."""

import re

import pytest

from bot.answer import Answer
from bot.draft import Draft, whole
from bot.llm import Ground
from tests.llm.conftest import marked_lines, unproved_numbers
from tests.llm.endpoint import passages_of

NUMBER = re.compile(r"\d+(?:\.\d+)?")


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
def told(index, engine_with, endpoint):
    """The liar, and for many passages with figures all the answers that were shown as its wording grew."""
    liar = Liar()
    endpoint.say(liar)
    writer = engine_with().writer
    nodes = [node for node in index.passages if node.metadata["kind"] in ("paragraph", "box_item")]
    streams = []
    for i in range(0, len(nodes) - 2, 6):
        if not NUMBER.search(nodes[i].text):
            continue
        draft = Draft(index.plan)
        draft.quote(whole(nodes[i]))
        ground = Ground(
            "policy", f"{nodes[i].metadata.get('lead') or ''}有什么安排？", tuple(nodes[i : i + 3]), draft
        )
        verbatim = Answer("answered", draft.text(), draft.citations())
        streams.append(list(writer.stream(verbatim, ground)))
    return liar, streams


def test_no_wrong_number_is_ever_shown(told):
    liar, streams = told
    assert len(liar.lies) >= 20
    for stream in streams:
        for answer in stream:  # while it grows as well
            assert unproved_numbers(answer) == []
            assert not [lie for lie in liar.lies if lie.rstrip("。") in answer.text]
            assert all(re.search(r"\[\d+\]", line) for line in marked_lines(answer))


def test_the_user_is_told_of_every_correction(told):
    _, streams = told
    reports = [(stream[-1], stream[-1].trace["llm"]) for stream in streams]
    corrected = [(answer, report) for answer, report in reports if report["replaced"] + report["dropped"]]
    assert len(corrected) >= 10
    for answer, report in corrected:
        assert answer.text.splitlines()[-1].startswith("（语言模型")
        assert report["sentences"] == report["kept"] + report["replaced"] + report["dropped"]
    assert any(answer.mode == "llm" for answer, _ in corrected)
    assert any(report["kept"] == report["sentences"] for _, report in reports)  # the truth is let through
