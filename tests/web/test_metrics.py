"""The text of the metrics is what Prometheus reads, whatever labels hold."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.web.metrics import Counter, Gauge, Histogram, exposition

_VALUE = r'"(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"[a-z_]+(\{{[a-z_0-9]+={_VALUE}(,[a-z_0-9]+={_VALUE})*\}})? \S+")


@given(st.lists(st.tuples(st.text(max_size=8), st.floats(0, 100)), min_size=1, max_size=8))
def test_metrics_can_be_read_whatever_the_labels_hold(entries):
    counter = Counter("requests_total", "Requests\nof \\ all", ("outcome",))
    histogram = Histogram("stage_seconds", "Stages", "stage")
    for label, seconds in entries:
        counter.add(label)
        histogram.observe(label, seconds)
    text = exposition((counter, histogram, Gauge("length", "Length", lambda: {(): 3.0})))
    lines = text.removesuffix("\n").split("\n")
    assert all(line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.fullmatch(line) for line in lines), text
    assert "length 3" in lines
    counts = [float(line.rpartition(" ")[2]) for line in lines if line.startswith("stage_seconds_count")]
    assert sum(counts) == len(entries)


def test_buckets_are_cumulative():
    histogram = Histogram("s", "S", "stage", bounds=(0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 7):
        histogram.observe("x", seconds)
    assert list(histogram.lines()) == [
        's_bucket{stage="x",le="0.1"} 2',
        's_bucket{stage="x",le="1"} 3',
        's_bucket{stage="x",le="+Inf"} 4',
        's_sum{stage="x"} 7.65',
        's_count{stage="x"} 4',
    ]
