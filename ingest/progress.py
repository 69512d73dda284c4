"""A progress bar on the terminal for whoever passes a `Progress` to the index."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.index import Progress


@contextmanager
def bar_progress() -> Iterator[Progress]:
    """Yield a `Progress` that draws one tqdm bar for each thing done, on standard error."""
    from tqdm import tqdm

    bars: dict[str, tqdm] = {}

    def report(what: str, done: int, total: int) -> None:
        bar = bars.get(what)
        if bar is None:
            bar = bars[what] = tqdm(total=total, desc=what, file=sys.stderr, leave=True, dynamic_ncols=True)
        bar.update(done - bar.n)

    try:
        yield report
    finally:
        for bar in bars.values():
            bar.close()
