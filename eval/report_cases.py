"""The report's questions and coverage map: results put in the words and groups that the page shows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eval.labels import label, labels
from eval.metrics import METRICS
from eval.summary_text import percent, wording_words
from eval.thresholds import class_name
from ingest.numerals import chinese_numeral

if TYPE_CHECKING:
    from markupsafe import Markup

_PARTS = {"section": "章节", "box": "专栏", "indicator": "主要指标", "term": "名词解释"}
_SIGNS = 6  # features shown with a retrieved passage, the largest ones


def coverage_groups(cells: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The coverage map by part of the plan, in rows of cells."""
    groups = []
    for group, name in _PARTS.items():
        rows: dict[str, list[dict[str, Any]]] = {}
        of_group = [cell for cell in cells if cell["group"] == group]
        for cell in of_group:
            chapter, _, section = cell["number"].partition(".")
            row = f"第{chinese_numeral(int(chapter))}章" if group == "section" else ""
            told = f"：{cell['asked']} 问，答对 {cell['right']}" if cell["asked"] else "：没有问到"
            rows.setdefault(row, []).append(
                {
                    "number": ("引" if section == "0" else section) if group == "section" else cell["number"],
                    "asked": cell["asked"],
                    "ids": " ".join(cell["ids"]),
                    "title": f"{cell['title']}{told}",
                    "level": level(cell["right"] / cell["asked"]) if cell["asked"] else "none",
                }
            )
        if of_group:
            covered = sum(bool(cell["asked"]) for cell in of_group)
            grid = [{"name": row, "cells": found} for row, found in rows.items()]
            groups.append({"name": name, "covered": covered, "total": len(of_group), "rows": grid})
    return groups


def filters(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the questions can be filtered by, with the number of questions of each class."""
    found = []
    for key, name in labels("class").items():
        counts: dict[str, int] = {}
        for case in cases:
            if case[key] is not None:
                counts[str(case[key])] = counts.get(str(case[key]), 0) + 1
        order = (
            sorted(counts, key=int)
            if key == "chapter"
            else [value for value in labels(key) if value in counts]
        )
        if key == "split" and len(counts) < 2:
            continue
        options = [
            {"value": value, "name": class_name(key, value), "count": counts[value]} for value in order
        ]
        found.append({"key": key, "name": name, "options": options})
    return found


def case_view(case: Mapping[str, Any]) -> dict[str, Any]:
    """A question of the results with its labels and its stages in words."""
    names = {metric.name: metric.label for metric in METRICS}
    held = sum(fact["held"] for fact in case["facts"])
    right = sum(citation["right"] for citation in case["citations"])
    found = "answered" if case["status"] == "partial" else case["status"]
    return {
        **case,
        "history": [
            turn if isinstance(turn, str) else f"{turn.get('role')}：{turn.get('content')}"
            for turn in case["history"]
        ],
        "text": bold(case["text"]),
        "kind_name": label("kind", case["kind"]),
        "user_name": label("user", case["user"]),
        "noise_name": label("noise", case["noise"]),
        "ability_name": label("ability", case["ability"]),
        "stage_name": label("stage", case["stage"]),
        "status_name": "程序出错" if case["error"] else label("status", case["status"]),
        "expected_status_name": label("status", case["expected_status"]),
        "status_good": found == case["expected_status"] and not case["error"],
        "understood_kind": label("kind", case["understood_kind"]) if case["understood_kind"] else None,
        "retrieval": _retrieval(case),
        "judgement": _judgement(case),
        "composing": f"要点 {held}/{len(case['facts'])}，出处正确 {right}/{len(case['citations'])}",
        "wording_words": wording_words(case["wording"]) if case.get("wording") else "",
        "timing": f"{case['timings']['total']:.1f} 毫秒" if "total" in case["timings"] else "—",
        "judged_names": [(names[name], percent(value)) for name, value in case["judged"].items()],
        "retrieved": [
            {**passage, "signs": _signs(case["features"].get(passage["id"]))} for passage in case["retrieved"]
        ],
    }


def bold(text: str) -> "Markup":
    """An answer's text with its `**bold**` shown; everything else is escaped and stays as written."""
    from markupsafe import Markup, escape

    parts = text.split("**")
    if len(parts) % 2 == 0:  # an odd number of marks is no Markdown
        return escape(text)
    pieces = (Markup("<b>{}</b>").format(part) if i % 2 else escape(part) for i, part in enumerate(parts))
    return Markup("").join(pieces)


def _retrieval(case: Mapping[str, Any]) -> str:
    ranks = [str(rank) for rank, passage in enumerate(case["retrieved"], 1) if passage["gold"]]
    if not case["retrieved"]:
        return "未检索"
    if not case["gold"]:
        return f"{len(case['retrieved'])} 段"
    return f"相关段第 {'、'.join(ranks)} 名" if ranks else f"前 {len(case['retrieved'])} 段中没有相关段"


def _judgement(case: Mapping[str, Any]) -> str:
    if case["evidence"] is None or case["threshold"] is None:
        return "—"
    return f"证据 {case['evidence']:.3f}，门槛 {case['threshold']:.3f}"


def _signs(features: Mapping[str, float] | None) -> str:
    shown = sorted((features or {}).items(), key=lambda item: -abs(item[1]))[:_SIGNS]
    return "  ".join(f"{name} {value:.2f}" for name, value in shown if abs(value) >= 0.005)


def level(share: float) -> str:
    """The class by which a share from 0 to 1 is coloured."""
    return "full" if share >= 0.9995 else "most" if share >= 0.8 else "half" if share >= 0.5 else "few"
