"""What became of a language model's sentences: counted for each model and version of the prompt."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from eval.case import Case

SENTENCES = ("kept", "replaced", "dropped")


def sum_wordings(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """The counts of every model and version of its prompt; empty if no answer went through a model.

    Returns:
        One entry for each pair, in the order they first occur: `answers` given to the model; how many of them
        it `worded`, how many of those were `corrected` (a sentence replaced or dropped), and how many
        `fell_back` to the verbatim answer, with the `reasons`; the `sentences` it wrote for all of them, the
        answers that fell back included, what became of these (`kept`, `replaced`, `dropped`), and the
        `faults` found. `shares` holds `worded` and `fell_back` of the answers, `corrected` of the worded
        ones, and `kept`, `replaced`, `dropped` of the sentences; a share of nothing is left out.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for case in cases:
        if case.wording is not None:
            groups.setdefault((case.wording["model"], case.wording["prompt"]), []).append(case.wording)
    return [_sum(model, prompt, found) for (model, prompt), found in groups.items()]


def _sum(model: str, prompt: str, found: list[Mapping[str, Any]]) -> dict[str, Any]:
    reasons = Counter(one["reason"] for one in found if one["reason"])
    faults: Counter[str] = Counter()
    for one in found:
        faults.update(one["faults"])
    counts = {
        "answers": len(found),
        "worded": len(found) - reasons.total(),
        "corrected": sum(1 for one in found if not one["reason"] and one["replaced"] + one["dropped"]),
        "fell_back": reasons.total(),
        "sentences": sum(one["sentences"] for one in found),
        **{name: sum(one[name] for one in found) for name in SENTENCES},
    }
    wholes = {"worded": "answers", "fell_back": "answers", "corrected": "worded"}
    wholes |= dict.fromkeys(SENTENCES, "sentences")
    return {
        "model": model,
        "prompt": prompt,
        **counts,
        "shares": {
            part: round(counts[part] / counts[whole], 4) for part, whole in wholes.items() if counts[whole]
        },
        "reasons": dict(reasons.most_common()),
        "faults": dict(faults.most_common()),
    }
