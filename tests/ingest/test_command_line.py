"""`python -m ingest`: what it builds, what it shows, and what it says when it cannot."""

import subprocess
import sys

import pytest

from ingest.__main__ import main
from tests.ingest.hashing import HashingEmbedding, copy_plan


@pytest.fixture
def source(small_source, tmp_path):
    return copy_plan(small_source, tmp_path / "plan")


@pytest.fixture
def quick(monkeypatch):
    """A small encoder: here only the command line matters."""
    monkeypatch.setattr("ingest.index.embedding_from", lambda settings: HashingEmbedding())


def test_as_a_user_runs_it(run_python, source, tmp_path):
    done = run_python("-m", "ingest", "--source", source, "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"索引已建立：47 段，位于 {tmp_path / 'data'}\n"
    for step in ("读取规划文本", "计算语义向量", "写入向量库", "建立词语索引"):
        assert step in done.stderr
    assert "100%" in done.stderr
    assert "%" not in done.stdout


def test_second_run_has_nothing_to_do(quick, source, tmp_path, capsys):
    arguments = ["--source", str(source), "--data", str(tmp_path / "data")]
    assert main(arguments) == 0
    assert "索引已建立" in capsys.readouterr().out
    assert main(arguments) == 0
    output = capsys.readouterr()
    assert "索引已是最新" in output.out
    assert "%" not in output.err
    assert main([*arguments, "--rebuild"]) == 0
    assert "索引已建立" in capsys.readouterr().out


def test_data_folder_from_the_environment(quick, source, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("JIWEN_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("JIWEN_SOURCE", str(source))
    assert main([]) == 0
    assert str(tmp_path / "elsewhere") in capsys.readouterr().out
    assert (tmp_path / "elsewhere" / "indexes").is_dir()


def test_outline_builds_nothing(source, tmp_path, capsys):
    assert main(["--outline", "--source", str(source), "--data", str(tmp_path / "data")]) == 0
    assert capsys.readouterr().out == (
        "青河省国民经济和社会发展第十四个五年规划纲要（13页）\n"
        "第一章 开启现代化新征程 谱写青河发展新篇章 建设幸福青河\n"
        "  第一节 发展目标\n"
        "  第二节 发展布局\n"
        "第二章 建设现代产业体系\n"
        "  第一节 做强优势产业\n"
        "    专栏1 优势产业重点项目（4项）\n"
        "  第二节 发展数字经济\n"
        "    专栏2 “数字青河”重点工程（2项）\n"
        "第三章 保障和改善民生\n"
        "  第一节 扩大就业\n"
        "  第二节 办好人民满意的教育\n"
        "名词解释 4 条\n"
    )
    assert not (tmp_path / "data").exists()


def test_outline_of_the_shipped_plan(capsys):
    assert main(["--outline"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("第") for line in lines) == 16
    assert sum(line.startswith("  第") for line in lines) == 76
    assert sum(line.startswith("    专栏") for line in lines) == 47
    assert lines[-1] == "名词解释 50 条"


@pytest.mark.parametrize("options", [["--outline"], []])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["读不到规划文本", "plan.txt", "JIWEN_SOURCE"]),
        (b"\xb9\xe6\xbb\xae", ["不是 UTF-8 编码"]),
        ("会议纪要\n".encode(), ["不是可识别的规划文本", "章标题", "节标题"]),
        (b"", ["文本是空的"]),
    ],
)
def test_errors_are_told_in_chinese_without_a_traceback(
    quick, source, tmp_path, capsys, options, content, words
):
    source.unlink() if content is None else source.write_bytes(content)
    assert main([*options, "--source", str(source), "--data", str(tmp_path / "data")]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert all(word in output.err for word in words)
    assert "Traceback" not in output.err


def test_source_that_is_a_folder(tmp_path, capsys):
    assert main(["--outline", "--source", str(tmp_path)]) == 1
    assert "JIWEN_SOURCE" in capsys.readouterr().err


def test_wrong_setting_is_told(monkeypatch, capsys):
    monkeypatch.setenv("JIWEN_PORT", "电话")
    assert main(["--outline"]) == 1
    assert "JIWEN_PORT" in capsys.readouterr().err


def test_interrupted_build_says_that_nothing_is_lost(source, tmp_path, capsys, monkeypatch):
    def interrupted(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("ingest.index.embedding_from", interrupted)
    assert main(["--source", str(source), "--data", str(tmp_path / "data")]) == 130
    assert "原有索引未受影响" in capsys.readouterr().err


def test_reader_that_stops_early_gets_no_traceback(tmp_path):
    """As in `python -m ingest --outline | head -1`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", "--outline"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait(60)
