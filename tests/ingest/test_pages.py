"""Pages: what is cited as page N is printed on page N."""

import re

import pytest

from ingest.characters import narrow, squeeze


@pytest.fixture(scope="module")
def printed_pages(raw):
    """The text of each page, counted here anew: a leading ASCII space, or a page mark, begins one."""
    pages, fresh = [], True
    for line in raw.split("\n"):
        if not line.strip():
            continue
        if re.fullmatch(r"—[０-９]+—", line.strip()):
            fresh = True
            continue
        if fresh or line.startswith(" "):
            pages.append("")
            fresh = False
        pages[-1] += squeeze(narrow(line))
    return pages


def test_there_are_152_pages(printed_pages, plan):
    assert len(printed_pages) == plan.pages_total == 152


def test_ten_marks_agree(plan):
    assert [mark for mark, _ in plan.page_marks] == [8, 10, 29, 33, 83, 102, 107, 110, 128, 152]
    assert all(mark == page for mark, page in plan.page_marks)


def test_marked_pages_end_where_their_mark_stands(plan, raw):
    """The line before a mark is on its page, the line after on the next."""
    lines = [line for line in raw.split("\n") if line.strip()]
    for mark, _ in plan.page_marks:
        at = next(i for i, line in enumerate(lines) if line.strip() == f"—{wide(str(mark)[::-1])}—")
        assert_on_page(plan, lines[at - 1], mark)
        if at + 1 < len(lines):
            assert_on_page(plan, lines[at + 1], mark + 1)


def wide(digits):
    return digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def assert_on_page(plan, line, page):
    text = squeeze(narrow(line))
    squeezed, positions = squeezed_with_positions(plan.text)
    at = squeezed.find(text)
    assert at >= 0, text
    assert plan.pages(positions[at], positions[at + len(text) - 1] + 1) == (page,), text


def squeezed_with_positions(text):
    kept = [(char, i) for i, char in enumerate(text) if not char.isspace()]
    return "".join(char for char, _ in kept), [i for _, i in kept]


def test_every_passage_stands_on_its_pages(plan, passages, printed_pages):
    """What of a passage stands on a page, cut at the page's start, is printed there word for word."""
    plain = [re.sub("[\ue010\ue011]", "", page) for page in printed_pages]
    starts = [*plan.page_starts, len(plan.text)]
    for node in passages:
        pages = [int(page) for page in node.metadata["pages"].split(",")]
        assert pages == list(range(pages[0], pages[-1] + 1))
        for page in pages:
            begin = max(node.metadata["start"], starts[page - 1])
            piece = squeeze(plan.text[begin : min(node.metadata["end"], starts[page])])
            assert piece, (node.node_id, page)
            assert re.sub("[.,]", "", piece) in plain[page - 1], (node.node_id, page)


def test_passages_are_in_page_order(passages):
    first = [int(node.metadata["pages"].split(",")[0]) for node in passages]
    assert first == sorted(first)
    assert set(range(1, 153)) == {
        int(page) for node in passages for page in node.metadata["pages"].split(",")
    }


@pytest.mark.parametrize(
    ("start", "pages"),
    [
        ("当前和今后一个时期，", (3, 4)),  # body text
        ("吉林数字动漫游影视产业集聚区：", (33,)),  # the last item before a page mark
        ("吉林公安大数据智能化建设：", (34,)),  # the first after it, in the same box
        ("4. 揭榜挂帅：", (135, 136)),  # a definition
        ("他们有来自军事医学研究院", (150, 151)),  # postscript
        ("第三章 提升产业基础能力", (25,)),
    ],
)
def test_known_pages(plan, start, pages):
    at = plan.text.index(start)
    end = plan.text.index("\n", at)
    assert plan.pages(at, end) == pages


def test_number_and_unit_that_part_over_a_page(plan, passages):
    """A page may end inside 「1000亿元」: the figure is whole, and its passage has both pages."""
    two_pages = [node for node in passages if "," in node.metadata["pages"]]
    assert len(two_pages) > 50
    over_the_break = [
        node.text[at - 4 : at + 4]
        for node in two_pages
        for at in (start - node.metadata["start"] for start in plan.page_starts)
        if 0 < at < len(node.text) and re.match(r"[\d亿万][\u4e00-\u9fff]", node.text[at - 1 : at + 1])
    ]
    assert over_the_break  # the plan has such breaks
    assert not [text for text in over_the_break if re.search(r"\s", text)]


def test_page_lookup_at_the_borders(plan):
    for number, start in enumerate(plan.page_starts, 1):
        assert plan.pages(start, start + 1) == (number,)
        if number > 1:
            assert plan.pages(start - 1, start + 1)[-1] == number
            assert plan.pages(start - 2, start - 1) == (number - 1,)
    assert plan.pages(0, 0) == (1,)
