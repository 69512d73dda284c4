"""The index: built once, whole, with a manifest; built anew when what it is made of changes."""

import hashlib
import json
import shutil

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.schema import MetadataMode

from ingest import index as index_module
from ingest.enrichment import enrichment_path
from ingest.errors import IndexBuildError, NotAPlanError
from ingest.index import embedding_fingerprint, index_fingerprint, open_index
from ingest.passages import passage_fingerprint, plan_passages
from ingest.reader import read_source
from ingest.settings import load_settings
from ingest.terms import lexical_terms, normalise
from ingest.vectors import read_vectors
from tests.ingest.hashing import DIMENSIONS, HashingEmbedding, copy_plan, nearest

EMBEDDING = HashingEmbedding()


@pytest.fixture
def settings(small_source, tmp_path):
    """Settings for a copy of the small plan that the test may change."""
    return load_settings(source=copy_plan(small_source, tmp_path / "plan"), data=tmp_path / "data")


@pytest.fixture(scope="module")
def built(small_source, tmp_path_factory):
    """An index of the small plan, built once for the tests that only read it."""
    return open_index(load_settings(source=small_source, data=tmp_path_factory.mktemp("built")), EMBEDDING)


def folders(settings):
    return sorted(path.name for path in (settings.data / "indexes").iterdir())


