"""`python -m eval.bench.child SYSTEM FOLDER`: one system in a process of its own, for its start and memory.

Questions come on standard input, one a line. The first answer is told at once by a line, the memory in use
after all of them by another.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

Ask = Callable[[str], object]
_STATUS = Path("/proc/self/status")  # not on every system: then memory is not told


def jiwen(folder: Path) -> Ask:
    """This project, as its command line opens it."""
    from ingest.collector import collector_held

    with collector_held():
        from bot.engine import open_engine
        from ingest.settings import load_settings

        return open_engine(load_settings(data=folder)).ask


def tutorial(folder: Path) -> Ask:
    """llama-index's tutorial: split, embed, keep; and from then on load what was kept."""
    from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage

    from eval.retrievers import split_nodes
    from ingest.encoder import JiwenEmbedding

    embedding = JiwenEmbedding()
    if (folder / "docstore.json").exists():
        index = load_index_from_storage(
            StorageContext.from_defaults(persist_dir=str(folder)), embed_model=embedding
        )
    else:
        index = VectorStoreIndex(split_nodes(_raw()), embed_model=embedding)
        index.storage_context.persist(str(folder))
    return index.as_retriever(similarity_top_k=10).retrieve


def tutorial_bm25(folder: Path) -> Ask:
    """The tutorial's chunks and BM25, made anew at every start."""
    from eval.retrievers import Bm25Retriever, default_cut, split_nodes

    return Bm25Retriever(split_nodes(_raw()), default_cut).retrieve


def bm25s_jieba(folder: Path) -> Ask:
    """Our passages, bm25s and jieba, made anew at every start."""
    from eval.retrievers import Bm25Retriever, jieba_cut
    from ingest.passages import plan_passages

    return Bm25Retriever(plan_passages(_raw()), jieba_cut).retrieve


def rank_bm25_jieba(folder: Path) -> Ask:
    """Our passages, rank_bm25 and jieba, made anew at every start."""
    from eval.retrievers import RankBm25Retriever, jieba_cut
    from ingest.passages import plan_passages

    return RankBm25Retriever(plan_passages(_raw()), jieba_cut).retrieve


SYSTEMS = {make.__name__: make for make in (jiwen, tutorial, tutorial_bm25, bm25s_jieba, rank_bm25_jieba)}
NEEDS = {"bm25s_jieba": "jieba", "rank_bm25_jieba": "rank_bm25"}


def main(arguments: list[str]) -> int:
    """Open a system, ask it everything, tell the first answer and the memory."""
    ask = SYSTEMS[arguments[0]](Path(arguments[1]))
    for number, question in enumerate(sys.stdin.read().splitlines()):
        ask(question)
        if not number:
            sys.stdout.write("answered\n")
            sys.stdout.flush()
    sys.stdout.write(json.dumps(memory(_STATUS)) + "\n")
    return 0


def memory(status: Path) -> dict[str, int]:
    """Memory of a process in bytes: "resident" now, and at its "peak"; empty where it is not told.

    Args:
        status: the process's `status` under `/proc`.
    """
    if not status.exists():
        return {}
    names = {"VmRSS": "resident", "VmHWM": "peak"}
    lines = (line.partition(":") for line in status.read_text(encoding="utf-8").splitlines())
    return {names[key]: int(value.split()[0]) * 1024 for key, _, value in lines if key in names}


def _raw() -> str:
    from ingest.settings import load_settings

    return load_settings().source.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
