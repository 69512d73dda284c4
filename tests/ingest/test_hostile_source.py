"""A plan's text with mischief in it: read, or told in Chinese what is wrong; never another error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import IndexBuildError
from ingest.passages import plan_passages
from ingest.reader import read_plan, read_source
from tests.told import in_chinese, told

LIMITED = settings(deadline=None, suppress_health_check=list(HealthCheck))
# No half of a surrogate pair: no file in UTF-8 has one (`test_any_bytes_are_text_or_told`).
MISCHIEF = (
    "\u202e", "\u2066", "\u200b", "\ufeff", "\ue000", "\U000f0000", "\x00", "\x1b[2J",
    "\x0c", "\u2028", "\x85", "\r", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "[1]", "**", "|",
    "{question}",
    "../../etc/passwd", "第一章", "第〇节", "专栏99", "附件", "名词解释", "9" * 5000, "一" * 3000, "￿",
)  # fmt: skip


@pytest.fixture(scope="module")
def small(small_source):
    return small_source.read_text(encoding="utf-8")


def spoilt(small, data):
    """The small plan with pieces put in, taken out, doubled or put elsewhere."""
    lines = small.split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        what = data.draw(st.sampled_from(("insert", "delete", "double", "move", "split")))
        if what == "insert":
            column = data.draw(st.integers(0, len(lines[at])))
            piece = data.draw(st.sampled_from(MISCHIEF) | st.text(max_size=5))
            lines[at] = lines[at][:column] + piece + lines[at][column:]
        elif what == "delete" and len(lines) > 1:
            lines = lines[:at] + lines[at + data.draw(st.integers(1, 30)) :] or [""]
        elif what == "double":
            lines[at:at] = lines[at : at + data.draw(st.integers(1, 30))]
        elif what == "move":
            lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        else:
            column = data.draw(st.integers(0, len(lines[at])))
            lines[at : at + 1] = [lines[at][:column], lines[at][column:]]
    return "\n".join(lines)


@LIMITED
@given(data=st.data())
def test_spoilt_plan_is_read_or_told(small, data):
    text = spoilt(small, data)
    said = told(plan_passages, text)
    if said is not None:
        assert in_chinese(said)
        return
    plan = read_plan(text)
    for node in plan_passages(text):
        start, end = node.metadata["start"], node.metadata["end"]
        assert 0 <= start < end <= len(plan.text)


PIECES = ("\n", "第一章 总则\n", "专栏1 项目\n", "| ", "一、", "\x0c", "９", "……………… 1\n")


@pytest.mark.parametrize("piece", PIECES)
def test_megabytes_of_one_thing_are_no_plan(piece):
    assert in_chinese(told(read_plan, piece * (2_000_000 // len(piece))))


@LIMITED
@given(content=st.binary(max_size=60))
def test_any_bytes_are_text_or_told(tmp_path, content):
    path = tmp_path / "plan.txt"
    path.write_bytes(content)
    said = told(read_source, path, kind=IndexBuildError)
    assert said is None or (in_chinese(said) and path.name in said)
