"""Files that are torn, swollen or hostile: spreadsheets, known answers, logs, corpora. Each is told."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.corpus import read_corpus
from eval.growing import _logged
from eval.records import EvaluationError, read_known
from eval.sheets import Sheet, read_rows, write_csv, write_xlsx
from eval.transfer import export_known, import_known
from tests.told import in_chinese, told

LIMITED = settings(deadline=None, suppress_health_check=list(HealthCheck))
DEEP = "[" * 100_000
ODD = "".join(("\u202e", "\u200b", "\ue000", "\ufeff", "\u2028", "\x85", "\U000e0041"))


@pytest.fixture
def workbook(tmp_path, make_record):
    path = tmp_path / "known.xlsx"
    export_known(path, [make_record(), make_record(id="d-002")])
    return path


@LIMITED
@given(data=st.data())
def test_workbook_with_changed_bytes_is_read_or_told(workbook, data):
    content = bytearray(workbook.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _read_or_told(workbook.with_name("torn.xlsx"), bytes(content[: data.draw(st.integers(0, len(content)))]))


@LIMITED
@given(data=st.data())
def test_workbook_whose_parts_are_changed_is_read_or_told(workbook, data):
    """The zip is whole, the XML in it is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(workbook) as archive, zipfile.ZipFile(out, "w") as changed:
        name = data.draw(st.sampled_from(archive.namelist()))
        for part in archive.namelist():
            content = archive.read(part)
            if part == name:
                at = data.draw(st.integers(0, len(content)))
                content = (
                    content[:at]
                    + data.draw(st.binary(max_size=6))
                    + content[at + data.draw(st.integers(0, 40)) :]
                )
            changed.writestr(part, content)
    _read_or_told(workbook.with_name("changed.xlsx"), out.getvalue())


def _read_or_told(path, content):
    path.write_bytes(content)
    said = told(import_known, path, kind=EvaluationError)
    assert said is None or in_chinese(said)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_workbook_that_lacks_a_part_is_told(workbook, part):
    out = workbook.with_name("lacking.xlsx")
    with zipfile.ZipFile(workbook) as archive, zipfile.ZipFile(out, "w") as changed:
        for name in archive.namelist():
            if name != part:
                changed.writestr(name, archive.read(name))
    with pytest.raises(EvaluationError, match=r"不是可读的 xlsx|缺少列"):
        import_known(out)


def test_workbook_that_swells_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (201 * 2**20))
    assert path.stat().st_size < 2**20
    with pytest.raises(EvaluationError, match="解压后太大"):
        read_rows(path)


def test_one_cell_far_out_is_no_sheet_of_milliards(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(EvaluationError, match="单元格太多"):
        read_rows(tmp_path / "far.xlsx")


def test_entities_of_xml_are_not_opened(workbook, tmp_path):
    """Ten levels of ten: a milliard characters, or a file of the machine, if they were."""
    (tmp_path / "secret").write_text("s3cret", encoding="utf-8")
    levels = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    head = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{levels}'
        f'<!ENTITY file SYSTEM "file://{tmp_path}/secret">]>'
    )
    for entity in ("a9", "file"):
        out = tmp_path / "entity.xlsx"
        with zipfile.ZipFile(workbook) as archive, zipfile.ZipFile(out, "w") as changed:
            for name in archive.namelist():
                content = archive.read(name).decode()
                if name == "xl/sharedStrings.xml":
                    content = head + content.split("?>", 1)[-1].replace("<t>", f"<t>&{entity};", 1)
                changed.writestr(name, content)
        try:
            rows = read_rows(out)
        except EvaluationError:
            continue
        assert "s3cret" not in str(rows)
        assert len(str(rows)) < 100_000


@LIMITED
@given(content=st.binary(max_size=300))
def test_any_bytes_as_csv_are_read_or_told(tmp_path, content):
    _read_or_told(tmp_path / "any.csv", content)


def test_quotation_mark_that_is_never_closed_is_told(tmp_path):
    (tmp_path / "a.csv").write_text('编号,"' + "长" * 200_000, encoding="utf-8")
    with pytest.raises(EvaluationError, match="引号"):
        read_rows(tmp_path / "a.csv")


cells = st.text(st.characters(), max_size=20) | st.sampled_from(
    (
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\r=1",
        "＝1",
        "'=1",
        '=HYPERLINK("http://x","y")',
        "=cmd|' /C calc'!A0",
        ODD,
    )
)


@LIMITED
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5))
def test_no_text_becomes_a_formula(tmp_path, rows):
    write_xlsx(tmp_path / "a.xlsx", [Sheet("表", ("甲", "乙"), rows)])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    write_csv(tmp_path / "a.csv", ("甲", "乙"), rows)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in found if cell.startswith(tuple("=+-@\t\r＝＋－＠"))]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "id", "question", "history", "kind", "user", "noise", "ability", "status", "facts", "forbidden", "places",
    "author", "why",
)  # fmt: skip


@LIMITED
@given(data=st.data())
def test_any_known_answer_is_read_or_told(tmp_path, make_record, data):
    record = make_record().to_json()
    for key in data.draw(st.lists(st.sampled_from(KEYS), max_size=4)):
        record[key] = data.draw(values)
    path = tmp_path / "dev.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    found, problems = read_known(path, "dev")
    assert len(found) + bool(problems) == 1
    assert all(str(problem).startswith("dev.jsonl 第 1 行") for problem in problems)


@LIMITED
@given(
    lines=st.lists(
        st.text(max_size=40) | st.just(DEEP) | st.just("9" * 5000) | values.map(json.dumps), max_size=3
    )
)
def test_any_lines_are_read_or_told(tmp_path, lines):
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8", errors="backslashreplace", newline="")
    read_known(path, "dev")
    for said in (told(_logged, path, "x"), told(read_corpus, path)):
        assert said is None or path.name in said
