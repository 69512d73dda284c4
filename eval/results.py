"""Results: everything a run found out, as JSON values; the report and the other files are made from them."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.answer import Citation
from eval.case import Case
from eval.places import right_citation
from eval.records import EvaluationError, KnownAnswer, Place
from eval.stages import failed_stage
from eval.store import plain
from eval.summary import SEED, Estimate, by_group, estimates, latency, lengths, refusal_curve
from eval.thresholds import Check, Threshold, check_thresholds
from eval.wordings import sum_wordings
from ingest.place import place_in_words

VERSION = 1
_SHOWN = 10  # retrieved passages kept with a case
_EXCERPT = 160  # characters of a retrieved passage


def summarise(
    cases: Sequence[Case], *, split: str, config: str, fingerprint: str, partial: bool = False
) -> dict[str, Any]:
    """Sum up a run.

    Args:
        cases: the answered known answers.
        split: "dev", "test" or "all".
        config: the configuration in words.
        fingerprint: of the configuration.
        partial: whether only some of the split's questions were asked.
    """
    overall = estimates(cases)
    groups = {
        group: {name: _to_json(found) for name, found in classes.items()}
        for group, classes in by_group(cases).items()
    }
    return {
        "version": VERSION,
        "split": split,
        "partial": partial,
        "config": config,
        "fingerprint": fingerprint,
        "made": time.strftime("%Y-%m-%d %H:%M"),
        "seed": SEED,
        "questions": len(cases),
        "overall": _to_json(overall),
        "groups": groups,
        "latency": latency(cases),
        "length": lengths(cases),
        "curve": refusal_curve(cases),
        "threshold": next(
            (plain(c.answer.trace["threshold"]) for c in cases if c.answer.trace.get("threshold")), None
        ),
        "stages": _stages(cases),
        "wordings": sum_wordings(cases),
        "cases": [case_to_json(case) for case in cases],
    }


def judge_results(
    results: dict[str, Any], thresholds: list[Threshold], *, timing: bool = True
) -> list[Check]:
    """Hold the thresholds against results and note the outcome in them; a partial run is not judged."""
    checks = [] if results["partial"] else check_thresholds(results, thresholds, timing=timing)
    results["checks"] = [check.to_json() for check in checks]
    results["passed"] = all(check.good for check in checks)
    return checks


def case_to_json(case: Case) -> dict[str, Any]:
    """A case with all that the report shows of it."""
    record, answer = case.record, case.answer
    trace = answer.trace
    gold = {passage.id for passage in case.gold}
    retrieved = [
        {
            "id": passage.id,
            "score": round(score, 4),
            "gold": passage.id in gold,
            "place": place_words(passage.place, passage.kind),
            "text": passage.text[:_EXCERPT] + ("…" if len(passage.text) > _EXCERPT else ""),
        }
        for passage, score in case.retrieved[:_SHOWN]
    ]
    found: dict[str, Any] = {
        "id": record.id,
        "split": record.split,
        "question": record.question,
        "history": list(record.history),
        "kind": record.kind,
        "user": record.user,
        "noise": record.noise,
        "ability": record.ability,
        "chapter": record.chapter,
        "why": record.why,
        "expected_status": record.status,
        "facts": [
            {"any": list(fact), "held": held, "quoted": quoted}
            for fact, held, quoted in zip(record.facts, case.facts_held, case.facts_quoted, strict=True)
        ],
        "forbidden": list(record.forbidden),
        "forbidden_held": list(case.forbidden_held),
        "places": [place_words(place) for place in record.places],
        "right": case.right,
        "stage": failed_stage(case),
        "error": case.error,
        "status": answer.status,
        "text": answer.text,
        "mode": answer.mode,
        "understood": answer.question,
        "understood_kind": trace.get("kind"),
        "evidence": trace.get("evidence"),
        "threshold": trace.get("threshold"),
        "citations": [_citation(case, citation, record) for citation in answer.citations],
        "unfaithful_numbers": case.numbers[1],
        "gold": sorted(gold),
        "retrieved": retrieved,
        "features": trace.get("features", {}),
        "timings": {stage: round(float(ms), 3) for stage, ms in answer.timings.items()},
        "judged": case.judged,
        "wording": case.wording,
    }
    shown: dict[str, Any] = plain(found)
    return shown


def place_words(place: Place, kind: str = "") -> str:
    """A place as an official would say it; without pages where none is known."""
    kind = kind or ("preamble" if place.pages and place.pages[0] < 20 else "postscript")
    words = place_in_words(
        kind,
        place.pages or (0,),
        chapter=place.chapter,
        section=place.section,
        box=place.box,
        term=place.term,
        indicator=place.indicator,
    )
    return words if place.pages else words.rpartition(" · ")[0]


def write_results(path: Path, results: dict[str, Any]) -> None:
    """Write results as JSON, all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    text = json.dumps(results, ensure_ascii=False, indent=1) + "\n"
    part.write_text(text, encoding="utf-8", errors="backslashreplace")
    part.replace(path)


def read_results(path: Path) -> dict[str, Any]:
    """Read results that `write_results` wrote; a folder stands for the `results.json` in it.

    Raises:
        EvaluationError: there is no such file, or it holds no results.
    """
    if path.is_dir():
        path = path / "results.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(
            f"读不到评测结果 {path}：{error.strerror}。请给出 results.json 或它所在的文件夹。"
        ) from error
    except ValueError as error:
        raise EvaluationError(f"{path} 不是评测结果：{error}") from error
    if not isinstance(found, dict) or "cases" not in found or "overall" not in found:
        raise EvaluationError(f"{path} 不是评测结果：缺少 cases 或 overall。")
    return found


def _to_json(found: dict[str, Estimate]) -> dict[str, Any]:
    return {name: estimate.to_json() for name, estimate in found.items()}


def _stages(cases: Sequence[Case]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for case in cases:
        stage = failed_stage(case)
        if stage:
            counts[stage] = counts.get(stage, 0) + 1
    return counts


def _citation(case: Case, citation: Citation, record: KnownAnswer) -> dict[str, Any]:
    return {
        "n": citation.n,
        "place": citation.place,
        "quote": citation.quote,
        "right": right_citation(citation, record),
        "verbatim": citation.n not in case.quotations_false,
        "pages_true": citation.n not in case.pages_false,
    }
