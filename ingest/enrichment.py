"""Questions and keywords for passages (doc2query): they help finding and are never shown or quoted.

One JSON object a line: {"id", "fingerprint", "questions": [...], "keywords": [...]}. An entry whose
fingerprint no longer fits its passage is left out: it was written for another text.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from llama_index.core.schema import TextNode

from ingest.errors import IndexBuildError
from ingest.passages import passage_fingerprint


@dataclass(frozen=True)
class Enrichment:
    """What people would ask to get a passage, and their words for its official ones."""

    questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def enrichment_path(source: Path) -> Path:
    """Where the questions for the passages of `source` are kept: beside it, `<name>.questions.jsonl`."""
    return source.with_suffix(".questions.jsonl")


def load_enrichment(path: Path, passages: Iterable[TextNode]) -> dict[str, Enrichment]:
    """Read the entries that fit `passages`, by passage id; no file gives none.

    Raises:
        IndexBuildError: a line is no JSON object with these keys; the message names the line.
    """
    if not path.exists():
        return {}
    fingerprints = {node.node_id: passage_fingerprint(node) for node in passages}
    found: dict[str, Enrichment] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            fits = fingerprints.get(entry["id"]) == entry["fingerprint"]
            enrichment = Enrichment(tuple(entry["questions"]), tuple(entry["keywords"]))
        except (ValueError, KeyError, TypeError) as error:
            raise IndexBuildError(f"段落问句文件 {path.name} 第 {number} 行无法读取：{error}") from error
        if fits:
            found[entry["id"]] = enrichment
    return found
