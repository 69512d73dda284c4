"""The benchmark on tiny inputs: what it compares, counts and writes, never how fast anything is."""

import json
import threading
import time
from importlib.util import find_spec

import numpy as np
import pytest
from llama_index.core.schema import TextNode

from eval.bench import page, starts
from eval.bench.child import SYSTEMS, memory
from eval.bench.contestants import Contestant, compare, stages
from eval.bench.floor import gather, nearest, postings_of
from eval.bench.page import bench_page, goals, readme_table, update_readme
from eval.bench.sizes import closure, folder_bytes, installed_bytes
from eval.bench.users import ask_at_once
from eval.records import EvaluationError
from eval.retrievers import ChromaTextRetriever, word_cut
from ingest.lexical import LexicalIndex
from ingest.terms import lexical_terms
from tests.conftest import ROOT

QUESTIONS = ["2025年森林覆盖率目标是多少？", "梨树模式是什么"]


@pytest.fixture
def measured():
    """What a run measures, in its form, with figures that are easy to recognise."""
    speed = {"median": 2.0, "p95": 4.0, "n": 9}
    quality = {name: {"value": 0.5, "low": 0.4, "high": 0.6, "n": 9} for name in ("hit@1", "hit@5", "mrr")}
    quality["facts@5"] = {"value": 0.75, "low": 0.7, "high": 0.8, "n": 9}
    ours = {"key": "jiwen", "name": "本项目", "quality": quality, "milliseconds": speed}
    missing = {"key": "rank_bm25_jieba", "name": "rank_bm25＋jieba", "missing": "rank_bm25"}
    floor = {"what": "lexical", "shape": [3], "milliseconds": speed, "floor": {**speed, "median": 0.5}}
    stage = {"stage": "dense", "mean": 1.0, "share": 0.5, **speed}
    ours |= {"retrieval_milliseconds": speed, "stages": [stage]}
    theirs = {"key": "tutorial", "name": "教程", "quality": quality, "milliseconds": {**speed, "p95": 1.0}}
    start = {"cold": {"seconds": 9.0}, "warm": {"seconds": 2.0, "resident": 2**28, "peak": 2**29}}
    user = {"users": 1, "workers": 4, "asked": 9, "errors": 0, "per_second": 90.0, "milliseconds": speed}
    warm = {"page": 1.5, "answer": 5.0, "resident": 2**28, "peak": 2**29}
    return {
        "made": "2026-01-01 00:00", "cores": 2, "load": 0.1, "questions": 9, "passages": 7,
        "systems": [ours, theirs, missing],
        "starts": {"jiwen": start, "tutorial": start},
        "web": {"cold": {"page": 2.0, "answer": 30.0}, "warm": warm, "users": [user]},
        "users": {"jiwen": [user, user], "tutorial": [user, user]},
        "floors": [floor],
        "sizes": {"jiwen": 2**30, "tutorial": 2**20},
    }  # fmt: skip


