"""What the product promises to answer, as one would ask it on the command line."""

import json

import pytest

from bot.cli import answer_lines


@pytest.fixture(scope="module")
def answered(engine):
    def answer(question):
        line = json.dumps({"id": 1, "question": question, "history": []}, ensure_ascii=False)
        return next(answer_lines(engine, [line]))

    return answer


def test_lishu_mode(answered):
    answer = answered("梨树模式是什么？")
    assert (answer["id"], answer["status"]) == (1, "answered")
    assert answer["citations"][0]["term"] == 17
    assert (5, 2) in [(citation["chapter"], citation["section"]) for citation in answer["citations"]]
    assert any("第五章第二节" in citation["place"] for citation in answer["citations"])


def test_forest_cover(answered):
    answer = answered("2025年森林覆盖率目标")
    assert answer["text"].startswith("**45.8%**")
    assert answer["citations"][0]["place"] == "第一章第四节 · 主要指标18 · 第10页"


def test_urbanisation(answered):
    row = next(
        line
        for line in answered("常住人口城镇化率")["text"].split("\n")
        if line.startswith("| 常住人口城镇化率")
    )
    assert [cell.strip() for cell in row.split("|")[2:4]] == ["60", "65"]
    assert "预期性" in row


def test_irrigation(answered):
    answer = answered("农田灌溉水有效利用系数")
    assert answer["status"] == "answered"
    assert any("0.61" in citation["quote"] for citation in answer["citations"])
    assert "0.61" in answer["text"]


@pytest.mark.parametrize(
    ("question", "status"), [("黑龙江省2025年GDP目标", "not_in_plan"), ("今天天气怎么样", "out_of_scope")]
)
def test_refused(answered, question, status):
    answer = answered(question)
    assert (answer["status"], answer["citations"]) == (status, [])
