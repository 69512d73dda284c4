"""The Word file of a conversation opens, and holds what was asked, answered and quoted."""

import io
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from bot.web.conversation import Conversation, Source, Turn
from bot.web.export import reference_lines
from bot.web.word import word
from prompts import wording

PLAN = "某规划"
SOURCES = (
    Source(1, "p", "第五章第二节 · 第46页", "推广“梨树模式”。", 0, 9),
    Source(2, "q", "第10页", "18 森林\n覆盖率", 9, 15),
)
TABLE = "| 指标 | 值[2] |\n|---|---|\n| 覆盖率 | **45.8**[2] | 多出的 |"


def opened(*turns, title="对话"):
    return Document(io.BytesIO(word(Conversation(title=title, turns=turns), PLAN)))


def test_the_file_holds_title_questions_answers_and_reference_lines_in_order():
    document = opened(
        Turn("黑土地\n怎么保护？", "answered", "**推广**“梨树模式”。[1]\n\n- 甲[2]\n- 乙", SOURCES),
        Turn("第二问", "not_in_plan", "规划没有说到。"),
    )
    texts = [p.text for p in document.paragraphs]
    head, made, *rest = texts
    assert head == "对话"
    assert PLAN in made
    assert rest == [
        "黑土地 怎么保护？", "推广“梨树模式”。[1]", "甲[2]", "乙", wording("web_export.sources"),
        *reference_lines(SOURCES, PLAN), "第二问", "规划没有说到。",
    ]  # fmt: skip
    styles = {p.text: p.style.name for p in document.paragraphs}
    assert styles["黑土地 怎么保护？"] == styles["第二问"] == "Heading 1"
    assert styles["对话"] == "Title"
    assert styles["乙"] == "List Bullet"


def test_marks_of_sources_are_superscripts_and_nothing_else_is():
    document = opened(Turn("问", "answered", "**甲**[1]，第[7]项", SOURCES))
    answer = next(p for p in document.paragraphs if "第[7]项" in p.text)
    assert [(r.text, r.font.superscript, r.bold) for r in answer.runs] == [
        ("甲", None, True),
        ("[1]", True, None),
        ("，第[7]项", None, None),
    ]


def test_a_table_of_the_answer_is_a_table():
    (table,) = opened(Turn("问", "answered", f"见表。\n\n{TABLE}", SOURCES)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["指标", "值[2]", ""],
        ["覆盖率", "45.8[2]", "多出的"],
    ]
    assert table.cell(1, 1).paragraphs[0].runs[-1].font.superscript
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_numbered_list_keeps_its_numbers():
    texts = [p.text for p in opened(Turn("问", "answered", "3. 甲\n4. 乙\n\n> 引文\n> 两行")).paragraphs]
    assert "3.\t甲" in texts
    assert "4.\t乙" in texts
    assert "引文\n两行" in texts


def test_chinese_fonts_are_named_for_chinese_text_and_none_is_embedded():
    made = word(Conversation(title="对话", turns=(Turn("问", "answered", "答"),)), PLAN)
    styles = Document(io.BytesIO(made)).styles
    fonts = {name: styles[name].element.rPr.rFonts for name in ("Normal", "Title", "Heading 1")}
    assert {name: f.get(qn("w:eastAsia")) for name, f in fonts.items()} == {
        "Normal": "宋体",
        "Title": "黑体",
        "Heading 1": "黑体",
    }
    # A theme's font would go before the named one.
    assert not [key for f in styles.element.iter(qn("w:rFonts")) for key in f.attrib if "Theme" in key]
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert not [name for name in names if "fonts/" in name]


def test_the_files_properties_are_its_own():
    about = opened(Turn("问", "answered", "答"), title="某对话").core_properties
    assert (about.title, about.author, about.comments) == ("某对话", wording("web_page.name"), "")


any_text = st.text(st.characters(), max_size=60) | st.text("|-*[]1.> \n\x00\ud800\uffff\x0b", max_size=60)


@given(any_text, any_text, any_text, any_text)
def test_no_text_breaks_the_file(title, question, text, quote):
    sources = (Source(1, "p", quote, quote, 0, 1),)
    document = opened(Turn(question, "answered", f"{text}[1]", sources), title=title)
    assert document.paragraphs[0].style.name == "Title"
    # The mark at the end is there whatever came before it.
    assert document.element.body.findall(f".//{qn('w:vertAlign')}")


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_left_out(control):
    texts = [p.text for p in opened(Turn(f"问{control}题", "answered", f"答{control}案")).paragraphs]
    assert "问题" in texts
    assert "答案" in texts


def test_word_is_loaded_when_a_file_is_made_only(run_python):
    code = (
        "import sys\nimport bot.web.exporting, bot.web.app\n"
        "from bot.web.conversation import Conversation\n"
        "before = 'docx' in sys.modules\nfrom bot.web.word import word\n"
        "word(Conversation(), 'x')\nprint(before, 'docx' in sys.modules)"
    )
    result = run_python("-c", code)
    assert result.stdout.split() == ["False", "True"], result.stderr
