"""Questions that the plan does not answer: read beside the source, indexed, found again as the nearest."""

import json

import pytest

from bot.question import read_question
from bot.retrieve import PlanRetriever
from ingest.errors import IndexBuildError
from ingest.index import open_index
from ingest.settings import load_settings
from ingest.unanswered import load_unanswered, unanswered_path
from tests.ingest.hashing import HashingEmbedding, copy_plan

EMBEDDING = HashingEmbedding()


@pytest.fixture
def settings(small_source, tmp_path):
    return load_settings(source=copy_plan(small_source, tmp_path / "plan"), data=tmp_path / "data")


def lines(*questions):
    return "".join(json.dumps({"question": text}, ensure_ascii=False) + "\n" for text in questions)


def test_no_file_gives_none(tmp_path):
    assert load_unanswered(unanswered_path(tmp_path / "plan.txt")) == ()


def test_each_question_once_without_empty_lines(tmp_path):
    path = tmp_path / "plan.unanswered.jsonl"
    path.write_text(
        lines("去年修了几座桥", "  河长电话多少 ") + "\r\n" + lines("去年修了几座桥"), encoding="utf-8"
    )
    assert load_unanswered(path) == ("去年修了几座桥", "河长电话多少")


@pytest.mark.parametrize(
    "line",
    [b"{", b"[]", b"3", b'{"text": "?"}', b'{"question": 3}', "河长".encode("gb18030"), b"[" * 100_000],
    ids=range(7),
)
def test_bad_line_is_named(settings, line):
    unanswered_path(settings.source).write_bytes(lines("一问").encode() + line)
    with pytest.raises(IndexBuildError, match=r"plan\.unanswered\.jsonl 第 2 行"):
        open_index(settings, EMBEDDING)


def test_nearest_unanswered_question_is_told_with_the_ranking(settings):
    none = PlanRetriever(open_index(settings, EMBEDDING))
    assert none.rank(read_question("河长的电话是多少")).vain is None
    unanswered_path(settings.source).write_text(lines("去年修了几座桥", "河长电话是多少"), encoding="utf-8")
    index = open_index(settings, EMBEDDING)
    assert index.built  # another file, another index
    assert index.manifest["unanswered"] == len(index.unanswered) == 2
    retriever = PlanRetriever(index)
    same, near, far = (
        retriever.rank(read_question(text)).vain for text in ("河长电话是多少", "河长的电话呢", "粮食安全")
    )
    assert same[0] == pytest.approx(1, abs=1e-5)
    assert same[0] > near[0] > far[0]
    assert same[1] > near[1] > far[1] == 0


def test_unanswered_questions_lead_to_no_passage(settings):
    before = PlanRetriever(open_index(settings, EMBEDDING)).rank(read_question("河长电话是多少"))
    unanswered_path(settings.source).write_text(lines("河长电话是多少"), encoding="utf-8")
    after = PlanRetriever(open_index(settings, EMBEDDING)).rank(read_question("河长电话是多少"))
    assert after.order.tolist() == before.order.tolist()
    assert set(after.features) == set(before.features)
