"""Spreadsheets: nothing lost on the way out and back, nothing taken for a formula, bad cells told."""

import csv
import random
import zipfile

import pytest

from eval.records import KNOWN, EvaluationError, Place, load_known
from eval.results import judge_results, summarise
from eval.run import run
from eval.sheets import Sheet, read_rows, write_csv, write_xlsx
from eval.transfer import COLUMNS, export_known, import_known, place_text
from eval.workbook import write_workbook

NASTY = (
    "=1+1", "+8613800000000", "-2", "@SUM(A1)", "\t=1", "'=1", "'单引号", "＝1+1", "a / b",
    "a \\ / b", "反\\斜线",
    "\\n", '双"引号,逗号', "控制\x01字符", "_x0001_", "0012", "1.0", "TRUE", "很长" * 200,
)  # fmt: skip


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_nothing_is_lost(tmp_path, make_record, ending):
    records = [
        make_record(
            id=f"d-{i:03}",
            question=text,
            history=(text, "第二句"),
            facts=((text, "别的"), (text,)),
            forbidden=(text,),
            places=(Place(5, 2, 16, pages=(46, 47)), Place(term=17), Place(1, 0, pages=(5,))),
            noise="pinyin",
            author=text,
            why=text,
            split="test" if i % 2 else "dev",
        )
        for i, text in enumerate(NASTY)
    ]
    path = tmp_path / f"known.{ending}"
    export_known(path, records)
    found, bad = import_known(path)
    assert bad == []
    assert found == records


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_shipped_known_answers_come_back_whole(tmp_path, ending):
    records = load_known("all", KNOWN)
    path = tmp_path / f"known.{ending}"
    export_known(path, records)
    assert import_known(path) == (records, [])


def test_no_cell_is_a_formula(tmp_path):
    rows = [[text, 1.5] for text in NASTY]
    write_xlsx(tmp_path / "a.xlsx", [Sheet("表", ("文字", "数"), rows)])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert [row[0] for row in read_rows(tmp_path / "a.xlsx")[1:]] == list(NASTY)
    write_csv(tmp_path / "a.csv", ("文字", "数"), rows)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row[0] for row in csv.reader(file)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_bad_rows_are_told_by_row_and_column(tmp_path, make_record):
    path = tmp_path / "known.csv"
    export_known(path, [make_record(), make_record(id="d-002"), make_record(id="d-003")])
    rows = read_rows(path)
    at = {head: i for i, head in enumerate(rows[0])}
    rows[2][at["类型"]] = "谜语"
    rows[2][at["出处"]] = "第十章"
    rows[3][at["部分"]] = "train"
    rows[3][at["编号"]] = ""
    rows.insert(2, [""] * len(rows[0]))
    write_csv(path, rows[0], rows[1:])
    found, bad = import_known(path)
    assert [record.id for record in found] == ["d-001"]
    assert [(cell.row, cell.column) for cell in bad] == [(4, "类型"), (4, "出处"), (5, "部分"), (5, "编号")]
    assert "谜语" in str(bad[0])
    assert "第 4 行“出处”列" in str(bad[1])


def test_columns_in_any_order_and_a_wrong_head(tmp_path, make_record):
    path = tmp_path / "known.csv"
    export_known(path, [make_record()])
    rows = read_rows(path)
    order = list(range(len(rows[0])))
    random.Random(1).shuffle(order)
    write_csv(
        path, *(lambda all_rows: (all_rows[0], all_rows[1:]))([[row[i] for i in order] for row in rows])
    )
    assert import_known(path) == ([make_record()], [])
    write_csv(path, ["问提", *rows[0][1:]], rows[1:])
    with pytest.raises(EvaluationError, match=r"缺少列：编号.*没有这样的列：问提"):
        import_known(path)


def test_what_chinese_spreadsheet_programs_save(tmp_path, make_record):
    path = tmp_path / "known.csv"
    export_known(path, [make_record()])
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gb18030"))
    assert import_known(path) == ([make_record()], [])


def test_files_that_are_no_spreadsheets(tmp_path):
    (tmp_path / "a.xlsx").write_text("no zip")
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "e.csv").write_text("")
    for name, told in (
        ("a.xlsx", "不是可读"),
        ("a.txt", r"\.xlsx 或 \.csv"),
        ("none.csv", "读不到"),
        ("e.csv", "空"),
    ):
        with pytest.raises(EvaluationError, match=told):
            import_known(tmp_path / name)
    with pytest.raises(EvaluationError, match="结尾"):
        export_known(tmp_path / "a.ods", [])


def test_the_template_explains_every_column(tmp_path):
    from openpyxl import load_workbook

    export_known(tmp_path / "t.xlsx", [])
    book = load_workbook(tmp_path / "t.xlsx")
    heads = [head for head, _, _ in COLUMNS.values()]
    assert [cell.value for cell in book.worksheets[0][1]] == heads
    assert [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)] == heads
    assert import_known(tmp_path / "t.xlsx") == ([], [])


def test_places_in_words():
    assert place_text(Place(5, 2, 16, pages=(46, 47))) == "章5 节2 专栏16 页46,47"
    assert place_text(Place(term=17)) == "名词17"


def test_the_results_workbook(tmp_path, subject, make_record):
    from openpyxl import load_workbook

    results = summarise(
        run(subject, [make_record(), make_record(id="d-002", question="=HYPERLINK()")]),
        split="dev",
        config="默认",
        fingerprint="f",
    )
    judge_results(results, [])
    write_workbook(tmp_path / "r.xlsx", results)
    book = load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["总览", "分类", "门槛", "逐题"]
    rows = list(book["逐题"].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["正确", "未达标"]
    assert book["逐题"]["I3"].data_type == "s"
