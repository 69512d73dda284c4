"""Questions that the plan does not answer: read beside the source, indexed, found again as the nearest."""

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


def test_no_file_gives_none(tmp_path):
    assert load_unanswered(unanswered_path(tmp_path / "plan.txt")) == ()


def test_each_question_once_without_empty_lines(tmp_path):
    path = tmp_path / "plan.unanswered.txt"
    path.write_text("去年修了几座桥\n\n  河长电话多少 \r\n去年修了几座桥\n", encoding="utf-8")
    assert load_unanswered(path) == ("去年修了几座桥", "河长电话多少")


def test_file_in_another_encoding_is_told(settings):
    unanswered_path(settings.source).write_bytes("河长电话多少".encode("gb18030"))
    with pytest.raises(IndexBuildError, match=r"plan\.unanswered\.txt.*UTF-8"):
        open_index(settings, EMBEDDING)


def test_nearest_unanswered_question_is_told_with_the_ranking(settings):
    none = PlanRetriever(open_index(settings, EMBEDDING))
    assert none.rank(read_question("河长的电话是多少")).vain is None
    unanswered_path(settings.source).write_text("去年修了几座桥\n河长电话是多少\n", encoding="utf-8")
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
    unanswered_path(settings.source).write_text("河长电话是多少\n", encoding="utf-8")
    after = PlanRetriever(open_index(settings, EMBEDDING)).rank(read_question("河长电话是多少"))
    assert after.order.tolist() == before.order.tolist()
    assert set(after.features) == set(before.features)
