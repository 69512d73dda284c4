"""Known answers are read and written whole, and what is wrong is told by file, line and field."""

import json

import pytest

from eval.records import EvaluationError, load_known, parse_record, read_known, write_known


def line(make_record, **changes):
    return json.dumps(make_record().to_json() | changes, ensure_ascii=False)


def test_written_and_read_again(tmp_path, make_record):
    records = [
        make_record(),
        make_record(
            id="d-002",
            history=("前一问", {"role": "user", "content": "一问"}),
            noise="pinyin",
            question=" 空格 ",
        ),
    ]
    write_known(tmp_path / "dev.jsonl", records)
    write_known(tmp_path / "test.jsonl", [])
    assert load_known("all", tmp_path) == records
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"kind": "riddle"}, "kind", "riddle"),
        ({"status": "partial"}, "status", "可选"),
        ({"noise": "loud"}, "noise", "或留空"),
        ({"facts": ["45.8%"]}, "facts", "第 1 项"),
        ({"facts": [[]]}, "facts", "第 1 项"),
        ({"facts": [["45.8%"], [" "]]}, "facts", "第 2 项"),
        ({"forbidden": "458%"}, "forbidden", "列表"),
        ({"places": [{"chapter": "一"}]}, "places", "chapter"),
        ({"places": [{"chapter": 1, "page": [3]}]}, "places", "page"),
        ({"places": [{"pages": ["3"]}]}, "places", "pages"),
        ({"places": [{"chapter": True}]}, "places", "chapter"),
        ({"history": [3]}, "history", "第 1 项"),
        ({"question": None}, "question", "应为文字"),
        ({"id": ""}, "id", "不能为空"),
        ({"facst": []}, "facst", "拼写"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, make_record, changes, field, told):
    path = tmp_path / "dev.jsonl"
    path.write_text(line(make_record) + "\n\n" + line(make_record, **changes), encoding="utf-8")
    found, problems = read_known(path, "dev")
    assert len(found) == 1
    assert {problem.field for problem in problems} == {field}
    assert all(problem.line == 3 and problem.file == "dev.jsonl" for problem in problems)
    assert told in str(problems[0])


def test_broken_lines_and_files(tmp_path, make_record):
    path = tmp_path / "dev.jsonl"
    path.write_text('{"id": \n[1, 2]\n' + line(make_record), encoding="utf-8")
    found, problems = read_known(path, "dev")
    assert [problem.line for problem in problems] == [1, 2]
    assert [item.line for item in found] == [3]
    with pytest.raises(EvaluationError, match="2 处错误"):
        load_known("dev", tmp_path)
    with pytest.raises(EvaluationError, match=r"test\.jsonl"):
        load_known("test", tmp_path)
    path.write_bytes("编码".encode("gb18030"))
    with pytest.raises(EvaluationError, match="UTF-8"):
        read_known(path, "dev")


def test_an_empty_question_may_be_known(make_record):
    record, wrong = parse_record(make_record(question="", status="invalid").to_json(), "dev")
    assert not wrong
    assert record.question == ""
