"""Nothing from outside reaches the page as HTML, and every mark with a source becomes a chip."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.conversation import Figure, Source, Turn
from bot.web.message import answer_html, answer_message, bar_pair, note_message, user_message

SOURCE = Source(1, "c05s02.p03", "第五章第二节 · 第46页", "推广“梨树模式”。", 100, 109)
ALLOWED = {
    "div", "p", "br", "strong", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr",
    "th", "td", "a", "span", "small",
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def parsed(html):
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


@given(st.text(max_size=200))
def test_no_text_becomes_a_tag_or_an_attribute_of_its_own(text):
    figure = Figure(text, text, "1", "2", text, text, "p", 1)
    turn = Turn(text, "answered", f"{text}[1]", (Source(1, "p", text, text, 0, 1),), (figure,), (text,))
    for message in (user_message(text), answer_message(turn, 0), note_message(text)):
        content = message["content"]
        tags = parsed(content)
        assert set(tags.tags) <= ALLOWED
        assert not [name for name, _ in tags.attributes if name.startswith("on")]
        assert {value[0] for name, value in tags.attributes if name == "href"} <= {"#"}
        assert len(content.splitlines()) == 1  # a blank line would end the HTML and begin Markdown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "![x](http://example.invalid/x.png)",
        "[x](javascript:alert(1))",
        "```html\n<b>x</b>\n```",
        "$$\\href{javascript:alert(1)}{x}$$",
        "<style>*{display:none}</style>",
    ],
)
def test_hostile_questions_are_shown_as_typed(hostile):
    tags = parsed(user_message(hostile)["content"])
    assert "".join(tags.text) == hostile.replace("\n", "")
    assert set(tags.tags) <= {"div", "br"}


def test_a_mark_with_a_source_is_a_chip_that_points_at_the_span_and_says_place_and_quotation():
    html = answer_html("推广“梨树模式”。[1]", {1: SOURCE})
    chip = dict(parsed(html).attributes)
    assert chip["href"] == "#c05s02.p03:100-109"
    assert chip["title"] == "第五章第二节 · 第46页\n推广“梨树模式”。"


def test_a_mark_without_a_source_stays_text():
    assert parsed(answer_html("第[7]项", {1: SOURCE})).tags == ["p"]


def test_light_markdown_is_laid_out():
    table = "| 指标 | 值 |\n|---|---|\n| 覆盖率 | 45.8 |"
    text = f"**45.8%**（森林覆盖率）[1]\n\n- 甲[1]\n- 乙\n\n{table}\n\n1. 一\n2. 二"
    tags = parsed(answer_html(text, {1: SOURCE})).tags
    assert [t for t in tags if t in ("p", "strong", "ul", "table", "ol")] == [
        "p",
        "strong",
        "ul",
        "table",
        "ol",
    ]
    assert tags.count("li") == 4
    assert tags.count("th") == 2
    assert tags.count("td") == 2


@pytest.mark.parametrize("text", ["-5℃以下", "2025年", "3.64件", "> 6.5", ">6.5", "1、2、3号线"])
def test_figures_at_the_start_of_a_line_are_kept(text):
    shown = "".join(parsed(answer_html(text, {})).text)
    assert re.findall(r"[\d.]+", shown)[-1] == re.findall(r"[\d.]+", text)[-1]


def test_sources_stand_under_a_whole_answer_only():
    turn = Turn("问", "answered", "答。[1]", (SOURCE,), suggestions=("再问",))
    assert "jw-sources" in answer_message(turn, 0)["content"]
    partly = answer_message(turn, 0, text="答。")
    assert "jw-sources" not in partly["content"]
    assert "options" not in partly


def test_two_years_side_by_side_are_drawn_to_one_scale():
    widths = re.findall(r"width:([\d.]+)%", bar_pair("典型黑土地保护面积", "万亩", "1600", "3000"))
    assert [float(width) for width in widths] == [pytest.approx(1600 / 3000 * 100, abs=0.1), 100.0]


def test_an_indicator_without_two_numbers_has_a_row_and_no_bars():
    row = Figure("城镇调查失业率", "%", None, None, "≤6", "预期性", "ind.8", 1)
    html = answer_message(Turn("问", "answered", "答", (SOURCE,), (row,)), 0)["content"]
    assert "≤6" in html
    assert "jw-bar-fill" not in html
