"""Questions and keywords for the passages of a plan, written by a language model (doc2query).

Each passage's entry is written down as soon as it is there, so that a stopped run goes on from there.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM
from llama_index.core.schema import TextNode

from ingest.enrichment import Enrichment, enrichment_path, load_enrichment
from ingest.errors import ModelError
from ingest.index import Progress
from ingest.passages import passage_fingerprint, plan_passages
from ingest.reader import read_source
from ingest.sentences import sentence_spans
from ingest.settings import Settings
from prompts import Prompt

_QUESTIONS = 6
_KEYWORDS = 12
_LONGEST = 60  # characters of a question
_FAILURES = 3  # passages in a row without an answer before the run stops
_SKIPPED = ("outline",)  # headings need no questions
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_EXAMPLE = (
    '{"questions": ["……？", "……？"], "keywords": ["……", "……"], "sentences": {"1": ["……？"], "2": ["……？"]}}'
)
_EACH = 4  # questions for a single sentence
_START = 12  # characters by which a sentence is found again, more where others begin so too


def enrich(settings: Settings, llm: LLM, prompt: Prompt, progress: Progress | None = None) -> tuple[int, int]:
    """Write the entries that are missing beside the source; the next opening of the index uses them.

    Args:
        settings: where the source is.
        llm: writes them.
        prompt: `enrich`, with its places still open.
        progress: called after each passage.

    Returns:
        How many passages have an entry now, and how many should.

    Raises:
        ModelError: the model does not answer, or the file cannot be written; what was written stays.
        NotAPlanError: the source is no plan.
        IndexBuildError: the source cannot be read.
    """
    passages = [
        node for node in plan_passages(read_source(settings.source)) if node.metadata["kind"] not in _SKIPPED
    ]
    path = enrichment_path(settings.source)
    _mend(path)
    done = load_enrichment(path, passages)
    todo = [node for node in passages if node.node_id not in done]
    count, failures = len(done), 0
    for node in todo:
        entry = _ask(llm, prompt, node)
        if entry is None:
            failures += 1
            if failures == _FAILURES:
                raise ModelError(
                    f"语言模型连续{_FAILURES}次没有给出可用的问句，已停止。"
                    f"已写好的{count}段保存在 {path.name}，检查 JIWEN_LLM 各项设置后重新运行会接着做。"
                )
            continue
        failures = 0
        _append(path, node, entry)
        count += 1
        if progress:
            progress("为段落写问句", count, len(passages))
    return count, len(passages)


def parse_entry(reply: str, passage: str) -> Enrichment | None:
    """The entry in a model's reply; None where it holds none that can be used.

    Questions with numbers that the passage does not have are left out: they would lead to the wrong place.
    """
    match = _OBJECT.search(reply.rpartition("</think>")[2])
    if match is None:
        return None
    try:
        found = json.loads(match.group())
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    numbers = set(_NUMBER.findall(passage))
    questions = _asked(found.get("questions"), numbers)
    if not questions:
        return None
    keywords = _texts(found.get("keywords"), 20)[:_KEYWORDS]
    return Enrichment(tuple(questions[:_QUESTIONS]), tuple(keywords), _sentences(found, passage, numbers))


def _sentences(
    found: dict[str, Any], passage: str, numbers: set[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The questions for single sentences, by their beginnings; none where there is but one sentence."""
    spans = sentence_spans(passage)
    written = found.get("sentences")
    if len(spans) < 2 or not isinstance(written, dict):
        return ()
    parts = []
    for number, (start, end) in enumerate(spans, 1):
        questions = _asked(written.get(str(number)), numbers)[:_EACH]
        if questions:
            parts.append((_beginning(passage, start, end), tuple(questions)))
    return tuple(parts)


def _beginning(passage: str, start: int, end: int) -> str:
    for length in range(_START, end - start):
        if passage.index(passage[start : start + length]) == start:
            return passage[start : start + length]
    return passage[start:end]


def _asked(value: object, numbers: set[str]) -> list[str]:
    return [
        text
        for text in _texts(value, _LONGEST)
        if set(_NUMBER.findall(text)) <= numbers and _HAN.search(text)
    ]


def _texts(value: object, longest: int) -> list[str]:
    texts = [entry.strip() for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
    return [text for text in dict.fromkeys(texts) if 0 < len(text) <= longest]


def _ask(llm: LLM, prompt: Prompt, node: TextNode) -> Enrichment | None:
    filled = prompt.filled(
        count=_QUESTIONS, example=_EXAMPLE, place=node.metadata["place"], passage=_numbered(node.text)
    )
    said = [(MessageRole.SYSTEM, filled.rules), (MessageRole.USER, filled.task)]
    messages: Sequence[ChatMessage] = [ChatMessage(role=role, content=text) for role, text in said]
    for _ in range(2):
        try:
            reply = llm.chat(messages).message.content
        except Exception:  # of any client library; its words may hold the key, so they go nowhere
            continue
        entry = parse_entry(reply or "", node.text)
        if entry is not None:
            return entry
    return None


def _numbered(passage: str) -> str:
    """A passage, its sentences numbered where it has several."""
    spans = sentence_spans(passage)
    texts = [passage[start:end].replace("\n", "") for start, end in spans]
    return texts[0] if len(texts) == 1 else "\n".join(f"{i}. {text}" for i, text in enumerate(texts, 1))


def _append(path: Path, node: TextNode, entry: Enrichment) -> None:
    line: dict[str, Any] = {
        "id": node.node_id,
        "fingerprint": passage_fingerprint(node),
        "questions": list(entry.questions),
        "keywords": list(entry.keywords),
    }
    if entry.sentences:
        line["sentences"] = [{"text": text, "questions": list(asked)} for text, asked in entry.sentences]
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ModelError(f"无法写入 {path}：{error.strerror}。请检查磁盘空间和写入权限。") from error


def _mend(path: Path) -> None:
    """Cut off a last line that a killed run left unfinished."""
    if not path.exists():
        return
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        path.write_bytes(data[: data.rfind(b"\n") + 1])
