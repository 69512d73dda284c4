"""What day it is for what is kept for so many days, where the machine's clock may jump.

A clock that jumps ahead (a flat battery, a wrong server of time) must not make everything old at once. So
nothing is deleted until a day far from the last one seen has stood the test of a further day.
"""

import sqlite3
from dataclasses import dataclass, replace

DAY = 86400.0
_LEAP = 30 * DAY  # further from the last use, the clock is doubted: it jumped, or nobody came for long
_PROOF = DAY  # a doubted clock that goes on as long as this is right

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), trusted REAL, doubted REAL);"
)
_DATED = (("feedback", "at"), ("unanswered", "last"))


@dataclass(frozen=True)
class Clock:
    """The last moment that is trusted, and where the clock stood when it was first doubted (seconds)."""

    trusted: float
    doubted: float | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether nothing may be deleted by it."""
        return self.doubted is not None

    @property
    def stamp(self) -> float:
        """The moment to write beside what is kept now; in doubt, just after the last one that is trusted."""
        return self.trusted + self.in_doubt

    def at(self, now: float) -> "Clock":
        """What is known when the machine's clock says `now`."""
        if abs(now - self.trusted) <= _LEAP:
            return Clock(now)
        if self.doubted is None or now < self.doubted:
            return replace(self, doubted=now)
        return Clock(now) if now - self.doubted >= _PROOF else self


def day_of(db: sqlite3.Connection, now: float) -> Clock:
    """Read and write down what is known of the clock.

    Entries that were made while it was in doubt (`Clock.stamp`) get the moment from which it was doubted once
    it has proved right.

    Args:
        db: an open store with `SCHEMA`.
        now: what the machine's clock says.
    """
    row = db.execute("SELECT trusted, doubted FROM clock").fetchone()
    before = Clock(*row) if row else Clock(now)
    clock = before.at(now)
    if before.in_doubt and not clock.in_doubt and clock.trusted - before.trusted > _LEAP:
        for table, column in _DATED:
            db.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} > ?", (before.doubted, before.trusted)
            )
    db.execute(
        "INSERT INTO clock VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET trusted = excluded.trusted, doubted = excluded.doubted",
        (clock.trusted, clock.doubted),
    )
    return clock


def forget(db: sqlite3.Connection, clock: Clock, days: int) -> None:
    """Delete what is older than `days`, unless the clock is in doubt."""
    if clock.in_doubt:
        return
    for table, column in _DATED:
        db.execute(f"DELETE FROM {table} WHERE {column} < ?", (clock.trusted - days * DAY,))
