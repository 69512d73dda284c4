"""Metrics against values worked out by hand, and against a second way of computing them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bot.answer import Answer
from eval.metrics import METRICS
from eval.places import Passage
from eval.records import Place
from eval.summary import by_group, estimates, latency, lengths, quantiles, refusal_curve

BY_NAME = {metric.name: metric for metric in METRICS}


@pytest.fixture
def measure(make_case):
    return lambda name, record, answer: BY_NAME[name].measure(make_case(record, answer))


REFUSAL = Answer("not_in_plan", "规划没有说到。", timings={"total": 1.0})


def test_every_metric_has_a_formula_and_its_source_written_down():
    for metric in METRICS:
        assert metric.label
        assert metric.about
    for name in ("right", "facts_right", "citation_precision", "refusal_recall", "number_fidelity"):
        assert "/" in BY_NAME[name].measure.__doc__


def test_a_right_answer(measure, make_record, forest):
    record = make_record()
    for metric in METRICS:
        if metric.higher_is_better and metric.name not in (
            "number_fidelity",
            "refusal_precision",
            "refusal_recall",
        ):
            assert metric.group == "judge" or measure(metric.name, record, forest) == (1.0, 1.0), metric.name
    assert measure("number_fidelity", record, forest) == (2, 2)
    assert measure("over_refusal", record, forest) == (0.0, 1.0)
    assert measure("refusal_recall", record, forest) is None
    assert measure("refusal_precision", record, forest) is None


def test_what_makes_an_answer_wrong(measure, make_record, forest, cite):
    record = make_record()
    assert measure("right", record, replace(forest, text="45%[1]")) == (0.0, 1.0)
    assert measure("right", record, replace(forest, text="45.8%，不是458%[1]")) == (0.0, 1.0)
    assert measure("right", record, replace(forest, citations=(cite("ind.17"),))) == (0.0, 1.0)
    assert measure("right", record, replace(forest, citations=())) == (0.0, 1.0)
    assert measure("right", record, REFUSAL) == (0.0, 1.0)
    assert measure("facts_right", record, REFUSAL) == (0.0, 1.0)


def test_citations(measure, make_record, forest, cite):
    mixed = replace(forest, citations=(cite("ind.17"), cite("ind.18", n=2), cite("c02s02.p01", n=3)))
    record = make_record(facts=(("45.8",), ("没有引用的话",)))
    assert measure("citation_precision", record, mixed) == (pytest.approx(1 / 3), 1.0)
    assert measure("citation_recall", record, mixed) == (0.5, 1.0)
    assert measure("first_citation_right", record, mixed) == (0.0, 1.0)
    assert measure("citation_precision", record, REFUSAL) is None
    assert measure("first_citation_right", record, REFUSAL) == (0.0, 1.0)


def test_refusals(measure, make_record, forest):
    outside = make_record(status="not_in_plan", kind="not_in_plan", facts=(), places=(), forbidden=())
    assert measure("right", outside, REFUSAL) == (1.0, 1.0)
    assert measure("refusal_recall", outside, forest) == (0.0, 1.0)
    assert measure("refusal_precision", outside, REFUSAL) == (1.0, 1.0)
    assert measure("refusal_precision", make_record(), REFUSAL) == (0.0, 1.0)
    assert measure("over_refusal", make_record(), REFUSAL) == (1.0, 1.0)
    assert measure("status_right", outside, replace(REFUSAL, status="out_of_scope")) == (0.0, 1.0)
    assert measure("facts_right", outside, REFUSAL) is None
    # A refusal that cites is no refusal one may show.
    assert measure("right", outside, replace(REFUSAL, citations=forest.citations)) == (0.0, 1.0)


def test_an_error_is_never_right(measure, make_record):
    outside = make_record(status="invalid", kind="out_of_scope", facts=(), places=(), forbidden=())
    broken = Answer("invalid", "", trace={"error": "ValueError"})
    assert measure("right", outside, broken) == (0.0, 1.0)
    assert measure("refusal_recall", outside, broken) == (0.0, 1.0)


def ndcg_by_hand(gold, retrieved, k):
    gains = [1 / math.log2(rank + 2) for rank, key in enumerate(retrieved[:k]) if key in gold]
    return sum(gains) / sum(1 / math.log2(rank + 2) for rank in range(min(k, len(gold))))


@pytest.mark.parametrize("seed", range(6))
def test_ranking_metrics_by_a_second_way(make_case, make_record, truth, forest, seed):
    generator = np.random.default_rng(seed)
    ids = [f"p{i}" for i in range(30)]
    gold = {str(key) for key in generator.choice(ids, int(generator.integers(1, 14)), replace=False)}
    order = [str(key) for key in generator.permutation(ids)[: int(generator.integers(3, 30))]]
    own = {
        key: Passage(key, "是要点" if key in gold else "别的", 10 * i, 10 * i + 9, Place(10, 1, pages=(88,)))
        for i, key in enumerate(ids)
    }
    record = make_record(kind="list", facts=(("是要点",),), places=(Place(10, 1, pages=(88,)),))
    answer = replace(forest, trace={"retrieved": [[key, 1.0] for key in order]})
    case = make_case(record, answer)
    case.truth = replace(truth, passages=tuple(own.values()))
    case._passages = own
    ranks = [rank for rank, key in enumerate(order, 1) if key in gold]
    for k in (1, 5, 10):
        assert BY_NAME[f"hit@{k}"].measure(case)[0] == float(any(rank <= k for rank in ranks))
    assert BY_NAME["mrr"].measure(case)[0] == pytest.approx(1 / ranks[0] if ranks and ranks[0] <= 10 else 0.0)
    assert BY_NAME["recall@5"].measure(case)[0] == pytest.approx(sum(rank <= 5 for rank in ranks) / len(gold))
    assert BY_NAME["ndcg@10"].measure(case)[0] == pytest.approx(ndcg_by_hand(gold, order, 10))


def test_retrieval_is_not_measured_where_nothing_is_to_be_retrieved(measure, make_record, forest):
    assert measure("hit@1", make_record(kind="place"), forest) is None
    nothing = replace(forest, trace={})
    assert measure("hit@1", make_record(), nothing) == (0.0, 1.0)
    assert measure("mrr", make_record(), nothing) == (0.0, 1.0)


def test_estimates_are_ratios_of_sums_with_a_seeded_interval(make_case, make_record, forest, cite):
    good = [make_case(make_record(id=f"d-{i}"), forest) for i in range(30)]
    bad = [
        make_case(make_record(id=f"e-{i}"), replace(forest, citations=(cite("ind.17"),))) for i in range(10)
    ]
    found = estimates([*good, *bad])
    assert found["right"].value == pytest.approx(0.75)
    assert found["right"].low < 0.75 < found["right"].high
    # The bootstrap of a share agrees with its normal interval.
    assert found["right"].high - found["right"].low == pytest.approx(
        2 * 1.96 * math.sqrt(0.75 * 0.25 / 40), abs=0.05
    )
    assert found["right"] == estimates([*good, *bad])["right"]
    assert found["right"].n == 40
    assert "refusal_recall" not in found
    assert estimates([]) == {}


def test_groups(make_case, make_record, forest):
    cases = [
        make_case(make_record(id="a", noise="pinyin"), forest),
        make_case(make_record(id="b", kind="number", user="qa"), REFUSAL),
    ]
    groups = by_group(cases)
    assert {kind: metrics["right"].value for kind, metrics in groups["kind"].items()} == {
        "indicator": 1.0,
        "number": 0.0,
    }
    assert list(groups["noise"]) == ["pinyin"]
    assert list(groups["chapter"]) == ["1"]
    assert groups["user"]["public"]["right"].n == 1


def test_latency_and_length(make_case, make_record, forest):
    cases = [make_case(make_record(), replace(forest, timings={"total": float(ms)})) for ms in range(1, 102)]
    assert latency(cases)["total"] | {"low": 0, "high": 0} == {
        "median": 51, "p95": 96, "max": 101, "n": 101, "low": 0, "high": 0,
    }  # fmt: skip
    assert lengths([make_case(make_record(), replace(forest, text="**四字回答**[1] \n"))])["median"] == 4
    assert lengths([make_case(make_record(), REFUSAL)]) == {}
    assert quantiles([1.0, 2.0, 3.0]) == quantiles([1.0, 2.0, 3.0])


def test_the_refusal_curve_shows_what_another_threshold_would_do(make_case, make_record, forest):
    def case(evidence, answerable, refused):
        record = make_record() if answerable else make_record(status="not_in_plan", facts=(), places=())
        answer = REFUSAL if refused else forest
        return make_case(record, replace(answer, trace={"evidence": evidence, "threshold": 0.5}))

    curve = refusal_curve(
        [case(0.9, True, False), case(0.4, True, True), case(0.2, False, True), case(0.6, False, False)]
    )
    at = {point["threshold"]: (point["recall"], point["over"]) for point in curve}
    assert at[0.2] == (0.0, 0.0)
    assert at[0.4] == (0.5, 0.0)
    assert at[0.6] == (0.5, 0.5)
    assert at[0.9] == (1.0, 0.5)
    # A term asked for by name is answered whatever the evidence: no threshold changes that.
    named = refusal_curve([case(0.1, True, False), case(0.2, False, True)])
    assert all(point["over"] == 0.0 for point in named)
