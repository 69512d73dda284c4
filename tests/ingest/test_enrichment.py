"""Questions for passages: read beside the source, kept only where they fit, a bad line named."""

import json

import pytest

from ingest.enrichment import Enrichment, enrichment_path, load_enrichment, written_questions
from ingest.errors import IndexBuildError
from ingest.passages import passage_fingerprint
from ingest.settings import SHIPPED_SOURCE


@pytest.fixture
def file(tmp_path):
    return tmp_path / "plan.questions.jsonl"


def entry(node, **changes):
    full = {
        "id": node.node_id,
        "fingerprint": passage_fingerprint(node),
        "questions": ["问？"],
        "keywords": ["词"],
    }
    return json.dumps(full | changes, ensure_ascii=False)


def test_no_file_gives_none(file, passages):
    assert load_enrichment(file, passages) == {}


def test_entries_that_fit_are_kept(file, passages):
    good, changed = passages[3], passages[4]
    lines = [entry(good), "", entry(changed, fingerprint="0" * 12), entry(good, id="no.such.passage")]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load_enrichment(file, passages) == {good.node_id: Enrichment(("问？",), ("词",))}


def test_questions_for_sentences_stand_where_their_sentence_begins(file, passages):
    node = next(node for node in passages if node.text.count("。") > 2)
    second = node.text[node.text.index("。") + 1 :][:12]
    parts = [{"text": second, "questions": ["第二句问什么", "另一问"]}]
    file.write_text(entry(node, sentences=parts), encoding="utf-8")
    found = load_enrichment(file, passages)
    assert found[node.node_id].every_question == ("问？", "第二句问什么", "另一问")
    at = node.text.index(second)
    i = list(passages).index(node)
    assert written_questions(passages, found) == [
        (i, None, "问？"),
        (i, at, "第二句问什么"),
        (i, at, "另一问"),
    ]


def test_sentence_that_is_not_in_its_passage_is_named(file, passages):
    parts = [{"text": "规划里没有的一句", "questions": ["问"]}]
    file.write_text(entry(passages[3], sentences=parts), encoding="utf-8")
    with pytest.raises(IndexBuildError, match=r"第 1 行.*规划里没有的一句"):
        load_enrichment(file, passages)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "3",
        '{"id": "c01.outline"}',
        '{"id": ["a"], "fingerprint": "", "questions": [], "keywords": []}',
        '{"id": "a", "fingerprint": "", "questions": "问？", "keywords": []}',
        '{"id": "a", "fingerprint": "", "questions": [1], "keywords": []}',
        '{"id": "a", "fingerprint": "", "questions": [], "keywords": [], "sentences": [{"text": "甲"}]}',
    ],
)
def test_bad_line_is_named(file, passages, bad):
    file.write_text(f"{entry(passages[3])}\n\n{bad}\n", encoding="utf-8")
    with pytest.raises(IndexBuildError, match=r"plan\.questions\.jsonl 第 3 行"):
        load_enrichment(file, passages)


def test_line_that_is_not_utf8_is_named(file, passages):
    file.write_bytes(f"{entry(passages[3])}\n".encode() + "问".encode("gbk"))
    with pytest.raises(IndexBuildError, match="第 2 行"):
        load_enrichment(file, passages)


def test_line_separators_inside_a_text_end_no_line(file, passages):
    file.write_text(entry(passages[3], questions=["一\u2028二\x85三"]), encoding="utf-8")
    assert load_enrichment(file, passages)[passages[3].node_id].questions == ("一\u2028二\x85三",)


def test_shipped_questions_fit_the_shipped_passages(passages):
    path = enrichment_path(SHIPPED_SOURCE)
    assert path.name == "jilin-14th-five-year-plan.questions.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    found = load_enrichment(path, passages)
    assert len(found) == len({line["id"] for line in lines}) == len(lines)
    assert not [text for e in found.values() for text in (*e.questions, *e.keywords) if not text.strip()]
