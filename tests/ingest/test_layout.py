"""Layout: lines, pages and page marks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.characters import narrow, squeeze
from ingest.layout import read_layout

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
# The ten page marks that survived, as they stand in the source (digits reversed).
MARKS = {"—８—": 8, "—０１—": 10, "—９２—": 29, "—３３—": 33, "—３８—": 83, "—２０１—": 102, "—７０１—": 107,
         "—０１１—": 110, "—８２１—": 128, "—２５１—": 152}  # fmt: skip


def test_ten_marks_agree_with_the_count(raw):
    printed = read_layout(raw)
    assert [mark for mark, _ in printed.page_marks] == list(MARKS.values())
    assert all(mark == counted for mark, counted in printed.page_marks)
    assert printed.pages == 152


def test_marks_of_the_source_are_the_known_ones(raw):
    assert [line.strip() for line in raw.split("\n") if line.strip() in MARKS] == list(MARKS)


def test_no_mark_is_left_among_the_lines(raw):
    assert not [line for line in read_layout(raw).lines if re.fullmatch(r"\s*—\d+—\s*", line.text)]


def test_line_numbers_are_those_of_the_file(raw):
    printed = read_layout(raw)
    file = raw.split("\n")
    assert all(squeeze(narrow(file[line.number - 1])) == squeeze(line.text) for line in printed.lines)


pages_of_lines = st.lists(
    st.lists(st.text("吉林省规划０１２３，。", min_size=1, max_size=20), min_size=1, max_size=4),
    min_size=1,
    max_size=30,
)


@given(
    pages_of_lines, st.lists(st.booleans(), min_size=30, max_size=30), st.sampled_from(["\n", "\n\n", "\r\n"])
)
def test_written_pages_are_read_back(pages, marked, newline):
    """A text written page by page, with either kind of break, is read back with the same pages."""
    out, after_mark = [], False
    for number, lines in enumerate(pages, 1):
        for i, line in enumerate(lines):
            out.append((" " if i == 0 and not after_mark else "") + line)
        after_mark = marked[number - 1]
        if after_mark:
            out.append(f"—{str(number)[::-1].translate(WIDE)}—")
    printed = read_layout(newline.join(out))
    assert [line.page for line in printed.lines] == [n for n, lines in enumerate(pages, 1) for _ in lines]
    assert printed.page_marks == tuple((n, n) for n in range(1, len(pages) + 1) if marked[n - 1])
    assert printed.pages == len(pages)


@given(st.text())
def test_any_text_is_laid_out(text):
    printed = read_layout(text)
    pages = [line.page for line in printed.lines]
    assert pages == sorted(pages)
    assert all(page >= 1 for page in pages)
    assert all(line.text.strip() for line in printed.lines)


@pytest.mark.parametrize("text", ["", "\n\n", " \n\u3000\n"])
def test_empty_text_has_no_lines(text):
    assert read_layout(text).lines == ()
    assert read_layout(text).pages == 0


def test_width_counts_printed_characters():
    assert read_layout("前 沿　领 域").lines[0].width == 4
