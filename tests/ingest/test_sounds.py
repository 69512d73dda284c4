"""How words sound: with few of pypinyin's phrases as with all of them."""

import json

import pytest

from ingest.sounds import phrases_for

# Every word that can be asked for in pinyin, with its spelling; "all" leaves pypinyin all its phrases.
SPELT = """
import json, sys
from bot.engine import Engine, open_engine
from ingest.index import open_index
from ingest.settings import load_settings
settings = load_settings(data=sys.argv[1])
engine = Engine(open_index(settings), settings) if sys.argv[2] == "all" else open_engine(settings)
words = engine.reader._pinyin._words
from pypinyin.constants import PHRASES_DICT
print(json.dumps([len(PHRASES_DICT), words], ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def phrases():
    return phrases_for(["银行", "中国人"])


def test_the_plans_words_are_spelt_as_with_all_phrases(index, index_settings, run_python, monkeypatch):
    monkeypatch.delenv("PYPINYIN_NO_PHRASES", raising=False)
    assert index.phrases
    (every, wanted), (few, found) = (
        json.loads(run_python("-c", SPELT, index_settings.data, which).stdout) for which in ("all", "few")
    )
    assert few < every / 4
    assert found == wanted
    assert len(wanted) > 10_000


@pytest.mark.parametrize(
    ("phrase", "kept"),
    [
        ("银行", True), ("中国人", True),  # the words' own
        ("厦门", True),  # not read as its characters are
        ("朝阳区", True),  # read as its characters are, and not as 朝阳 in it
        ("玻璃", False),
    ],
)  # fmt: skip
def test_phrases_are_kept_that_change_how_something_is_read(phrases, phrase, kept):
    assert (phrase in phrases) is kept
