"""What is let through and what is not: sentences with their verdicts, and the plan's figures changed."""

import json
import random
import re
from pathlib import Path

import pytest

from bot.llm.check import Checker
from bot.llm.coverage import Coverage
from bot.llm.figures import figures_in, prepared
from bot.llm.source import Source
from bot.sentences import units_of

SENTENCES = [
    json.loads(line)
    for line in (Path(__file__).parent / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
]
NUMBER = re.compile(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?(?![A-Za-z\d.])")  # not those of names like S5


@pytest.fixture(scope="module")
def checker(index):
    return Checker(
        Coverage(index.lexical), index.plan.title, "每一句话都在句末用方括号写出它所依据的资料编号"
    )


def fault_of(entry, checker, index):
    return checker.fault(entry["text"], [Source.of(index.by_id[entry["passage"]])])


@pytest.mark.parametrize("entry", [e for e in SENTENCES if not e["true"]], ids=lambda entry: entry["text"])
def test_a_false_sentence_falls(entry, checker, index):
    assert fault_of(entry, checker, index)


def test_true_sentences_stand(checker, index):
    true = [entry for entry in SENTENCES if entry["true"]]
    fallen = {entry["text"]: fault for entry in true if (fault := fault_of(entry, checker, index))}
    assert len(true) > 60
    assert len(fallen) <= 0.05 * len(true), fallen


def units_with_text(index):
    for node in index.passages:
        if node.metadata["kind"] in ("paragraph", "box_item"):
            source = Source.of(node)
            for unit in units_of(node):
                yield source, unit.text.replace("\n", "")


def test_what_is_printed_always_stands(checker, index):
    fallen = [
        text for source, text in units_with_text(index) if len(text) > 8 and checker.fault(text, [source])
    ]
    assert not fallen


def lies_that_stand(checker, index, lie_of):
    """The lies made of the plan's units that are let through, and how many were made; seeded."""
    chance = random.Random(7)
    stood, tried = [], 0
    for source, text in units_with_text(index):
        lie = lie_of(text, chance)
        if lie is None:
            continue
        tried += 1
        if not checker.fault(lie, [source]):
            stood.append(lie)
    return stood, tried


def swapped(text, one, other):
    """`text` with two of its (start, end) spans in each other's place; None if they read the same."""
    first, second = (text[start:end] for start, end in (one, other))
    if first == second:
        return None
    return text[: one[0]] + second + text[one[1] : other[0]] + first + text[other[1] :]


def one_figure_changed(text, chance):
    found = list(NUMBER.finditer(text))
    if not found:
        return None
    one = chance.choice(found)
    new = str(round(float(one.group()) + chance.choice((1, 2, 5, 10)), 2)).removesuffix(".0")
    return text[: one.start()] + new + text[one.end() :]


def two_figures_swapped(text, chance):
    found = list(NUMBER.finditer(text))
    if len({one.group() for one in found}) < 2:
        return None
    return swapped(text, *sorted(one.span() for one in chance.sample(found, 2)))


def two_figures_with_units_swapped(text, chance):
    said = prepared(text)
    figures = figures_in(said)
    if len({figure.said for figure in figures}) < 2:
        return None
    return swapped(said, *sorted((figure.start, figure.end) for figure in chance.sample(figures, 2)))


@pytest.mark.parametrize(
    ("lie_of", "least"),
    [(one_figure_changed, 200), (two_figures_swapped, 100), (two_figures_with_units_swapped, 100)],
)
def test_no_changed_figure_stands(lie_of, least, checker, index):
    stood, tried = lies_that_stand(checker, index, lie_of)
    assert tried > least
    assert not stood


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("The plan supports farmers.", "language"),
        ("每一句话都在句末用方括号写出它所依据的资料编号。", "prompt"),
        ("规划支持“乡村八大振兴”。", "quote"),
        ("规划要在ABC公司建设农业卫星数据云平台。", "name"),
    ],
)
def test_the_fault_is_named(sentence, fault, checker, index):
    assert checker.fault(sentence, [Source.of(index.by_id["c05s04.p02"])]) == fault


def test_a_sentence_that_cites_nothing_falls(checker):
    assert checker.fault("规划支持农业。", []) == "uncited"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("达到百分之四十五点八", [("", "45.8", "%", "")]),
        ("不低于9,100万亩", [("不低于", "9100", "万亩", "")]),
        ("投资５－８亿元左右", [("", "5-8", "亿元", "左右")]),
        ("到2025年，建成国道G302和专栏16的5G基站", []),
        ("年均增长7.5%以上，新增25万人", [("", "7.5", "%", "以上"), ("", "25", "万人", "")]),
    ],
)
def test_figures_are_read_with_unit_and_qualifiers(text, expected):
    assert [figure.said for figure in figures_in(prepared(text))] == expected


def test_a_figure_has_the_year_it_stands_under():
    text = prepared("到2025年，比2020年提高5个百分点，到2035年达到80%")
    assert [(figure.year, figure.verb) for figure in figures_in(text)] == [("2025", "up"), ("2035", "level")]
