"""The gate before the engine and the rate limit, without a server."""

import threading

import pytest

from bot.web.gate import Gate, GateClosedError, GateFullError
from bot.web.rate import RateLimit, client_key


class Held:
    """Work that goes on until it is let go."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self):
        self.begun.set()
        assert self.go.wait(30)
        return "done"


def entered(gate, count):
    works = [Held() for _ in range(count)]
    return works, [gate.enter(work) for work in works]


def test_so_many_are_worked_on_so_many_wait_and_the_rest_is_turned_away():
    gate = Gate(2, 3)
    works, tickets = entered(gate, 5)
    assert all(work.begun.wait(10) for work in works[:2])
    with pytest.raises(GateFullError):
        gate.enter(Held())
    assert [ticket.position for ticket in tickets] == [0, 0, 1, 2, 3]
    assert (gate.running, gate.waiting) == (2, 3)
    works[0].go.set()
    assert works[2].begun.wait(10)
    assert [ticket.position for ticket in tickets[2:]] == [0, 1, 2]
    gate.enter(Held()).give_up()
    for work in works:
        work.go.set()
    assert [ticket.future.result(10) for ticket in tickets] == ["done"] * 5
    assert gate.idle()


def test_without_a_line_a_free_worker_still_takes_one():
    gate = Gate(1, 0)
    works, tickets = entered(gate, 1)
    assert works[0].begun.wait(10)
    with pytest.raises(GateFullError):
        gate.enter(Held())
    works[0].go.set()
    assert tickets[0].future.result(10) == "done"
    assert gate.enter(lambda: 1).future.result(10) == 1


def test_who_leaves_the_line_is_not_worked_on():
    gate = Gate(1, 5)
    works, tickets = entered(gate, 3)
    assert works[0].begun.wait(10)
    tickets[1].give_up()
    assert tickets[2].position == 1
    for work in works:
        work.go.set()
    assert tickets[2].future.result(10) == "done"
    assert tickets[1].future.cancelled()
    assert not works[1].begun.is_set()


def test_work_that_hangs_does_not_stop_the_line():
    gate = Gate(1, 5)
    (hanging,), (ticket,) = entered(gate, 1)
    assert hanging.begun.wait(10)
    after = gate.enter(lambda: "after")
    ticket.give_up()
    assert after.future.result(10) == "after"
    hanging.go.set()
    ticket.future.result(10)
    assert [gate.enter(lambda n=n: n).future.result(10) for n in range(3)] == [0, 1, 2]


def test_an_error_reaches_who_waits_and_the_worker_goes_on():
    gate = Gate(1, 1)
    with pytest.raises(ZeroDivisionError):
        gate.enter(lambda: 1 / 0).future.result(10)
    assert gate.enter(lambda: 2).future.result(10) == 2


def test_a_closed_gate_takes_nothing_new_and_finishes_what_it_has():
    gate = Gate(1, 5)
    works, tickets = entered(gate, 2)
    gate.close()
    with pytest.raises(GateClosedError):
        gate.enter(Held())
    assert not gate.idle()
    for work in works:
        work.go.set()
    assert [ticket.future.result(10) for ticket in tickets] == ["done", "done"]
    assert gate.idle()


def test_many_at_once_are_all_done_and_never_more_than_workers_at_a_time():
    gate = Gate(3, 200)
    lock, now, most = threading.Lock(), [0], [0]

    def work():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.001)
        with lock:
            now[0] -= 1

    tickets = [gate.enter(work) for _ in range(100)]
    for ticket in tickets:
        ticket.future.result(30)
    assert 1 <= most[0] <= 3


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_client_may_burst_then_waits_as_long_as_it_is_told():
    clock = Clock()
    rate = RateLimit(6, clock=clock)
    assert [rate.wait("a") for _ in range(6)] == [0.0] * 6
    assert rate.wait("a") == pytest.approx(10)
    assert rate.wait("b") == 0
    clock.now += 9
    assert rate.wait("a") == pytest.approx(1)
    clock.now += 1.01
    assert rate.wait("a") == 0
    clock.now += 3600
    assert [bool(rate.wait("a")) for _ in range(7)] == [False] * 6 + [True]


def test_without_a_limit_nobody_waits():
    rate = RateLimit(0)
    assert not any(rate.wait("a") for _ in range(1000))


def test_clients_are_forgotten_before_memory_grows(monkeypatch):
    monkeypatch.setattr("bot.web.rate._MOST_CLIENTS", 10)
    rate = RateLimit(1)
    for n in range(100):
        rate.wait(f"client {n}")
    assert len(rate._buckets) == 10


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix", "", False),
    ],
)
def test_what_is_one_client(one, other, same):
    assert (client_key(one) == client_key(other)) is same
