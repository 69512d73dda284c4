"""The vocabulary: rows and idf of terms, saved and loaded; the best question of each passage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.owners import Owners
from ingest.vocabulary import Vocabulary

IDF = {"~就业": 2.5, "就业": 1.25, "黑土地": 4.75}


def test_reads_as_a_mapping_with_rows():
    vocabulary = Vocabulary(IDF)
    assert dict(vocabulary) == IDF
    assert [vocabulary.row(term) for term in IDF] == [0, 1, 2]
    assert vocabulary.rarest == 4.75
    assert (vocabulary.get("火星"), vocabulary.get("火星", 9.0), vocabulary.row("火星")) == (None, 9.0, None)
    assert vocabulary.get("就业", 9.0) == vocabulary["就业"] == 1.25


@pytest.mark.parametrize("idf", [IDF, {}])
def test_saved_is_loaded_the_same(idf, tmp_path):
    Vocabulary(idf).save(tmp_path)
    assert dict(Vocabulary.load(tmp_path)) == idf


def test_terms_of_no_passage_have_a_row_and_no_idf(tmp_path):
    Vocabulary(IDF, ["电话", "就业", "电话"]).save(tmp_path)
    vocabulary = Vocabulary.load(tmp_path)
    assert dict(vocabulary) == IDF
    assert (vocabulary.row("电话"), vocabulary.row("就业"), vocabulary.rows) == (3, 1, 4)
    assert "电话" not in vocabulary
    assert vocabulary.get("电话", 9.0) == 9.0


def test_numbers_without_their_terms_are_not_loaded(tmp_path):
    Vocabulary(IDF).save(tmp_path)
    np.save(tmp_path / "idf.npy", np.zeros(4))
    with pytest.raises(ValueError, match="3 terms, 4 numbers"):
        Vocabulary.load(tmp_path)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-1, 1, width=32)), max_size=30))
def test_best_question_of_each_passage(pairs):
    pairs.sort(key=lambda pair: pair[0])
    scores = np.array([score for _, score in pairs], dtype=np.float32)
    best = Owners([passage for passage, _ in pairs]).best(scores, np.full(6, -0.5, dtype=np.float32))
    for passage in range(6):
        assert best[passage] == max([-0.5, *(score for at, score in pairs if at == passage)])
