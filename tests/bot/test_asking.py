"""The models of wording: the score is the weighted sum of the tf-idf vector, saved and loaded the same."""

import json

import pytest

from bot.asking import NAMES, AskingModel, asking_model, model_path, ngrams, vector

IDF = {"^建": 2.0, "建": 1.5, "多少": 1.0, "少$": 3.0}
WEIGHTS = {"^建": 0.5, "多少": -2.0, "少$": 0.25}


@pytest.mark.parametrize("text", ["建多少", "建建建多少", "多少？", "氢能", ""])
def test_score_is_the_weighted_vector(text):
    expected = sum(value * WEIGHTS.get(gram, 0.0) for gram, value in vector(ngrams(text), IDF).items())
    assert AskingModel(IDF, WEIGHTS, 0.1).score(text) == pytest.approx(0.1 + expected)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_model_is_saved_as_it_was(name, tmp_path):
    asking_model(name).save(tmp_path / "again.json")
    again, shipped = ((path).read_text("utf-8") for path in (tmp_path / "again.json", model_path(name)))
    assert json.loads(again) == json.loads(shipped)
