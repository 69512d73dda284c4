"""Questions written for the passages of another plan: resumable, checked, told."""

import json

import pytest

from ingest.enrichment import enrichment_path, load_enrichment
from ingest.errors import ModelError
from ingest.models.enrich import enrich, parse_entry
from prompts import prompt
from tests.llm.conftest import KEY
from tests.llm.endpoint import Say

ENTRY = json.dumps(
    {"questions": ["这里说了什么？", "到9999年要多少？"], "keywords": ["安排"]}, ensure_ascii=False
)


@pytest.fixture
def settings(endpoint, small_source, tmp_path):
    pytest.importorskip("llama_index.llms.openai_like", reason="需要附加包 openai")
    from ingest.settings import load_settings

    source = tmp_path / "plan.txt"
    source.write_bytes(small_source.read_bytes())
    return load_settings(
        source=source,
        data=tmp_path / "data",
        llm="openai",
        llm_url=endpoint.url,
        llm_model="m",
        llm_api_key=KEY,
    )


def run(settings, progress=None):
    from ingest.models.build import language_model_from

    return enrich(settings, language_model_from(settings), prompt("enrich"), progress)


def test_every_passage_gets_its_entry_and_the_index_uses_it(settings, endpoint):
    from ingest.index import open_index

    endpoint.say(f"好的：{ENTRY}")
    steps = []
    count, total = run(settings, lambda what, done, of: steps.append((done, of)))
    assert count == total == len(endpoint.requests)
    assert steps[-1] == (total, total)
    index = open_index(settings)
    assert index.manifest["enriched"] == total
    assert {entry.questions for entry in index.enrichment.values()} == {
        ("这里说了什么？",)
    }  # 9999 is not there


def test_a_run_that_stopped_goes_on_where_it_was(settings, endpoint):
    endpoint.say(*[Say(ENTRY)] * 4, Say(status=401, body=f"key {KEY}"))
    with pytest.raises(ModelError) as error:
        run(settings)
    assert "4段" in str(error.value)
    assert KEY not in str(error.value)
    path = enrichment_path(settings.source)
    path.write_bytes(path.read_bytes()[:-20])  # as if killed while writing
    asked = len(endpoint.requests)
    endpoint.say(ENTRY)
    count, total = run(settings)
    assert count == total
    assert len(endpoint.requests) - asked == total - 3
    from ingest.passages import plan_passages

    assert len(load_enrichment(path, plan_passages(settings.source.read_text(encoding="utf-8")))) == total


@pytest.mark.parametrize(
    "reply", ["", "我不会。", "{坏", "[1]", '{"questions": "一句"}', '{"questions": ["2031年？"]}']
)
def test_a_reply_without_a_usable_entry(reply):
    assert parse_entry(reply, "到2025年建成。") is None


def test_the_command_line_asks_for_a_model(run_python, tmp_path):
    done = run_python("-m", "ingest", "--enrich", "--data", tmp_path)
    assert done.returncode == 1
    assert "JIWEN_LLM" in done.stderr
    assert "Traceback" not in done.stderr


def test_questions_for_single_sentences_find_their_sentence_again():
    passage = "到2025年建成5条路。到2025年建成7座桥。修好水渠。"
    sentences = {"1": ["路建几条？", "建99条吗？"], "2": ["桥有几座？"], "9": ["没有这句？"], "3": "不是列表"}
    reply = json.dumps(
        {"questions": ["建什么？"], "keywords": [], "sentences": sentences}, ensure_ascii=False
    )
    entry = parse_entry(reply, passage)
    assert [questions for _, questions in entry.sentences] == [("路建几条？",), ("桥有几座？",)]
    assert [passage.index(start) for start, _ in entry.sentences] == [0, passage.index("到2025年建成7")]


def test_single_sentence_needs_no_questions_of_its_own():
    reply = json.dumps({"questions": ["建什么？"], "sentences": {"1": ["建啥？"]}}, ensure_ascii=False)
    assert parse_entry(reply, "修好水渠。").sentences == ()