def write_questions(settings, *questions, node_id="term.1"):
    node = next(n for n in plan_passages(settings.source.read_text("utf-8")) if n.node_id == node_id)
    entry = {
        "id": node_id,
        "fingerprint": passage_fingerprint(node),
        "questions": questions,
        "keywords": ["管水"],
    }
    enrichment_path(settings.source).write_text(
        json.dumps(entry, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def test_every_passage_is_in_chroma_with_its_metadata(built):
    assert built.collection.count() == len(built.passages)
    stored = built.collection.get(include=["metadatas", "documents"])
    by_id = dict(zip(stored["ids"], zip(stored["documents"], stored["metadatas"], strict=True), strict=True))
    assert set(by_id) == {node.node_id for node in built.passages}
    for node in built.passages:
        text, metadata = by_id[node.node_id]
        assert text == node.text
        assert {key: metadata[key] for key in node.metadata} == node.metadata


def test_passages_are_compared_in_memory_as_chroma_compares_them(built):
    vector = EMBEDDING.get_query_embedding("就业")
    found = built.collection.query(query_embeddings=[vector], n_results=len(built.passages))
    theirs = dict(zip(found["ids"][0], found["distances"][0], strict=True))
    ours = 1 - built.held.cosines(vector, len(built.passages))
    assert ours == pytest.approx([theirs[node.node_id] for node in built.passages], abs=1e-6)


def test_a_passage_that_chroma_lacks_is_told(built):
    with pytest.raises(IndexBuildError, match=r"缺少 1 段，如 c99"):
        read_vectors(built.collection, [*(node.node_id for node in built.passages), "c99"])


def test_chroma_is_persistent_cosine_and_without_an_embedding_of_its_own(built):
    assert built.collection.configuration["hnsw"]["space"] == "cosine"
    assert built.collection.configuration.get("embedding_function") is None


def test_passages_are_told_by_kind_and_read_once(built):
    assert built.kinds.tolist() == [node.metadata["kind"] for node in built.passages]
    assert [node.node_id for node in built.box_items] == [
        node.node_id for node in built.passages if node.metadata["kind"] == "box_item"
    ]
    for (lead, text), node in zip(built.plain, built.passages, strict=True):
        assert lead == normalise(node.metadata.get("lead") or "")
        assert text.startswith(lead)
        assert text.endswith(normalise(node.text))


def test_nearest_passage_is_found(built):
    for node in built.passages:
        if node.metadata["kind"] == "box_item":
            assert nearest(built, node.get_content(MetadataMode.EMBED)) == node.node_id


def test_filter_by_metadata(built):
    vector = EMBEDDING.get_query_embedding("建设")
    found = built.collection.query(query_embeddings=[vector], n_results=20, where={"kind": "term"})
    assert set(found["ids"][0]) == {"term.1", "term.2", "term.3", "term.4"}


def test_parts_of_the_index_agree(built, small_source):
    assert built.lexical.ids == tuple(node.node_id for node in built.passages)
    assert set(built.by_id) == set(built.lexical.ids)
    assert [node.text for node in built.passages] == [
        node.text for node in plan_passages(small_source.read_text(encoding="utf-8"))
    ]
    assert built.plan.title == "青河省国民经济和社会发展第十四个五年规划纲要"
    assert all(node.embedding is None for node in built.passages)


def test_manifest_says_what_the_index_is_made_of(built, small_source):
    manifest = built.manifest
    assert manifest["source_sha256"] == hashlib.sha256(small_source.read_bytes()).hexdigest()
    assert manifest["passages"] == len(built.passages)
    assert manifest["dimensions"] == DIMENSIONS
    assert manifest["embedding"] == "HashingEmbedding:hashing"
    assert manifest["questions"] == 0
    assert "passages.jsonl" in manifest["files"]


def test_second_opening_builds_nothing(settings):
    first = open_index(settings, EMBEDDING)
    second = open_index(settings, EMBEDDING)
    assert first.built
    assert not second.built
    assert second.manifest == first.manifest
    assert second.passages == first.passages
    assert folders(settings) == [first.manifest["fingerprint"]]
    assert nearest(second, "河长制是什么") == nearest(first, "河长制是什么")


def test_rebuild_on_demand_serves_at_once(settings):
    first = open_index(settings, EMBEDDING)
    again = open_index(settings, EMBEDDING, rebuild=True)
    assert again.built
    assert again.manifest["vectors"] != first.manifest["vectors"]
    assert folders(settings) == [first.manifest["fingerprint"]]
    assert nearest(again, "河长制是什么") == nearest(first, "河长制是什么")  # the old one answers on, too


def test_changed_source_is_indexed_anew(settings):
    first = open_index(settings, EMBEDDING)
    text = settings.source.read_text(encoding="utf-8").replace("５０万人", "６０万人")
    settings.source.write_text(text, encoding="utf-8")
    second = open_index(settings, EMBEDDING)
    assert second.built
    assert second.manifest["fingerprint"] != first.manifest["fingerprint"]
    assert "新增就业60万人" in second.by_id["c03s01.p01"].text


def test_changed_questions_are_indexed_anew(settings):
    first = open_index(settings, EMBEDDING)
    write_questions(settings, "谁来管河？")
    second = open_index(settings, EMBEDDING)
    assert second.built
    assert len(second.questions) == second.manifest["questions"] == 1
    assert second.enrichment["term.1"].questions == ("谁来管河？",)
    assert [second.passages[question.passage].node_id for question in second.written] == ["term.1"]
    assert second.questions.cosines(EMBEDDING.get_query_embedding("谁来管河？"), 200) == pytest.approx([1])
    assert second.lexical.scores(lexical_terms("谁来管河"))["questions"].any()
    write_questions(settings, "河由谁管？")
    third = open_index(settings, EMBEDDING)
    assert len({index.manifest["fingerprint"] for index in (first, second, third)}) == 3


def test_two_builds_of_one_source_give_the_same_nearness_to_its_questions(settings, tmp_path):
    write_questions(settings, *(f"第{number}条河由谁来管？" for number in range(300)))
    vector = EMBEDDING.get_query_embedding("河由谁管")
    one = open_index(settings, EMBEDDING)
    other = open_index(settings.model_copy(update={"data": tmp_path / "other"}), EMBEDDING)
    again = open_index(settings, EMBEDDING)
    assert (one.built, other.built, again.built) == (True, True, False)
    wanted = one.questions.cosines(vector, 200)
    assert len(wanted) == 300
    for index in (other, again):
        assert np.array_equal(index.questions.cosines(vector, 200), wanted)
    assert one.manifest["questions_sha256"] == other.manifest["questions_sha256"]


def test_other_encoder_is_indexed_anew(settings):
    first = open_index(settings, EMBEDDING)
    second = open_index(settings, MockEmbedding(embed_dim=4))
    assert second.built
    assert second.manifest["dimensions"] == 4
    assert second.manifest["fingerprint"] != first.manifest["fingerprint"]


def test_changed_code_is_indexed_anew(small_source, tmp_path, monkeypatch):
    code = tmp_path / "code"
    shutil.copytree(
        index_module._CODE, code, ignore=shutil.ignore_patterns("encoder", "source", "__pycache__")
    )
    monkeypatch.setattr(index_module, "_CODE", code)
    raw = read_source(small_source)
    before = index_fingerprint(raw, small_source, EMBEDDING)
    assert index_fingerprint(raw, small_source, EMBEDDING) == before
    with (code / "boxes.py").open("a", encoding="utf-8") as file:
        file.write("# another rule\n")
    assert index_fingerprint(raw, small_source, EMBEDDING) != before


def test_encoders_tell_themselves_apart():
    class Own(HashingEmbedding):
        fingerprint: str = "weights-1"

    assert embedding_fingerprint(Own()) == "weights-1"
    assert embedding_fingerprint(HashingEmbedding()) != embedding_fingerprint(
        HashingEmbedding(model_name="other")
    )


def test_last_good_index_and_no_more_are_kept(settings):
    fingerprints = []
    text = settings.source.read_text(encoding="utf-8")
    for number in "１２３４":
        settings.source.write_text(text.replace("５０万人", f"{number}０万人"), encoding="utf-8")
        fingerprints.append(open_index(settings, EMBEDDING).manifest["fingerprint"])
    assert folders(settings) == sorted(fingerprints[-2:])


def test_progress_is_told_step_by_step(settings):
    steps = []
    open_index(settings, EMBEDDING, progress=lambda what, done, total: steps.append((what, done, total)))
    assert list(dict.fromkeys(what for what, _, _ in steps)) == [
        "读取规划文本", "计算语义向量", "写入向量库", "建立词语索引"
    ]  # fmt: skip
    for name in {what for what, _, _ in steps}:
        done = [(d, t) for what, d, t in steps if what == name]
        assert done == sorted(done)
        assert done[-1][0] == done[-1][1]


def test_building_leaves_no_other_files(settings, tmp_path):
    index = open_index(settings, EMBEDDING)
    folder = settings.data / "indexes" / index.manifest["fingerprint"]
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "passages.jsonl", "questions.npy", "unanswered.npy", "phrases.json", "lexical",
        index.manifest["vectors"],
    }  # fmt: skip
    assert {path.name for path in settings.data.iterdir()} == {"indexes"}


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, IndexBuildError, ["读不到规划文本", "JIWEN_SOURCE"]),
        ("规划".encode("gbk"), IndexBuildError, ["不是 UTF-8", "第 1 字节"]),
        ("会议纪要\n".encode(), NotAPlanError, ["章标题"]),
        (b"", NotAPlanError, ["空"]),
    ],
)
def test_source_that_cannot_be_read(settings, content, error, words):
    if content is None:
        settings.source.unlink()
    else:
        settings.source.write_bytes(content)
    with pytest.raises(error) as raised:
        open_index(settings, EMBEDDING)
    assert all(word in str(raised.value) for word in words)
    assert not list(settings.data.rglob("manifest.json"))


