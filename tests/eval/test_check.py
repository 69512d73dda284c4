"""The validator holds every known answer against the plan; the shipped ones must pass it."""

import pytest

from eval.check import check_known, fact_stands
from eval.coverage import coverage, coverage_lines
from eval.records import KNOWN, SPLITS, Located, Place, known_path, load_known, read_known


@pytest.fixture
def problems(places):
    def check(*records):
        located = [Located(record, f"{record.split}.jsonl", i) for i, record in enumerate(records, 1)]
        return check_known(located, places)

    return check


def test_a_good_record(problems, make_record):
    assert problems(make_record()) == []


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"facts": (("46.8%",),)}, "facts", "没有找到"),
        ({"facts": ()}, "facts", "至少要有一个"),
        ({"places": ()}, "places", "至少要有一个"),
        ({"places": (Place(17, 1),)}, "places", "没有这个位置"),
        ({"places": (Place(1, 9),)}, "places", "没有这个位置"),
        ({"places": (Place(term=51),)}, "places", "没有这个位置"),
        ({"places": (Place(1, 4, indicator=18, pages=(11,)),)}, "places", "而在第 10 页"),
        ({"places": (Place(1, 4, indicator=18, pages=(0,)),)}, "places", "页码应在"),
        ({"places": (Place(2, 4, indicator=18),)}, "places", "没有这个位置|与规划不符"),
        ({"places": (Place(),)}, "places", "至少要填一项"),
        ({"places": (Place(pages=(60,)),)}, "places", "章节以外"),
        ({"status": "not_in_plan", "facts": ()}, "places", "不应有出处"),
        ({"kind": "not_in_plan"}, "status", "not_in_plan"),
        ({"kind": "follow_up"}, "history", "前文"),
        ({"forbidden": ("45.8%",)}, "forbidden", "冲突"),
    ],
)
def test_what_does_not_fit_the_plan(problems, make_record, changes, field, told):
    import re

    found = problems(make_record(**changes))
    assert any(
        problem.field == field and re.search(told, problem.message) and problem.fatal for problem in found
    )


def test_a_needless_place_is_only_remarked(problems, make_record):
    (found,) = problems(make_record(places=(*make_record().places, Place(3, 1))))
    assert not found.fatal
    assert "没有任何一个要点" in str(found)


def test_no_two_alike(problems, make_record):
    same = make_record(id="t-001", split="test", question="2025年，森林覆盖率要到多少？")
    assert any("问题相同" in problem.message for problem in problems(make_record(), same))
    alike = make_record(id="t-001", split="test", question="到2025年森林覆盖率要到多少呢吗")
    close = problems(make_record(question="到2025年森林覆盖率要到多少呢"), alike)
    assert [problem.fatal for problem in close] == [False]
    assert any(
        "已在" in problem.message for problem in problems(make_record(), make_record(question="别的问题"))
    )
    # The same words after another question are another question.
    first = make_record(kind="follow_up", history=("城镇化率",), question="那2025年呢")
    second = make_record(id="d-2", kind="follow_up", history=("森林覆盖率",), question="那2025年呢")
    assert problems(first, second) == []


def test_a_difference_of_two_figures_stands(places):
    row = places.at(Place(indicator=18))
    assert fact_stands(("0.8",), row)
    assert not fact_stands(("0.9",), row)
    assert not fact_stands(("提高了很多",), row)


def test_coverage_counts_every_part_once(plan, make_record):
    cells = coverage([make_record(places=(Place(5, 2, 16), Place(5, 2, 16))), make_record(id="d-2")], plan)
    count = {
        group: sum(cell.group == group for cell in cells) for group in ("section", "box", "indicator", "term")
    }
    assert count == {"section": sum(1 for _ in plan.sections()), "box": 47, "indicator": 21, "term": 50}
    asked = {(cell.group, cell.number): cell.ids for cell in cells if cell.ids}
    assert asked[("box", "16")] == ("d-001",)
    assert asked[("indicator", "18")] == ("d-2",)
    assert any("尚无" in line for line in coverage_lines(cells))


def test_the_shipped_known_answers_fit_the_plan(places):
    located = []
    for split in SPLITS:
        found, wrong = read_known(known_path(split), split)
        assert wrong == []
        located += found
    assert [str(problem) for problem in check_known(located, places) if problem.fatal] == []


def test_the_shipped_known_answers_cover_the_plan_and_its_users(plan):
    records = load_known("all", KNOWN)
    total = len(records)
    assert total >= 400
    cells = [
        cell for cell in coverage(records, plan) if cell.group != "section" or not cell.number.endswith(".0")
    ]
    assert [f"{cell.group} {cell.number}" for cell in cells if not cell.ids] == []
    assert sum(not record.answerable for record in records) >= 0.18 * total
    assert sum(record.noise is not None for record in records) >= 0.09 * total
    assert sum(bool(record.history) for record in records) >= 0.09 * total
    assert {record.ability for record in records} >= {
        "noise",
        "negative_rejection",
        "integration",
        "counterfactual",
    }
