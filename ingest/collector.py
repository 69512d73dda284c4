"""Python's cyclic garbage collector, held back while much is loaded that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_held() -> Iterator[None]:
    """Collect nothing inside, and never look afterwards at what was made inside.

    Loading libraries and an index makes a million objects that live as long as the process. The collector
    would walk over them again and again: a fifth of the time of a start, and a tenth of a second and more in
    the midst of a question later.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
