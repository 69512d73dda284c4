"""Open texts and pairs for training, and the part of them that is kept for validation."""

import csv
import hashlib
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PAIRS = "pairs-open.tsv.xz"
PASSAGES = "passages-open.tsv.xz"
TEXTS = "policy-texts.jsonl.xz"
# Per mille of each source's questions that are held out, with the passages they lead to.
HELD_OUT = {"gov_prov_2026": 150, "laws": 50, "drcd": 100}
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百千零〇]+条\s*")
_HEADING = re.compile(r"^#+\s*")
_SENTENCE = re.compile(r"(?<=[。；;])")
_REPORTS = ("gov_prov_2026", "gov_central_tmx")
_LONG_ARTICLE = 80  # characters from which an article of a law is long enough to be cut for a cloze pair
_MIN_SENTENCE = 6
_MIN_PASSAGE = 15  # characters below which a paragraph says too little to be searched for


@dataclass(frozen=True)
class Pair:
    """A question, or a heading, and the passage it leads to."""

    query: str
    passage: str
    source: str


@dataclass(frozen=True)
class Corpus:
    """What an encoder learns from, and what it is judged by."""

    texts: tuple[str, ...]  # running text, for the co-occurrence of words
    pairs: tuple[Pair, ...]
    held_out: tuple[Pair, ...]
    distractors: dict[str, tuple[str, ...]]  # by source: more passages to search among


def read_corpus(folder: Path, plan: Path, extra: Sequence[Path] = ()) -> Corpus:
    """Read the open data, the plan and extra pairs.

    Args:
        folder: holds the three files named at the head of this module.
        plan: a plan's extracted text, as the product reads it.
        extra: files of lines `query<TAB>passage`; nothing of them is held out.

    Returns:
        Pairs without any whose question or passage is held out; texts without the laws held out.
    """
    found = list(_open_pairs(folder / PAIRS))
    held = [pair for pair in found if _is_held_out(pair)]
    held_queries = {pair.query for pair in held}
    held_passages = {pair.passage for pair in held}
    documents = [doc for doc in _documents(folder / TEXTS) if not _kept_apart(doc[0], "laws")]
    pairs = [pair for pair in found if pair.query not in held_queries and pair.passage not in held_passages]
    for title, text in documents:
        pairs += _law_pairs(title, text)
    pairs += _plan_pairs(plan)
    # An open passage may hold a shorter one that is held out.
    apart = {source: [pair.passage for pair in held if pair.source == source] for source in HELD_OUT}
    open_passages = [
        row for row in _open_passages(folder / PASSAGES) if not _holds(row[2], apart.get(row[0], []))
    ]
    reports = [text for source, _, text in open_passages if source in _REPORTS]
    reports += [pair.passage for pair in pairs if pair.source in ("gov_prov_2026", "plan")]
    articles = [
        pair.passage for pair in pairs if pair.source == "policy" and len(pair.passage) >= _LONG_ARTICLE
    ]
    pairs += _cloze_pairs(reports, "cloze_reports", cuts=6) + _cloze_pairs(articles, "cloze_laws", cuts=1)
    for path in extra:
        pairs += _extra_pairs(path)
    texts = [text for _, text in documents]
    texts += [f"{title}\n{passage}" for _, title, passage in open_passages]
    texts += list(dict.fromkeys(p.passage for p in pairs if p.source in ("drcd", "xinhua_idiom", "cmrc2019")))
    texts += list(dict.fromkeys(p.query for p in pairs if not p.source.startswith("cloze")))
    texts.append("\n".join(pair.passage for pair in _plan_pairs(plan)))
    seen = dict.fromkeys(pairs)
    return Corpus(tuple(texts), tuple(seen), tuple(held), _distractors(found))


def _distractors(pairs: Sequence[Pair]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {source: {} for source in HELD_OUT}
    for pair in pairs:
        if pair.source in found:
            found[pair.source][pair.passage] = None
    return {source: tuple(passages) for source, passages in found.items()}


def _holds(passage: str, held: Sequence[str]) -> bool:
    return any(part in passage for part in held)


def _share(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 1000


def _kept_apart(key: str, source: str) -> bool:
    return _share(key) < HELD_OUT.get(source, 0)


def _is_held_out(pair: Pair) -> bool:
    # A law is held out whole, by its title.
    key = pair.query.split("：")[0] if pair.source == "laws" else pair.query
    return _kept_apart(key, pair.source)


def _rows(path: Path) -> Iterator[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _open_pairs(path: Path) -> Iterator[Pair]:
    for query, passage, source in _rows(path):
        yield Pair(query, passage, source)


def _open_passages(path: Path) -> list[tuple[str, str, str]]:
    return [(source, title, passage) for source, title, passage in _rows(path)]


def _extra_pairs(path: Path) -> Iterator[Pair]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) >= 2 and row[0].strip() and row[1].strip():
                yield Pair(row[0], row[1], "extra")


def _documents(path: Path) -> Iterator[tuple[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            document = json.loads(line)
            yield document["title"], document["text"]


def _law_pairs(title: str, text: str) -> Iterator[Pair]:
    """Title and heading to paragraph, for what the open pairs leave out (other parts, work reports)."""
    heading = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("#"):
            heading = re.sub(r"^第[一二三四五六七八九十百]+[章节编]\s*", "", _HEADING.sub("", line)).strip()
        elif len(passage := _ARTICLE.sub("", line)) >= _MIN_PASSAGE and not passage.startswith("<!--"):
            query = title if heading in ("", title) else f"{title}：{heading}"
            yield Pair(query, passage, "policy")


def _cloze_pairs(passages: Sequence[str], source: str, cuts: int) -> list[Pair]:
    """Up to `cuts` sentences of each passage, each with what is left of the passage without it.

    The inverse cloze task of Lee, Chang, Toutanova (2019): what belongs together without sharing words.
    """
    found = []
    for passage in dict.fromkeys(passages):
        sentences = [part for part in _SENTENCE.split(passage) if len(part) >= _MIN_SENTENCE]
        if len(sentences) < 3:
            continue
        order = sorted(range(len(sentences)), key=lambda i: _share(f"{i}{sentences[i]}"))
        for i in order[:cuts]:
            found.append(Pair(sentences[i], "".join(sentences[:i] + sentences[i + 1 :]), source))
    return found


def _plan_pairs(path: Path) -> list[Pair]:
    from ingest.passages import plan_passages

    found = []
    for node in plan_passages(path.read_text(encoding="utf-8")):
        title, lead = node.metadata.get("title", ""), node.metadata.get("lead", "")
        body = node.text.removeprefix(lead).lstrip("。：") or node.text
        if title and node.text != title:
            found.append(Pair(title, body, "plan"))
        if lead and body != lead:
            found.append(Pair(f"{title} {lead}".strip(), body, "plan"))
            found.append(Pair(lead, f"{title} {body}", "plan"))
    return found
