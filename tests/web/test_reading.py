"""The reading view holds the whole plan, with an anchor for all that can be cited."""

import re
from html.parser import HTMLParser

import pytest

from bot.web.reading import reading_html
from ingest.passages import passages_of


class View(HTMLParser):
    """Collects ids, and the text outside what is marked data-x."""

    VOID = frozenset({"br", "img", "input", "hr", "meta", "link"})

    def __init__(self):
        super().__init__()
        self.ids, self.hrefs, self.text, self.skip, self.open = [], [], [], [], []
        self.leaf = {}

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.hrefs.append(values.get("href"))
        if tag not in self.VOID:
            self.open.append((tag, values))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if any("data-x" in values for _, values in self.open):
            return
        for _, values in reversed(self.open):
            if "data-s" in values:
                key = (int(values["data-s"]), int(values["data-e"]), "data-whole" in values)
                self.leaf[key] = self.leaf.get(key, "") + data
                return


@pytest.fixture(scope="module")
def view(plan, engine):
    found = View()
    found.feed(reading_html(plan, engine.index.passages))
    assert found.open == []
    return found


def test_every_passage_section_and_page_has_one_anchor(view, plan, engine):
    assert len(view.ids) == len(set(view.ids))
    assert {node.node_id for node in engine.index.passages} <= set(view.ids)
    assert {f"page-{page}" for page in range(1, plan.pages_total + 1)} <= set(view.ids)


def test_every_link_leads_to_an_anchor(view):
    assert {href[1:] for href in view.hrefs} <= set(view.ids)


def test_the_text_between_the_marks_is_the_plans_character_for_character(view, plan):
    for (start, end, whole), text in view.leaf.items():
        if not whole:  # a row of the table is laid out anew
            assert text == plan.text[start:end]
    covered = sum(end - start for start, end, _ in view.leaf)
    assert covered >= len(plan.text.replace("\n", "")) * 0.99


def test_rows_of_the_table_show_every_cell(view, plan):
    for row in plan.indicator_table()[2].indicators:
        text = view.leaf[(row.span.start, row.span.end, True)]
        for cell in (
            row.name,
            row.unit,
            row.expected_2020,
            row.target_2025,
            row.annual_or_total,
            row.attribute,
        ):
            assert cell is None or cell in text


def test_a_mended_figure_carries_a_mark_that_explains_it(plan, engine):
    html = reading_html(plan, engine.index.passages)
    marked = re.findall(r'<span class="jw-mend" title="([^"]+)">([^<]+)</span>', html)
    assert ("45.8" in {figure for _, figure in marked}) == any(
        plan.text[m.position - 2 : m.position + 2] == "45.8" for m in plan.mends
    )
    assert len(marked) >= len({m.position for m in plan.mends}) * 0.9
    assert all("U+E010" in hint for hint, _ in marked)


def test_a_text_with_tags_in_it_is_shown_as_text():
    from ingest.plan import Paragraph, Plan, Span

    text = "<script>alert(1)</script>&amp;"
    plan = Plan("<b>规划</b>", text, (Paragraph(Span(0, len(text))),), (), (), (), (0,))
    html = reading_html(plan, passages_of(plan))
    assert "<script" not in html
    assert "<b>规划" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in html
