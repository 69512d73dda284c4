"""The gate over the real engine: the command line, the baselines, and changes made worse on purpose."""

import json
import re

import pytest

from eval.baselines import run_baselines
from eval.cli import main
from eval.config import Config
from eval.records import KNOWN, load_known, write_known
from eval.run import open_subject

IDS = 40  # known answers of the small gate


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Some of the shipped known answers: figures with decimals first, and some to be refused."""
    folder = tmp_path_factory.mktemp("known")
    records = load_known("dev", KNOWN)
    decimals = [r for r in records if any(re.search(r"\d\.\d", form) for fact in r.facts for form in fact)]
    refused = [r for r in records if r.status == "out_of_scope"][:6]
    others = [r for r in records if r.kind in ("term", "project")][: IDS - 6 - len(decimals[:12])]
    write_known(folder / "dev.jsonl", [*decimals[:12], *refused, *others])
    write_known(folder / "test.jsonl", [])
    return folder


@pytest.fixture
def evaluate(few, tmp_path, index_settings, monkeypatch):
    monkeypatch.setenv("JIWEN_DATA", str(index_settings.data))

    def run(*arguments, out="out"):
        status = main([*arguments, "--known", str(few), "--out", str(tmp_path / out), "--ignore-timing"])
        results = tmp_path / out / "results.json"
        return status, json.loads(results.read_text(encoding="utf-8")) if results.exists() else None

    return run


def test_a_run_leaves_all_its_files(evaluate, tmp_path, capsys, index):
    evaluate()
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names > {"report.html", "results.json", "results.xlsx", "junit.xml"}
    assert "整体正确" in capsys.readouterr().out


def thresholds(tmp_path, *entries):
    path = tmp_path / "thresholds.toml"
    path.write_text("".join(f"[[threshold]]\n{entry}\n" for entry in entries), encoding="utf-8")
    return ["--thresholds", str(path)]


def test_the_exit_status_says_whether_the_thresholds_hold(evaluate, tmp_path, index):
    assert evaluate(*thresholds(tmp_path, 'metric = "right"\nmin = 0.01'))[0] == 0
    assert (
        evaluate(*thresholds(tmp_path, 'metric = "right"\nmin = 0.01', 'metric = "mrr"\nmin = 1.01'))[0] == 1
    )


@pytest.mark.slow
def test_dropped_decimal_points_are_caught(evaluate, tmp_path, raw, index):
    strict = thresholds(tmp_path, 'metric = "facts_right"\nmin = 0.9')
    before = evaluate(*strict, out="good")
    dropped = tmp_path / "plan.txt"
    # In the glossary the same character stands after the numbers of the entries.
    body, heading, glossary = raw.rpartition("名词解释")
    body = re.sub("(?<=[０-９])\ue010(?=[０-９])", "", body)
    dropped.write_text(body + heading + glossary, encoding="utf-8")
    after = evaluate(*strict, "--config", f"source={dropped}", out="bad")
    assert (before[0], after[0]) == (0, 1)
    assert after[1]["overall"]["facts_right"]["value"] < before[1]["overall"]["facts_right"]["value"] - 0.1
    assert main(["--compare", str(tmp_path / "good"), str(tmp_path / "bad")]) == 0


@pytest.mark.slow
def test_a_threshold_that_refuses_everything_is_caught(evaluate, tmp_path, index):
    strict = thresholds(tmp_path, 'metric = "over_refusal"\nmax = 0.1')
    assert evaluate(*strict)[0] == 0
    assert evaluate(*strict, "--config", "threshold=1.1")[0] == 1


def test_only_shows_one_question_in_full(evaluate, few, capsys, index):
    first = load_known("dev", few)[0]
    status, results = evaluate("--only", first.id)
    shown = capsys.readouterr().out
    assert first.question in shown
    assert "检索到" in shown
    assert results is None
    assert status in (0, 1)


def test_errors_are_told_in_chinese(evaluate, capsys, tmp_path):
    assert evaluate("--only", "x-999")[0] == 2
    assert "没有编号为 x-999" in capsys.readouterr().err
    assert main(["--compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 2
    assert "读不到评测结果" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["--split", "train"])
    assert left.value.code == 2
    assert "--split 的值 'train' 不正确" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["", "check", "add", "adopt", "export", "import", "baselines", "retrieve"]
)
def test_help_is_in_chinese(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([*command.split(), "--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("用法：")
    assert not re.search(r"usage|options:|show this help", shown)


def test_add_and_adopt(few, tmp_path, capsys, index_settings, monkeypatch, index):
    monkeypatch.setenv("JIWEN_DATA", str(index_settings.data))
    for name in ("dev.jsonl", "test.jsonl"):
        (tmp_path / name).write_bytes((few / name).read_bytes())
    (tmp_path / "log.jsonl").write_text(
        '{"question": "梨树模式是啥"}\n\n{"question": "那产量呢", "history": ["粮食"], "why": "答案有误"}\n',
        encoding="utf-8",
    )
    known = ["--known", str(tmp_path)]
    assert main(["add", "2025年城镇化率目标是多少", "--from", str(tmp_path / "log.jsonl"), *known]) == 0
    drafts = [
        json.loads(line) for line in (tmp_path / "drafts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [draft["question"] for draft in drafts] == ["2025年城镇化率目标是多少", "梨树模式是啥", "那产量呢"]
    assert [draft["why"] for draft in drafts] == ["用户反馈", "用户反馈", "答案有误"]
    assert main(["adopt", "n-001", *known]) == 2
    drafts[0] |= {"author": "张三", "why": "用户问过", "facts": [["99.9%"]]}
    text = "".join(json.dumps(draft, ensure_ascii=False) + "\n" for draft in drafts)
    (tmp_path / "drafts.jsonl").write_text(text, encoding="utf-8")
    assert main(["adopt", "n-001", *known]) == 1
    assert "没有找到" in capsys.readouterr().out
    (tmp_path / "drafts.jsonl").write_text(text.replace("99.9%", "65%"), encoding="utf-8")
    assert main(["adopt", "n-001", *known]) == 0
    assert load_known("dev", tmp_path)[-1].question == "2025年城镇化率目标是多少"


def test_export_and_import(few, tmp_path, capsys):
    for name in ("dev.jsonl", "test.jsonl"):
        (tmp_path / name).write_bytes((few / name).read_bytes())
    known = ["--known", str(tmp_path)]
    before = load_known("all", tmp_path)
    sheet = str(tmp_path / "known.xlsx")
    assert main(["export", sheet, *known]) == 0
    write_known(tmp_path / "dev.jsonl", before[5:])
    assert main(["import", sheet, "--dry-run", *known]) == 0
    assert len(load_known("all", tmp_path)) == len(before) - 5
    assert main(["import", sheet, *known]) == 0
    assert sorted(load_known("all", tmp_path), key=lambda r: r.id) == sorted(before, key=lambda r: r.id)


@pytest.mark.slow
def test_baselines_stand_in_one_table(few, index_settings, monkeypatch, raw, index):
    monkeypatch.setenv("JIWEN_DATA", str(index_settings.data))
    subject = open_subject(Config())
    table = run_baselines(subject, raw, load_known("dev", few), "dev")
    rows = {row["name"]: row["overall"] for row in table["rows"]}
    tutorial = next(found for name, found in rows.items() if "原文件" in name)
    words = next(found for name, found in rows.items() if "按词" in name)
    whole = rows["本项目（全部）"]
    assert tutorial["mrr"]["value"] < words["mrr"]["value"] <= whole["mrr"]["value"]
    assert sum(name.startswith("去掉") for name in rows) >= 5
    assert all(set(found) >= {"right", "hit@1", "mrr"} for found in rows.values())
