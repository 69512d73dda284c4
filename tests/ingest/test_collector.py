"""The garbage collector is held while things are loaded, and works again after."""

import gc

import pytest

from ingest.collector import collector_held


@pytest.fixture(autouse=True)
def as_before():
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_inside_and_all_that_comes_after_is():
    class Ring:
        alive = 0

        def __init__(self):
            self.ring = self
            Ring.alive += 1

        def __del__(self):
            Ring.alive -= 1

    with collector_held():
        assert not gc.isenabled()
        Ring()
    assert gc.isenabled()
    gc.collect()
    assert Ring.alive == 1  # made inside: never looked at again
    Ring()
    gc.collect()
    assert Ring.alive == 1


def test_it_works_again_after_an_error():
    with pytest.raises(ValueError, match="坏了"), collector_held():
        raise ValueError("坏了")
    assert gc.isenabled()
