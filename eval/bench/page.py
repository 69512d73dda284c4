"""The benchmark's page, and its table in the README, made of what was measured."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.bench.contestants import MEASURED
from eval.labels import label
from eval.metrics import METRICS

HEADING = "## 与现成做法相比"
_README_ROWS = ("jiwen", "tutorial", "tutorial_bm25", "bm25s_jieba", "rank_bm25_jieba", "chroma_filter")
_WHAT = {"dense_passages": "向量·段落", "dense_questions": "向量·问句", "lexical": "词语（各字段 BM25）"}
_MIB = 2**20


def bench_page(found: Mapping[str, Any]) -> str:
    """The page in Markdown."""
    lines = [
        "# 基准",
        "",
        "本页和 `bench.json` 由 `make bench`（`python -m eval bench`）写成，不手工修改。",
        f"{found['cores']} 核的机器，不用显卡；{found['made']}，"
        f"开发集 {found['questions']} 问，{found['passages']} 段。{_busy(found)}",
        "",
        *_goals(found),
        "",
        "## 质量和快慢",
        "",
        *_quality(found),
        "",
        "同样的问题、同样的核对程序。教程做法用它自己的切法（SentenceSplitter 默认值），"
        "向量用本项目随附的编码器（它默认的要联网）；其余各行都用本项目的段落。"
        "只有本项目的“全程”包括判断、成文和核对，其余只检索。",
        "",
        "## 许多人同时问",
        "",
        *_users(found),
        "",
        "## 启动和内存",
        "",
        *_starts(found),
        "",
        "“从零”没有索引，要先建；“再次”有索引（BM25 各行每次都重建）。秒数从命令开始到第一个回答；"
        "内存是问过一百个问题之后的。",
        "",
        "## 安装大小",
        "",
        *_table(
            ("做法", "安装大小（MiB）"),
            ((_name(found, key), f"{size / _MIB:.0f}") for key, size in found["sizes"].items()),
        ),
        "",
        "## 时间花在哪里",
        "",
        *_stages(found),
        "",
        "## 下限：同样的检索用 numpy 要多久",
        "",
        *_floors(found),
        "",
        "向量一行是一次矩阵乘向量再取前 200；词语一行是把同样的倒排表相加，没有分权重、没有把问句归到段落。",
    ]
    return "\n".join(lines) + "\n"


def goals(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The goals: "name", "value", "limit", "unit", and the "ratio" to the tutorial's figure, None if none."""
    systems = {row["key"]: row for row in found["systems"]}
    web, tutorial = found["web"], found["starts"]["tutorial"]
    ours, theirs = systems["jiwen"]["milliseconds"], systems["tutorial"]["milliseconds"]
    many = {key: rows[1]["milliseconds"]["p95"] for key, rows in found["users"].items()}
    told = [
        ("第一次启动到第一个回答", web["cold"]["answer"], 60, "秒", tutorial["cold"]["seconds"]),
        ("再次启动到第一个回答", web["warm"]["answer"], 4, "秒", tutorial["warm"]["seconds"]),
        ("一人提问，95% 分位", ours["p95"], 60, "毫秒", theirs["p95"]),
        ("50 人同时提问，95% 分位", many["jiwen"], 500, "毫秒", many["tutorial"]),
    ]
    if "resident" in web["warm"]:
        resident = web["warm"]["resident"] / _MIB
        told.append(("网页进程内存", resident, 450, "MiB", tutorial["warm"]["resident"] / _MIB))
    return [
        {
            "name": name,
            "value": value,
            "limit": limit,
            "unit": unit,
            "ratio": value / other if other else None,
        }
        for name, value, limit, unit, other in told
    ]


def readme_table(found: Mapping[str, Any]) -> list[str]:
    """The README's table: quality, speed, start, memory and size of the best known ways."""
    systems = {row["key"]: row for row in found["systems"] if "quality" in row}
    rows = []
    for key in _README_ROWS:
        if key not in systems:
            continue
        quality, speed = systems[key]["quality"], systems[key]["milliseconds"]
        started = found["starts"].get(key)
        rows.append(
            (
                systems[key]["name"],
                *(f"{100 * quality[name]['value']:.1f}%" for name in ("hit@1", "facts@5")),
                f"{speed['median']:.1f} / {speed['p95']:.1f}",
                f"{started['warm']['seconds']:.1f}" if started else "—",
                _mib(started["warm"].get("resident")) if started else "—",
                _mib(found["sizes"].get(key)),
            )
        )
    heads = (
        "做法",
        "命中率@1",
        "要点在前 5 段",
        "用时（中位 / 95%，毫秒）",
        "启动（秒）",
        "内存（MiB）",
        "安装（MiB）",
    )
    return _table(heads, rows)


def update_readme(path: Path, found: Mapping[str, Any]) -> None:
    """Put the table into the section of its own, if the README has that section."""
    text = path.read_text(encoding="utf-8")
    before, heading, rest = text.partition(f"\n{HEADING}\n")
    if not heading:
        return
    section, following, after = rest.partition("\n## ")
    kept = [line for line in section.splitlines() if not line.startswith("|")]
    at = next((i for i, line in enumerate(section.splitlines()) if line.startswith("|")), len(kept))
    lines = [*kept[:at], *readme_table(found), *kept[at:]]
    path.write_text(f"{before}{heading}{chr(10).join(lines)}\n{following}{after}", encoding="utf-8")


