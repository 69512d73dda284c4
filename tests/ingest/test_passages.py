"""Passages: verbatim, whole, once each, bounded, and llama-index's own nodes."""

import re
from itertools import pairwise

import pytest
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import Document, MetadataMode, NodeRelationship, TextNode

from ingest.characters import narrow, squeeze
from ingest.passages import (
    HARD_MAX_TOKENS,
    MAX_TOKENS,
    PlanNodeParser,
    passage_fingerprint,
    passages_of,
    plan_passages,
)
from ingest.sentences import sentence_spans
from ingest.tokens import count_tokens

KINDS = {"paragraph", "box_item", "indicator", "term", "outline", "preamble", "postscript"}


def by_id(passages, node_id):
    return next(node for node in passages if node.node_id == node_id)


def test_kinds_are_counted(passages):
    kinds = [node.metadata["kind"] for node in passages]
    assert set(kinds) == KINDS
    assert kinds.count("term") == 50
    assert kinds.count("indicator") == 22  # 21 rows and the notes
    assert kinds.count("box_item") == 415  # the sum of the printed boxes: tests/data/boxes.tsv
    assert kinds.count("preamble") == 1
    assert kinds.count("postscript") == 11


def test_spans_are_exact(plan, passages):
    for node in passages:
        start, end = node.metadata["start"], node.metadata["end"]
        assert plan.text[start:end] == node.text
        assert (node.start_char_idx, node.end_char_idx) == (start, end)
        assert node.text == node.text.strip()


def test_passages_cover_the_plan_once(plan, passages):
    assert all(before.metadata["end"] <= after.metadata["start"] for before, after in pairwise(passages))
    assert squeeze("".join(node.text for node in passages)) == squeeze(plan.text)


def test_nothing_of_the_source_is_lost_or_added(raw, passages):
    """The source without page marks and white space, mended by other means, is the passages in a row."""
    lines = [line for line in narrow(raw).split("\n") if not re.fullmatch(r"\s*—\d+—\s*", line)]
    text = (
        squeeze("".join(lines)).replace("\ue011", "").replace("1\ue0104-丁", "1,4-丁").replace("\ue010", ".")
    )
    assert squeeze("".join(node.text for node in passages)) == text


def test_ids_are_unique_and_in_order(passages):
    ids = [node.node_id for node in passages]
    assert len(ids) == len(set(ids))
    assert len(ids) == 880


def test_tokens_are_bounded(passages):
    for node in passages:
        tokens = count_tokens(node.text)
        assert tokens <= HARD_MAX_TOKENS
        if tokens > MAX_TOKENS:  # a single sentence may be longer, for it is never cut
            assert len(sentence_spans(node.text)) == 1, node.node_id


def test_no_sentence_number_or_item_is_cut(plan, passages):
    for before, after in pairwise(passages):
        joint = plan.text[before.metadata["end"] - 1 : after.metadata["start"] + 1]
        if before.metadata["kind"] in ("paragraph", "preamble", "postscript", "term"):
            whole = before.text[-1] in "。！；”" or before.node_id.startswith(
                ("postscript.p10", "postscript.p11")
            )
            assert whole, before.node_id
        assert not re.search(r"\d[.\d]*\d", joint), before.node_id
    for _, _, box in plan.boxes():
        for item in box.items:
            assert sum(node.text == plan.slice(item.span) for node in passages) >= 1


@pytest.mark.parametrize("limit", [40, 120, 300, 10_000])
def test_other_bounds(plan, limit):
    nodes = passages_of(plan, max_tokens=limit)
    assert squeeze("".join(node.text for node in nodes)) == squeeze(plan.text)
    for node in nodes:
        if node.metadata["kind"] == "paragraph":
            assert node.text.endswith(("。", "！", "；", "”")), node.node_id
            assert count_tokens(node.text) <= limit or len(sentence_spans(node.text)) == 1, node.node_id


def test_metadata(passages):
    item = by_id(passages, "c05s02.b16.i02")
    assert item.metadata == {
        "kind": "box_item",
        "chapter": 5,
        "section": 2,
        "box": 16,
        "title": "黑土地保护工程",
        "lead": "保护性耕作工程",
        "pages": "47",
        "place": "第五章第二节 · 专栏16 · 第47页",
        "start": item.metadata["start"],
        "end": item.metadata["end"],
    }


@pytest.mark.parametrize(
    ("node_id", "place"),
    [
        ("preamble.p01", "前言 · 第1页"),
        ("c01.outline", "第一章 · 第1页"),
        ("c01s02.p01", "第一章第二节 · 第3—4页"),
        ("c04s00.p01", "第四章引言 · 第35页"),
        ("c04s00.b10.i01", "第四章引言 · 专栏10 · 第35页"),
        ("ind.18", "第一章第四节 · 主要指标18 · 第10页"),
        ("term.17", "名词解释17 · 第139页"),
        ("c12s01.b35.i01", "第十二章第一节 · 专栏35 · 第101页"),
        ("postscript.p06", "后记 · 第151—152页"),
    ],
)
def test_places(passages, node_id, place):
    assert by_id(passages, node_id).metadata["place"] == place


