"""The training questions as the index knows them: asked of a passage's sentence, or asked in vain.

What people ask, with what answers it, is worth as much to an index as the questions written for its
passages (`ingest/enrichment.py`): `write_training` puts the training questions there, beside the sentences
that hold their facts, and those that the plan does not answer into the list of unanswered ones
(`ingest/unanswered.py`). One that is near a question of the splits that measure stays out, or the measure
would be of memory.
"""

import json
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llama_index.core.schema import TextNode

from eval.text import holds
from ingest.enrichment import enrichment_path
from ingest.index import PlanIndex, open_index
from ingest.passages import passage_fingerprint, plan_passages
from ingest.reader import read_source
from ingest.sentences import sentence_spans
from ingest.settings import Settings
from ingest.unanswered import unanswered_path

if TYPE_CHECKING:
    from eval.fit import TrainingQuestion

_NEAR = 0.5  # Jaccard index of two questions' character bigrams, from which one is a copy of the other
_START = 12  # characters by which a sentence is told from the others of its passage


def write_training(
    source: Path, raw: str, questions: Sequence["TrainingQuestion"], measured: Iterable[str]
) -> tuple[int, int]:
    """Put training questions beside the source, in place of those that were there.

    Args:
        source: the plan's file; the questions for its passages and the unanswered ones are beside it.
        raw: its text.
        questions: to be known.
        measured: the questions of the splits that measure.

    Returns:
        How many questions are known with an answer, and how many without.
    """
    nearness = _Nearness(measured)
    kept = [entry for entry in questions if not nearness.near(entry.question)]
    nodes = {node.node_id: node for node in plan_passages(raw)}
    path = enrichment_path(source)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    entries = {entry["id"]: entry for entry in map(json.loads, filter(None, lines))}
    entries = {name: entry for name, entry in entries.items() if _written(entry)}
    answered = [entry for entry in kept if entry.passages]
    for question in answered:
        for name in question.passages:
            if name in nodes:
                _add(entries, nodes[name], question)
    ordered = [entries[name] for name in nodes if name in entries]
    path.write_text(
        "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in ordered), encoding="utf-8"
    )
    vain = list(dict.fromkeys(entry.question for entry in kept if not entry.passages))
    lines = [json.dumps({"question": text}, ensure_ascii=False) + "\n" for text in vain]
    unanswered_path(source).write_text("".join(lines), encoding="utf-8")
    return len(answered), len(vain)


def held_out_indexes(
    settings: Settings,
    questions: Sequence["TrainingQuestion"],
    measured: Sequence[str],
    folder: Path,
    folds: int = 5,
) -> list[tuple[PlanIndex, list["TrainingQuestion"]]]:
    """Indexes that each know all training questions but those of some authors, with the ones left out.

    Args:
        settings: whose source is indexed.
        questions: the training questions.
        measured: the questions of the splits that measure.
        folder: an empty one to build in; it is needed as long as the indexes are.
        folds: how many groups the authors are put into.
    """
    raw = read_source(settings.source)
    authors = [author for author, _ in Counter(entry.author for entry in questions).most_common()]
    found = []
    for number in range(min(folds, len(authors))):
        out = set(authors[number::folds])
        home = folder / str(number)
        home.mkdir()
        source = home / settings.source.name
        shutil.copyfile(settings.source, source)
        if enrichment_path(settings.source).exists():
            shutil.copyfile(enrichment_path(settings.source), enrichment_path(source))
        write_training(source, raw, [entry for entry in questions if entry.author not in out], measured)
        there = settings.model_copy(update={"source": source, "data": home / "data"})
        found.append((open_index(there), [entry for entry in questions if entry.author in out]))
    return found


def _written(entry: dict[str, Any]) -> bool:
    """Take the training questions out of an entry, and say whether anything is left in it."""
    entry.pop("known", None)
    sentences = entry.pop("sentences", [])
    for sentence in sentences:
        sentence.pop("known", None)
    left = [sentence for sentence in sentences if sentence["questions"]]
    if left:
        entry["sentences"] = left
    return bool(left or entry["questions"] or entry["keywords"])


def _add(entries: dict[str, Any], node: TextNode, question: "TrainingQuestion") -> None:
    """Write a question down at the sentences of a passage that hold its facts, else at the passage."""
    entry = entries.setdefault(
        node.node_id,
        {"id": node.node_id, "fingerprint": passage_fingerprint(node), "questions": [], "keywords": []},
    )
    places = _sentences(entry, node, question.facts) or [entry]
    for place in places:
        known = place.setdefault("known", [])
        if question.question not in known:
            known.append(question.question)


def _sentences(entry: dict[str, Any], node: TextNode, facts: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    sentences = entry.get("sentences", [])
    at = {node.text.index(sentence["text"]): sentence for sentence in sentences}
    starts = sorted(at) or [start for start, _ in sentence_spans(node.text)]
    found = []
    for start, end in zip(starts, [*starts[1:], len(node.text)], strict=True):
        if any(holds(node.text[start:end], list(fact)) for fact in facts):
            if start not in at:
                at[start] = {"text": _beginning(node.text, start), "questions": []}
                sentences.append(at[start])
            found.append(at[start])
    if found:
        entry["sentences"] = sorted(sentences, key=lambda sentence: node.text.index(sentence["text"]))
    return found


def _beginning(text: str, start: int) -> str:
    length = _START
    while text.index(text[start : start + length]) != start:
        length += _START
    return text[start : start + length]


class _Nearness:
    """Which questions are nearly the same as one of a set."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._grams = [_bigrams(text) for text in questions]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, grams in enumerate(self._grams):
            for gram in grams:
                self._holders[gram].append(number)

    def near(self, text: str) -> bool:
        grams = _bigrams(text)
        shared: dict[int, int] = defaultdict(int)
        for gram in grams:
            for number in self._holders.get(gram, ()):
                shared[number] += 1
        return any(count / len(grams | self._grams[n]) >= _NEAR for n, count in shared.items())


def _bigrams(text: str) -> set[str]:
    bare = re.sub(r"[\s？?。，,！!、“”\"]", "", text)
    return {bare[i : i + 2] for i in range(len(bare) - 1)}
