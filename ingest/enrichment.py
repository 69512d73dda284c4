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
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            fits = fingerprints.get(entry["id"]) == entry["fingerprint"]
            enrichment = Enrichment(_texts(entry["questions"]), _texts(entry["keywords"]))
        except KeyError as error:
            raise _unreadable(path, number, f"缺少 {error}") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise _unreadable(path, number, error) from error
        if fits:
            found[entry["id"]] = enrichment
    return found


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError("questions 和 keywords 应为字符串的列表")
    return tuple(value)


def _unreadable(path: Path, line: int, reason: object) -> IndexBuildError:
    return IndexBuildError(f"段落问句文件 {path.name} 第 {line} 行无法读取：{reason}。请改正或删去这一行。")
