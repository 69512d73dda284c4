"""The thresholds' file is read with care, and says of every entry what is wrong."""

import pytest

from eval.records import EvaluationError
from eval.summary_text import bound
from eval.thresholds import Check, Threshold, load_thresholds, metric_label


def test_the_shipped_thresholds_hold_what_users_are_promised():
    found = {(threshold.metric, threshold.by): threshold for threshold in load_thresholds()}
    assert found[("quotation_fidelity", None)].min == 1.0
    assert found[("number_fidelity", None)].min == 1.0
    by_kind = found[("right", "kind")]
    assert (by_kind.goal or by_kind.min) >= 0.8
    # No goal is easier than the floor it stands beside.
    assert all(t.goal >= t.min for t in found.values() if t.goal is not None and t.min is not None)
    assert all(t.goal <= t.max for t in found.values() if t.goal is not None and t.max is not None)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('metric = "rihgt"\nmin = 1', "rihgt"),
        ('metric = "right"', "至少要有一个"),
        ('metric = "right"\nmin = "高"', "应为数字"),
        ('metric = "right"\nmin = 1\nby = "moon"', "by 可选"),
        ('metric = "right"\nminn = 1\nmin = 1', "minn"),
        ("min = 1", "缺少 metric"),
        ("min = ", "TOML"),
    ],
)
def test_a_wrong_entry_is_told(tmp_path, entry, told):
    path = tmp_path / "thresholds.toml"
    path.write_text(f'[[threshold]]\nmetric = "mrr"\nmin = 0.5\n[[threshold]]\n{entry}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match=told):
        load_thresholds(path)


def test_bounds():
    assert Threshold("right", min=0.92).holds(0.92)
    assert Threshold("right", min=0.92).holds(0.91999)  # the digits that are shown
    assert not Threshold("right", min=0.92).holds(0.9195)
    assert not Threshold("over_refusal", max=0.04).holds(0.05)


def test_labels():
    assert metric_label("latency.total.p95") == "用时·全程（95%分位，毫秒）"
    assert metric_label("length.median") == "回答字数（中位数）"
    assert metric_label("right") == "整体正确"


@pytest.mark.parametrize(("value", "told"), [(0.95, "已到"), (0.85, "未到")])
def test_a_goal_is_told_beside_its_floor(value, told):
    check = Check(Threshold("right", min=0.8, goal=0.9), value).to_json()
    assert check["good"]
    assert bound(check) == f"≥ 80.0%，目标 90.0%（{told}）"