def test_every_passage_knows_its_place(passages):
    for node in passages:
        metadata = node.metadata
        assert metadata["place"].endswith("页")
        if "box" in metadata:
            assert {"chapter", "section"} <= set(metadata)
        if metadata["kind"] in ("paragraph", "box_item"):
            assert {"chapter", "section", "title"} <= set(metadata)
            assert metadata.get("lead", "") in node.text


def test_embedded_view_helps_finding_and_shown_view_is_verbatim(passages):
    node = by_id(passages, "c05s01.p01")
    embedded = node.get_content(MetadataMode.EMBED)
    assert embedded == f"提升粮食安全保障能力\n提高粮食生产能力\n{node.text}"
    assert node.get_content(MetadataMode.NONE) == node.text
    assert "第五章第一节 · 第45页" in node.get_content(MetadataMode.LLM)
    assert str(node.metadata["start"]) not in node.get_content(MetadataMode.LLM).replace(node.text, "")


@pytest.mark.parametrize(
    ("words", "node_id"),
    [
        ("全彩色超高清Micro LED显示器关键技术", "c02s01.b02.i02"),
        ("长春OLED OCA光学材料制造", "c03s03.b08.i06"),
        ("通化MVR世博村一体化试验区", "c04s02.b12.i08"),
        ("开展前沿领域重大科技专项攻关。对接国家“科技创新2030-重大项目”", "c02s01.p01"),
        ("Public-Private-Partnership（政府和社会资本合作模式）", "term.22"),
        ("地表水达到或好于Ⅲ类水体比例", "ind.17"),
        ("二〇三五年远景目标的建议》明确提出", "term.4"),
        ("新增和改善农田灌溉面积350万亩、500万亩", "c05s04.p02"),
    ],
)
def test_spacing_latin_words_and_look_alikes(passages, words, node_id):
    assert words in by_id(passages, node_id).text


def test_spaces_stand_only_where_they_mean_something(passages):
    """Between Latin words, between a table's cells, after an entry's number, between the parts of a title."""
    for node in passages:
        text = re.sub(r"^\d+\. ", "", node.text) if node.metadata["kind"] == "term" else node.text
        if node.metadata["kind"] not in ("outline", "indicator"):
            assert not re.search(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])|\s\s|[\t\n\u3000]", text), node.node_id


def test_neighbours_are_linked(passages):
    for before, after in pairwise(passages):
        assert before.next_node.node_id == after.node_id
        assert after.prev_node.node_id == before.node_id
    assert passages[0].prev_node is None
    assert passages[-1].next_node is None


def test_node_parser_in_a_llama_index_pipeline(raw, passages, small_source):
    documents = [
        Document(text=raw, doc_id="jilin"),
        Document(text=small_source.read_text("utf-8"), doc_id="qinghe"),
    ]
    nodes = IngestionPipeline(transformations=[PlanNodeParser()]).run(documents=documents)
    jilin = [node for node in nodes if node.source_node.node_id == "jilin"]
    assert [node.text for node in jilin] == [node.text for node in passages]
    assert {node.source_node.node_id for node in nodes} == {"jilin", "qinghe"}
    assert all(isinstance(node, TextNode) for node in nodes)
    assert all(NodeRelationship.SOURCE in node.relationships for node in nodes)


def test_node_parser_takes_its_bound(small_source):
    document = Document(text=small_source.read_text("utf-8"))
    parser = PlanNodeParser(max_tokens=30)
    assert len(parser.get_nodes_from_documents([document])) > len(
        PlanNodeParser().get_nodes_from_documents([document])
    )
    with pytest.raises(ValueError, match="max_tokens"):
        PlanNodeParser(max_tokens=0)


def test_reading_twice_gives_the_same(raw, passages):
    again = plan_passages(raw)
    assert [(n.node_id, n.text, n.metadata) for n in again] == [
        (n.node_id, n.text, n.metadata) for n in passages
    ]


def test_fingerprint_is_the_texts(passages):
    fingerprints = {passage_fingerprint(node) for node in passages}
    assert len(fingerprints) == len({node.text for node in passages})
    changed = passages[5].model_copy(update={"text": passages[5].text + "。"})
    assert passage_fingerprint(changed) != passage_fingerprint(passages[5])


def test_stored_node_is_read_back(passages):
    for node in passages[::50]:
        assert TextNode.from_json(node.to_json()) == node


def test_tokens_are_counted_offline():
    assert count_tokens("") == 0
    assert 0 < count_tokens("吉林省森林覆盖率达到45.8%") < 20
    assert count_tokens("<|endoftext|>") > 1  # text that looks like a control token is only text
