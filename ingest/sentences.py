"""Sentences: where a text may be divided without cutting a quotation, a number or a bracket."""

import re

_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’』）》]*|[^。！？]+$")
_OPEN = "（《“〔"
_CLOSE = "）》”〕"


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, covering it whole.

    A stop inside brackets or quotation marks does not end a sentence; line breaks do.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in re.finditer(r"[^\n]+\n?", text):
        start = match.start()
        depth_from = start
        for piece in _SENTENCE.finditer(text, match.start(), match.end()):
            if _depth(text[depth_from : piece.end()]) > 0:
                continue
            spans.append((depth_from, piece.end()))
            depth_from = piece.end()
        if depth_from < match.end():
            spans.append((depth_from, match.end()))
    return [(a, b) for a, b in spans if text[a:b].strip()]


def clause_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the parts of `text` between semicolons, covering it whole."""
    starts = [0, *(match.end() for match in re.finditer("；", text))]
    ends = [*starts[1:], len(text)]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if b > a]


def _depth(text: str) -> int:
    return sum(text.count(char) for char in _OPEN) - sum(text.count(char) for char in _CLOSE)
