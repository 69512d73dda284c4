"""The thresholds' file is read with care, and says of every entry what is wrong."""

import pytest

from eval.records import EvaluationError
from eval.thresholds import Threshold, load_thresholds, metric_label


def test_the_shipped_thresholds_hold_what_users_are_promised():
    found = {(threshold.metric, threshold.by): threshold for threshold in load_thresholds()}
    assert found[("quotation_fidelity", None)].min == 1.0
    assert found[("number_fidelity", None)].min == 1.0
    assert found[("right", "kind")].min >= 0.8


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
