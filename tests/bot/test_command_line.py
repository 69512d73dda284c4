"""The command line as a user runs it: outputs, exit codes, JSON lines, errors in Chinese."""

import json
import os
import subprocess
import sys

import pytest

from bot.cli import _parser, main

KEYS = ["id", "status", "text", "citations", "mode", "elapsed_ms"]
CITATION_KEYS = ["n", "kind", "chapter", "section", "box", "term", "pages", "place", "quote"]
TERM = (
    "软联通：是指标准、政策、规则“三位一体”间的相互兼容，以及畅通无阻的相互衔接，是与看得见摸得着的设施、设备、技术、"
    "资金等硬联通相对应，并为硬联通提供机制保障。\n（名词解释40 · 第145页）\n"
)
KINDS = {"paragraph", "box_item", "indicator", "term", "outline", "preamble", "postscript"}


@pytest.fixture(scope="module")
def jiwen(index, index_settings, request):
    """`python -m bot …` over the session's index, in a process of its own (seconds each)."""

    def run(*arguments, stdin=None, env=None):
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments, "--data", str(index_settings.data)],
            cwd=request.config.rootpath,
            env=os.environ | (env or {}),
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    return run


@pytest.fixture
def here(engine, monkeypatch, capsys):
    """The same in this process, with the session's engine."""
    monkeypatch.setattr("bot.cli._open", lambda settings: engine)

    def run(*arguments):
        code = main([*arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


LINES = (
    '{"id": 1, "question": "梨树模式是什么", "history": []}\n'.encode()
    + '{"id": "二", "question": "那2020年呢", "history": ["2025年森林覆盖率目标"]}\n'.encode()
    + b"\n"
    + b"no json\n"
    + b'["a list"]\n'
    + b'{"id": {"own": [1]}, "history": []}\n'
    + b'{"id": 4, "question": "x", "history": "y"}\n'
    + b'{"id": 5, "question": "x", "history": [1]}\n'
    + b'{"id": 6, "question": 7}\n'
    + b'{"id": 7, "question": ""}\n'
    + b"\xff\xfe\n"
    + b"[" * 100_000 + b"\n"
    + '{"id": null, "question": "第五章讲什么"}\r\n'.encode()
    + '{"id": 9, "question": "黑龙江省2025年GDP目标", "history": null, "more": 1}\n'.encode()
    + b'{"id": 10, "question": "\\ud83d\\u0000 \\u200b"}\n'
    + '{"id": 11, "question": "重点机场项目有哪些"}'.encode()
)  # fmt: skip


@pytest.fixture(scope="module")
def answers(jiwen):
    code, out, _ = jiwen("ask", "--jsonl", stdin=LINES)
    assert code == 0
    return [json.loads(line) for line in out.splitlines()]


def test_jsonl_answers_each_line_in_order(answers):
    assert [answer["id"] for answer in answers] == [
        1, "二", None, None, {"own": [1]}, 4, 5, 6, 7, None, None, None, 9, 10, 11,
    ]  # fmt: skip
    assert [answer["status"] for answer in answers] == ["answered"] * 2 + ["invalid"] * 9 + [
        "answered", "not_in_plan", "invalid", "answered",
    ]  # fmt: skip


def test_jsonl_has_the_documented_keys(answers):
    for answer in answers:
        assert list(answer) == KEYS
        assert answer["mode"] == "extractive"
        assert isinstance(answer["elapsed_ms"], int | float)
        for citation in answer["citations"]:
            assert list(citation) == CITATION_KEYS
            assert citation["kind"] in KINDS
            assert citation["quote"]
            assert all(isinstance(page, int) for page in citation["pages"])
            numbers = [citation[key] for key in ("chapter", "section", "box", "term")]
            assert all(number is None or isinstance(number, int) for number in numbers)


def test_jsonl_bad_lines_say_why(answers):
    reasons = [answer["text"] for answer in answers if answer["status"] == "invalid"]
    assert "第4行不是有效的 JSON" in reasons[0]
    assert "第5行应为一个 JSON 对象" in reasons[1]
    assert "第6行缺少 question" in reasons[2]
    assert "第7行的 history" in reasons[3]
    assert all(answer["citations"] == [] for answer in answers if answer["status"] != "answered")


def test_jsonl_places(answers):
    term, follow_up, chapter, boxes = answers[0], answers[1], answers[11], answers[14]
    first = term["citations"][0]
    assert (first["kind"], first["term"], first["chapter"], first["place"]) == (
        "term",
        17,
        None,
        "名词解释17 · 第139页",
    )
    assert "45%" in follow_up["text"]
    # section 0 is a chapter's introduction
    intro = chapter["citations"][-1]
    assert (intro["kind"], intro["chapter"], intro["section"], intro["place"]) == (
        "paragraph",
        5,
        0,
        "第五章引言 · 第45页",
    )
    assert {citation["place"] for citation in boxes["citations"]} == {"第十二章第一节 · 专栏36 · 第102页"}


def test_json(here):
    code, out, _ = here("ask", "那2020年呢", "--history", "2025年森林覆盖率目标", "--json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == KEYS
    assert answer["id"] is None
    assert answer["text"].startswith("按“2020年森林覆盖率目标”来回答：")


def test_plain(jiwen):
    code, out, err = jiwen("ask", "敦化至白河铁路", "总投资多少")
    assert code == 0
    assert out.startswith("139亿元[1]\n")
    assert "出处：\n[1] 第十二章第一节 · 专栏34 · 第101页\n    敦化至白河铁路：总投资139亿元" in out
    assert "**" not in out
    assert "Traceback" not in err


def test_invalid_question_is_exit_1(here):
    code, out, _ = here("ask", "？？")
    assert code == 1
    assert "没有看懂" in out


@pytest.mark.parametrize("name", ["软联通", "ruanliantong", "軟聯通"])
def test_term(here, name):
    code, out, _ = here("term", name)
    assert code == 0
    assert out == TERM


def test_indicator(here):
    code, out, _ = here("indicator", "城镇化率")
    assert code == 0
    assert out == (
        "常住人口城镇化率（%）：2020年预计 60，2025年目标 65，属性 预期性，类别 经济发展\n"
        "（第一章第四节 · 主要指标3 · 第10页）\n"
    )


@pytest.mark.parametrize("command", ["term", "indicator"])
def test_nothing_found_is_exit_3(here, command):
    code, out, err = here(command, "蓝海战术")
    assert (code, out) == (3, "")
    assert "没有“蓝海战术”" in err


@pytest.mark.parametrize("command", [(), ("ask",), ("term",), ("indicator",), ("serve",)])
def test_help_is_chinese(jiwen, command):
    code, out, _ = jiwen(*command, "--help")
    assert code == 0
    assert out.startswith("用法：python -m bot")
    assert "显示这段帮助" in out
    assert not {"usage:", "options:", "show this help"} & set(out.split("\n"))


@pytest.mark.parametrize(
    ("arguments", "env", "told"),
    [
        (["serve", "--port", "99999"], {}, ["JIWEN_PORT", "99999", "65535"]),
        (["ask", "x"], {"JIWEN_MAX_QUESTION": "many"}, ["JIWEN_MAX_QUESTION", "整数"]),
        (["ask", "x", "--source", "no/such/file.txt"], {}, ["no/such/file.txt"]),
        (["term", "x", "--source", "{letter}"], {}, []),  # a text that is no plan
    ],
)
def test_wrong_setting_is_told(tmp_path, monkeypatch, capsys, arguments, env, told):
    letter = tmp_path / "letter.txt"
    letter.write_text("亲爱的朋友：\n\n见字如面。\n", encoding="utf-8")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert main([part.format(letter=letter) for part in arguments] + ["--data", str(tmp_path / "data")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()
    assert all(word in err for word in told)


def test_option_before_the_command_counts():
    options = _parser().parse_args(["--data", "here", "term", "软联通"])
    assert options.data == "here"
    assert _parser().parse_args(["--data", "here", "term", "软联通", "--data", "there"]).data == "there"
