"""Questions and keywords for passages (doc2query): they help finding and are never shown or quoted.

One JSON object a line: {"id", "fingerprint", "questions": [...], "keywords": [...]}, and, where questions
were written for single sentences, "sentences": [{"text", "questions": [...]}, ...] with the beginning of each
sentence as it stands in the passage. An entry whose fingerprint no longer fits its passage is left out: it
was written for another text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from llama_index.core.schema import TextNode

from ingest.errors import IndexBuildError
from ingest.passages import passage_fingerprint


@dataclass(frozen=True)
class Enrichment:
    """What people would ask to get a passage, and their words for its official ones.

    Attributes:
        questions: about the passage.
        keywords: everyday words for what it says.
        sentences: beginnings of its sentences, with the questions that the sentence answers.
    """

    questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    sentences: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def every_question(self) -> tuple[str, ...]:
        """The questions about the passage, then those about its sentences."""
        return (*self.questions, *(text for _, questions in self.sentences for text in questions))


class WrittenQuestion(NamedTuple):
    """A question written for the passage at a position, or for its sentence that begins at a character."""

    passage: int
    at: int | None
    text: str


def written_questions(
    passages: Sequence[TextNode], enrichment: Mapping[str, Enrichment]
) -> list[WrittenQuestion]:
    """Every written question; the order is the same wherever they are indexed."""
    found = []
    for i, node in enumerate(passages):
        entry = enrichment.get(node.node_id, Enrichment())
        found += [WrittenQuestion(i, None, text) for text in entry.questions]
        for start, questions in entry.sentences:
            found += [WrittenQuestion(i, node.text.index(start), text) for text in questions]
    return found


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
    nodes = {node.node_id: node for node in passages}
    fingerprints = {key: passage_fingerprint(node) for key, node in nodes.items()}
    found: dict[str, Enrichment] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            fits = fingerprints.get(entry["id"]) == entry["fingerprint"]
            enrichment = Enrichment(
                _texts(entry["questions"]),
                _texts(entry["keywords"]),
                tuple((part["text"], _texts(part["questions"])) for part in entry.get("sentences", ())),
            )
            text = nodes[entry["id"]].text if fits else ""
            lost = [start for start, _ in enrichment.sentences if fits and start not in text]
        except KeyError as error:
            raise _unreadable(path, number, f"缺少 {error}") from error
        except (ValueError, TypeError) as error:
            raise _unreadable(path, number, error) from error
        if lost:
            raise _unreadable(path, number, f"段落中没有“{lost[0]}”")
        if fits:
            found[entry["id"]] = enrichment
    return found


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError("questions 和 keywords 应为字符串的列表")
    return tuple(value)


def _unreadable(path: Path, line: int, reason: object) -> IndexBuildError:
    return IndexBuildError(f"段落问句文件 {path.name} 第 {line} 行无法读取：{reason}。请改正或删去这一行。")