def _busy(found: Mapping[str, Any]) -> str:
    # Half a core for others is what a machine that does nothing else may have.
    if found["load"] <= found["cores"] / 4:
        return ""
    return f"**机器当时不空闲（负载 {found['load']}），快慢和启动各数偏高，不能作准。**"


def _goals(found: Mapping[str, Any]) -> list[str]:
    return _table(
        ("目标", "实测", "要求", "达到", "与教程做法之比"),
        (
            (
                goal["name"],
                f"{goal['value']:.1f} {goal['unit']}",
                f"≤ {goal['limit']} {goal['unit']}",
                "是" if goal["value"] <= goal["limit"] else "否",
                f"{goal['ratio']:.1f} 倍" if goal["ratio"] else "—",
            )
            for goal in goals(found)
        ),
    )


def _quality(found: Mapping[str, Any]) -> list[str]:
    labels = {metric.name: metric.label for metric in METRICS}
    rows = []
    for row in found["systems"]:
        if "missing" in row:
            rows.append((row["name"], *["—"] * len(MEASURED), f"未安装 {row['missing']}", "—"))
            continue
        cells = [f"{100 * row['quality'][name]['value']:.1f}%" for name in MEASURED]
        parts = {"全程": row["milliseconds"]}
        if "retrieval_milliseconds" in row:
            parts["只检索"] = row["retrieval_milliseconds"]
        for part, speed in parts.items():
            name = f"{row['name']}（{part}）" if len(parts) > 1 else row["name"]
            rows.append((name, *cells, f"{speed['median']:.1f}", f"{speed['p95']:.1f}"))
    return _table(("做法", *(labels[name] for name in MEASURED), "中位数（毫秒）", "95%分位（毫秒）"), rows)


def _users(found: Mapping[str, Any]) -> list[str]:
    groups = [(f"{_name(found, key)}（进程内）", rows) for key, rows in found["users"].items()]
    groups.append(("本项目（HTTP）", found["web"]["users"]))
    return _table(
        ("做法", "同时提问", "同时回答", "每秒回答", "中位数（毫秒）", "95%分位（毫秒）", "出错"),
        (
            (
                name,
                row["users"],
                "—" if "HTTP" in name else row["workers"],
                row["per_second"],
                f"{row['milliseconds'].get('median', 0):.0f}",
                f"{row['milliseconds'].get('p95', 0):.0f}",
                row["errors"],
            )
            for name, rows in groups
            for row in rows
        ),
    )


def _starts(found: Mapping[str, Any]) -> list[str]:
    web = found["web"]
    rows = [
        ("本项目·网页，到网页打开", web["cold"]["page"], web["warm"]["page"], "", ""),
        (
            "本项目·网页，到第一个回答",
            web["cold"]["answer"],
            web["warm"]["answer"],
            _mib(web["warm"].get("resident")),
            _mib(web["warm"].get("peak")),
        ),
    ]
    for key, told in found["starts"].items():
        name = "本项目·命令行" if key == "jiwen" else _name(found, key)
        warm = told["warm"]
        rows.append(
            (
                name,
                told["cold"]["seconds"],
                warm["seconds"],
                _mib(warm.get("resident")),
                _mib(warm.get("peak")),
            )
        )
    return _table(("做法", "从零（秒）", "再次（秒）", "常驻内存（MiB）", "内存峰值（MiB）"), rows)


def _stages(found: Mapping[str, Any]) -> list[str]:
    rows = next(row["stages"] for row in found["systems"] if row["key"] == "jiwen")
    return _table(
        ("环节", "平均（毫秒）", "中位数", "95%分位", "占全部时间"),
        (
            (
                "其他（追问、寒暄、记录）" if row["stage"] == "rest" else label("timing", row["stage"]),
                f"{row['mean']:.2f}",
                f"{row['median']:.2f}",
                f"{row['p95']:.2f}",
                f"{100 * row['share']:.0f}%",
            )
            for row in rows
        ),
    )


def _floors(found: Mapping[str, Any]) -> list[str]:
    return _table(
        ("检索", "规模", "本项目（毫秒）", "numpy（毫秒）", "倍数"),
        (
            (
                _WHAT[row["what"]],
                "×".join(map(str, row["shape"])),
                f"{row['milliseconds']['median']:.2f}",
                f"{row['floor']['median']:.2f}",
                f"{row['milliseconds']['median'] / max(row['floor']['median'], 0.001):.1f}",
            )
            for row in found["floors"]
        ),
    )


def _name(found: Mapping[str, Any], key: str) -> str:
    return next(str(row["name"]) for row in found["systems"] if row["key"] == key)


def _mib(size: int | None) -> str:
    return "—" if size is None else f"{size / _MIB:.0f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    return [*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)]