def test_byte_order_mark_is_no_part_of_the_text(settings, small_source):
    settings.source.write_bytes(b"\xef\xbb\xbf" + small_source.read_bytes())
    assert read_source(settings.source) == small_source.read_text(encoding="utf-8")


def test_bad_line_of_the_questions_is_named(settings):
    enrichment_path(settings.source).write_text('{"id": "term.1"}\n', encoding="utf-8")
    with pytest.raises(IndexBuildError, match=r"plan\.questions\.jsonl 第 1 行"):
        open_index(settings, EMBEDDING)
    assert folders(settings) == []


def test_shipped_plan_with_the_shipped_encoder(index):
    assert index.built
    assert index.manifest["passages"] == index.collection.count() == len(index.passages) == 880
    assert (
        index.manifest["questions"]
        == len(index.questions)
        == sum(len(entry.every_question) for entry in index.enrichment.values())
    )
    for question, node_id in [("森林覆盖率", "ind.18"), ("梨树模式是什么", "term.17")]:
        vector = index.embedding.get_query_embedding(question)
        assert node_id in index.collection.query(query_embeddings=[vector], n_results=10)["ids"][0]


def test_no_graph_is_left_to_be_built_at_the_opening(index, index_settings):
    home = index_settings.data / "indexes" / index.manifest["fingerprint"] / index.manifest["vectors"]
    (graph,) = (path for path in home.iterdir() if path.is_dir())
    assert (graph / "index_metadata.pickle").stat().st_size > 0  # written when the graph is
