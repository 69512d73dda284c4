"""The year that governs a piece of a sentence quoted without it."""

import pytest
from llama_index.core.schema import TextNode

from bot.compose.target_year import governing_year
from bot.draft import Quote
from ingest.plan import Span

START = 100  # of the passage in the plan's text


def quoted(text, piece, kind="paragraph", lead=""):
    node = TextNode(
        text=text, metadata={"kind": kind, "lead": lead, "start": START, "end": START + len(text)}
    )
    at = START + text.index(piece)
    found = governing_year(Quote(node, Span(at, at + len(piece))))
    return found and text[found.span.start - START : found.span.end - START]


@pytest.mark.parametrize(
    ("text", "piece", "year"),
    [
        ("到2025年，修路五千公里；建桥十座。", "建桥十座", "到2025年"),
        ("到2025年，修路五千公里；建桥十座。", "到2025年，修路五千公里", None),  # it says its year
        ("到2030年，全面振兴。营商环境一流。", "营商环境一流。", "到2030年"),  # the paragraph's year
        ("修路。到2025年，通到县；通到乡。", "通到乡", "到2025年"),
        ("修路。到2025年，通到县。养路。", "养路。", None),  # another sentence's year
        ("到2025年，通到县；2030年通到村。", "2030年通到村", None),
        ("2025年底前，通到县；通到乡。", "通到乡", "2025年底"),
        ("修路；建桥。", "建桥", None),
    ],
)
def test_governing_year(text, piece, year):
    assert quoted(text, piece) == year


def test_under_a_lead_only_the_own_sentence_tells():
    text = "修路。到2025年，通到县。养路。"
    assert quoted(text, "养路。", lead="修路") is None
    assert quoted("到2025年的事。养路。", "养路。", lead="到2025年的事") is None


def test_items_and_terms_keep_to_themselves():
    assert quoted("到2025年，通到县；通到乡。", "通到乡", kind="box_item") is None
