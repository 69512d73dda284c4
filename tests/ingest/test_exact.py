"""Vectors searched exactly: the same cosines as computed one by one, whole or not at all."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ingest.errors import IndexBuildError
from ingest.exact import ExactVectors

NUMBERS = st.floats(-100, 100, width=16)


def cosine(one, other):
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return float(np.dot(one, other) / lengths) if lengths else 0.0


@given(
    arrays.arrays(np.float32, st.tuples(st.integers(0, 12), st.just(3)), elements=NUMBERS),
    arrays.arrays(np.float32, 3, elements=NUMBERS),
    st.integers(1, 14),
)
def test_the_nearest_have_their_cosine_and_the_rest_that_of_the_last_of_them(rows, vector, nearest):
    every = [cosine(row.astype(float), vector.astype(float)) for row in rows]
    least = sorted(every, reverse=True)[:nearest][-1:] or [0.0]
    wanted = [max(value, least[0]) for value in every]
    assert ExactVectors(rows).cosines(vector.tolist(), nearest) == pytest.approx(wanted, abs=1e-5)


def test_what_is_saved_is_read_again(tmp_path):
    vectors = ExactVectors(np.random.default_rng(0).normal(size=(7, 5)))
    digest = vectors.save(tmp_path / "vectors.npy")
    read = ExactVectors.load(tmp_path / "vectors.npy", 7, digest)
    assert len(read) == 7
    assert np.array_equal(read.unit, vectors.unit)


def test_other_vectors_are_told(tmp_path):
    path = tmp_path / "vectors.npy"
    digest = ExactVectors(np.eye(3)).save(path)
    with pytest.raises(IndexBuildError, match="有 3 条，应为 4 条"):
        ExactVectors.load(path, 4, digest)
    ExactVectors(np.eye(3)[::-1]).save(path)
    with pytest.raises(IndexBuildError, match="已损坏"):
        ExactVectors.load(path, 3, digest)


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads as Linux tells them")
@pytest.mark.parametrize("command", ["bot.engine", "bot.cli", "eval.cli", "ingest.__main__"])
def test_a_search_starts_no_threads(run_python, command):
    """They would wait busily and take the time from other questions."""
    search = (
        f"import os, {command}, numpy as np; from ingest.exact import ExactVectors; "
        "ExactVectors(np.ones((20_000, 64))).cosines(np.ones(64), 200); "
        "print(len(os.listdir('/proc/self/task')))"
    )
    done = run_python("-c", search)
    assert done.stdout.strip() == "1", done.stderr
