"""Invented plans are plans: the reader finds in them what was put in."""

import pytest

from eval.scale import synth_command
from eval.scale_charts import CHARTS, write_charts
from eval.scale_model import FAR, model_of
from eval.synth.invent import edition, invented_plan, plan_name, region
from eval.synth.typeset import Typesetter
from ingest.passages import passages_of
from ingest.reader import read_plan


@pytest.fixture(scope="module")
def invented(plan):
    return read_plan(invented_plan(plan, 2))


def test_the_reader_finds_the_parts_of_the_material(plan, invented):
    assert invented.title == "岚原省国民经济和社会发展第十三个五年（2016—2020年）规划纲要"
    assert [chapter.number for chapter in invented.chapters] == [chapter.number for chapter in plan.chapters]
    assert len(list(invented.sections())) == len(list(plan.sections()))
    boxes = [box.number for _, _, box in invented.boxes()]
    assert boxes == list(range(1, len(list(plan.boxes())) + 1))
    assert all(box.items for _, _, box in invented.boxes())
    rows, material = (p.indicator_table()[2].indicators for p in (invented, plan))
    assert [(r.number, r.name, r.group, r.unit) for r in rows] == [
        (r.number, r.name, r.group, r.unit) for r in material
    ]
    assert invented.indicator_table()[2].years == ("2015", "2020")
    assert 0.7 * len(plan.terms) < len(invented.terms) <= len(plan.terms)
    assert invented.postscript
    assert all(mark == page for mark, page in invented.page_marks)
    assert len(passages_of(invented)) > 0.8 * len(passages_of(plan))


def test_nothing_is_left_of_the_material_s_names(invented):
    assert not [name for name in ("吉林", "长春", "延边", "十四五", "2021年") if name in invented.text]


def test_a_plan_is_the_same_for_the_same_seed_and_else_another(plan):
    assert invented_plan(plan, 5, seed=1, size=0) == invented_plan(plan, 5, seed=1, size=0)
    assert invented_plan(plan, 5, seed=1, size=0) != invented_plan(plan, 5, seed=2, size=0)


def test_a_thousand_plans_have_names_of_their_own():
    assert len({plan_name(number) for number in range(1000)}) == 1000
    regions = [region(number).full for number in range(700)]
    assert len(set(regions)) == 700
    assert edition(1)[0] == edition(2)[0]
    assert (edition(1)[1], edition(2)[1]) == ("十四五", "十三五")


def test_no_line_but_a_paragraph_s_last_ends_with_a_stop():
    page = Typesetter()
    page.paragraph("一二三四五六七八九十一二三四五六七八九十一二三四五。甲乙丙丁" * 4 + "。")
    lines = [line for line in page.text().split("\n") if line]
    assert [line.endswith("。") for line in lines] == [False] * (len(lines) - 1) + [True]


def test_the_command_writes_them(tmp_path):
    assert synth_command([str(tmp_path), "--count", "2", "--size", "0"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "0000-霁川省-十四五.txt", "0001-岚原省-十四五.txt"
    ]  # fmt: skip


def test_the_model_goes_on_as_the_measured_sizes_do():
    assert model_of([(1, 9.0), (10, 14.0), (30, 90.0), (100, 104.0)])(1000) == pytest.approx(1004)
    assert model_of([(1, 3.0)])(FAR) == 3.0
    assert model_of([(10, 9.0), (100, 8.0)])(FAR) == 8.0  # what falls is not drawn below nothing


def test_charts_are_drawn_of_measurements(tmp_path):
    def row(plans):
        found = {}
        for _, _, curves in CHARTS.values():
            for curve in curves:
                found[curve.key] = {curve.field: 2.0 * plans} if curve.field else 3.0 * plans
        return {**found, "plans": plans, "build_s": 1.0, "build_cpu_s": 1.0}

    paths = write_charts([row(1), row(10)], tmp_path)
    assert [path.stem for path in paths] == list(CHARTS)
    for path in paths:
        svg = path.read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "虚线是推算" in svg