def test_a_contestant_is_asked_everything_and_measured(subject, make_record):
    told = compare(Contestant("fake", "假的", lambda: subject), [make_record(), make_record(id="d-002")])
    assert told["quality"]["hit@1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 2}
    assert told["milliseconds"]["n"] == 2
    assert "stages" not in told  # its answers do not tell the retrieval's


def test_what_is_not_installed_is_told_and_not_made(subject):
    def never():
        raise AssertionError

    told = compare(Contestant("x", "没有的", never, "no_such_package_here"), [])
    assert told == {"key": "x", "name": "没有的", "missing": "no_such_package_here"}


def test_stages_and_the_rest_add_up_to_the_whole():
    rows = stages([{"total": 10.0, "dense": 4.0}, {"total": 20.0, "dense": 5.0, "compose": 6.0}])
    assert [row["stage"] for row in rows] == ["dense", "compose", "rest"]
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert sum(row["mean"] for row in rows) == pytest.approx(15)


def test_every_user_asks_and_only_so_many_are_answered_at_a_time():
    asked, now, most = [], [0], [0]
    lock = threading.Lock()

    def ask(question):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            asked.append(question)
        time.sleep(0.005)  # so that several would be at it together
        with lock:
            now[0] -= 1
        if question == "坏":
            raise ValueError

    told = ask_at_once(ask, ["甲", "乙", "坏"], users=6, each=2, workers=2)
    assert sorted(asked) == sorted(["甲", "乙", "坏"] * 4)
    assert most[0] <= 2
    assert (told["asked"], told["errors"], told["milliseconds"]["n"]) == (12, 4, 8)


def test_the_floor_finds_the_nearest_rows_in_order():
    rows = np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    wanted = np.argsort(-(rows @ rows[3]), kind="stable")
    assert nearest(rows, rows[3], 5).tolist() == wanted[:5].tolist()
    assert len(nearest(rows, rows[3], 500)) == 50


def test_the_floor_gathers_what_bm25_scores():
    texts = ["梨树模式保护黑土地", "森林覆盖率达到45.8%", "黑土地保护性耕作"]
    nodes = [TextNode(id_=str(i), text=text) for i, text in enumerate(texts)]
    lexical = LexicalIndex.build(nodes, {})
    terms = lexical_terms("黑土地保护")
    found = postings_of(lexical, terms)
    wanted = lexical.scores(list(dict.fromkeys(terms)))
    assert len(found) == len(wanted)
    for (slices, size), scores in zip(found, wanted.values(), strict=True):
        assert gather(slices, size) == pytest.approx(scores, abs=1e-5)


def test_chroma_text_filter_finds_by_words_and_ranks_by_vectors_only():
    from ingest.encoder import JiwenEmbedding

    texts = ["推广梨树模式。", "提高森林覆盖率。", "森林火险，保护森林。"]
    nodes = [TextNode(id_=str(i), text=text) for i, text in enumerate(texts)]
    plain = ChromaTextRetriever(nodes, word_cut)
    assert {found.node.node_id for found in plain.retrieve("森林覆盖率多少")} == {"1", "2"}
    assert plain.retrieve("？") == []
    ranked = ChromaTextRetriever(nodes, word_cut, embedding=JiwenEmbedding())
    assert next(found.node.node_id for found in ranked.retrieve("森林覆盖率多少")) == "1"


@pytest.mark.skipif(find_spec("rank_bm25") is None, reason="rank_bm25 is installed by `make bench` only")
def test_rank_bm25_leaves_out_what_has_no_word_of_the_question():
    from eval.retrievers import RankBm25Retriever

    texts = ["梨树模式", "森林覆盖率", "黑土地", "人均寿命"]
    nodes = [TextNode(id_=str(i), text=text) for i, text in enumerate(texts)]
    found = RankBm25Retriever(nodes, word_cut).retrieve("森林覆盖率多少")
    assert [node.node.node_id for node in found] == ["1"]


def test_the_size_is_that_of_a_package_and_what_it_needs():
    names = closure(("llama-index-core",))
    assert {"llama-index-core", "numpy", "pydantic"} <= names
    assert "pytest" not in names
    assert "mcp" not in closure(("gradio",))
    assert "mcp" in closure(("gradio[mcp]",))
    assert closure(("no-such-package-here",)) == set()
    assert installed_bytes({"numpy"}) < installed_bytes(names)


def test_folders_are_counted_whole(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"123")
    (tmp_path / "c").write_bytes(b"45")
    assert folder_bytes(tmp_path) == 5


def test_memory_is_read_from_the_status_of_a_process(tmp_path):
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmHWM:\t  20 kB\nVmRSS:\t  10 kB\n", encoding="utf-8")
    assert memory(status) == {"resident": 10 * 1024, "peak": 20 * 1024}
    assert memory(tmp_path / "none") == {}


def test_a_start_is_one_process_that_answers_everything(tmp_path):
    told = starts.start("tutorial_bm25", tmp_path, QUESTIONS)
    assert told["seconds"] > 0
    assert "tutorial_bm25" in SYSTEMS
    with pytest.raises(EvaluationError, match="没有给出回答"):
        starts.start("no such system", tmp_path, QUESTIONS)


def test_the_goals_are_held_against_the_tutorial(measured):
    told = {goal["name"]: goal for goal in goals(measured)}
    assert told["再次启动到第一个回答"]["value"] == 5.0
    assert told["再次启动到第一个回答"]["ratio"] == 2.5
    assert told["一人提问，95% 分位"]["ratio"] == 4.0
    assert told["网页进程内存"]["value"] == 256
    text = bench_page(measured)
    assert "| 再次启动到第一个回答 | 5.0 秒 | ≤ 4 秒 | 否 | 2.5 倍 |" in text
    assert "| 第一次启动到第一个回答 | 30.0 秒 | ≤ 60 秒 | 是 |" in text


def test_the_page_shows_every_row(measured):
    text = bench_page(measured)
    assert "| 本项目（只检索） | 50.0% |" in text
    assert "未安装 rank_bm25" in text
    assert "| 词语（各字段 BM25） | 3 | 2.00 | 0.50 | 4.0 |" in text
    del measured["web"]["warm"]["resident"], measured["web"]["warm"]["peak"]  # where memory is not told
    assert "网页进程内存" not in bench_page(measured)


def test_the_readme_gets_the_table_in_its_section_and_only_there(measured, tmp_path):
    readme = tmp_path / "README.md"
    before = "# 名\n\n## 一\n\n| 别的 |\n\n"
    section = "{}\n\n说明。\n\n| 旧 |\n|---|\n| 旧行 |\n\n注。\n"
    readme.write_text(f"{before}{section.format(page.HEADING)}\n## 二\n\n| 也别动 |\n", encoding="utf-8")
    update_readme(readme, measured)
    text = readme.read_text(encoding="utf-8")
    table = "\n".join(readme_table(measured))
    assert text == f"{before}{page.HEADING}\n\n说明。\n\n{table}\n\n注。\n\n## 二\n\n| 也别动 |\n"
    update_readme(readme, measured)
    assert readme.read_text(encoding="utf-8") == text


def test_the_readme_quotes_the_last_run():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if page.HEADING in readme:
        measured = json.loads((ROOT / "eval" / "bench.json").read_text(encoding="utf-8"))
        assert "\n".join(readme_table(measured)) in readme
        assert (ROOT / "eval" / "BENCH.md").read_text(encoding="utf-8") == bench_page(measured)
