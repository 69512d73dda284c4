"""Drafts: a question from users' feedback or from the log becomes a draft known answer in one step.

A draft holds what the system answered: a person checks it against the plan, completes it, and moves it to a
split (`python -m eval adopt`), which the validator allows only when nothing is wrong with it.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.answer import Answer
from eval.numbers import figures
from eval.places import place_of
from eval.records import (
    KNOWN,
    REFUSALS,
    EvaluationError,
    KnownAnswer,
    Place,
    known_path,
    read_known,
    write_known,
)

DRAFTS = "drafts.jsonl"
TO_DO = "待补"
_KINDS_OF_ENGINE = {"difference": "indicator", "evidence": "policy", "measures": "policy", "value": "number"}


def draft_from(
    question: str, history: Sequence[Any], answer: Answer, *, id: str, user: str = "public", why: str = TO_DO
) -> KnownAnswer:
    """Draft a known answer from what the system answered.

    Args:
        question: as the user typed it.
        history: what came before.
        answer: the system's answer; its status, figures and places are proposals only.
        id: the draft's id.
        user: kind of user.
        why: where the question comes from.
    """
    from eval.labels import labels

    kind = str(answer.trace.get("kind") or "")
    kind = _KINDS_OF_ENGINE.get(kind, kind)
    refused = answer.status in REFUSALS
    if refused:
        kind = "not_in_plan" if answer.status == "not_in_plan" else "out_of_scope"
    elif history:
        kind = "follow_up"
    elif kind not in labels("kind") or kind in ("not_in_plan", "out_of_scope"):
        kind = "policy"
    places: list[Place] = []
    for citation in answer.citations:
        place = place_of(citation)
        if place not in places:
            places.append(place)
    return KnownAnswer(
        id=id,
        question=question,
        history=tuple(history),
        kind=kind,
        user=user,
        noise=None,
        ability="negative_rejection" if refused else None,
        status=answer.status if refused else "answered",
        facts=() if refused else _facts(answer),
        forbidden=(),
        places=tuple(places),
        author=TO_DO,
        why=why,
        split="dev",
    )


def add_draft(
    question: str, history: Sequence[Any], answer: Answer, *, why: str = TO_DO, folder: Path = KNOWN
) -> KnownAnswer:
    """Add a draft to `drafts.jsonl`; a question that is there already is not added again.

    Returns:
        The draft (the earlier one if there is one).
    """
    drafts = load_drafts(folder)
    for draft in drafts:
        if draft.question == question and list(draft.history) == list(history):
            return draft
    draft = draft_from(question, history, answer, id=_next_id(drafts, "n"), why=why)
    write_known(folder / DRAFTS, [*drafts, draft])
    return draft


def load_drafts(folder: Path = KNOWN) -> list[KnownAnswer]:
    """The drafts that wait to be completed.

    Raises:
        EvaluationError: the file has lines that are no records.
    """
    path = folder / DRAFTS
    if not path.exists():
        return []
    located, problems = read_known(path, "dev")
    if problems:
        raise EvaluationError("草稿文件有错误，请先改正：\n" + "\n".join(map(str, problems)))
    return [item.record for item in located]


def adopt_draft(id: str, split: str, records: Iterable[KnownAnswer], folder: Path = KNOWN) -> KnownAnswer:
    """Move a completed draft to the end of a split, with the next id there; the caller has validated it.

    Raises:
        EvaluationError: there is no such draft, or something is still to be done in it.
    """
    from dataclasses import replace

    drafts = load_drafts(folder)
    draft = next((draft for draft in drafts if draft.id == id), None)
    if draft is None:
        raise EvaluationError(f"草稿中没有 {id}。现有：{'、'.join(draft.id for draft in drafts) or '无'}")
    if TO_DO in (draft.author, draft.why):
        raise EvaluationError(f"草稿 {id} 还没有写完：请填写 author（谁核对的）和 why（为什么要有这一条）。")
    existing = [record for record in records if record.split == split]
    record = replace(draft, id=_next_id(existing, split[0]), split=split)
    write_known(known_path(split, folder), [*existing, record])
    write_known(folder / DRAFTS, [other for other in drafts if other.id != id])
    return record


def _facts(answer: Answer) -> tuple[tuple[str, ...], ...]:
    if answer.value:
        return ((answer.value,),)
    first = answer.citations[0].quote if answer.citations else ""
    found = [
        str(figure) for figure in figures(first) if figure.unit and figure.unit not in ("年", "月", "日")
    ]
    if found:
        return tuple((form,) for form in dict.fromkeys(found))
    sentence = re.split(r"[。；]", first)[0]
    return ((sentence,),) if sentence else ()


def _next_id(records: Iterable[KnownAnswer], letter: str) -> str:
    numbers = [
        int(match.group(1)) for record in records if (match := re.fullmatch(rf"{letter}-(\d+)", record.id))
    ]
    return f"{letter}-{max(numbers, default=0) + 1:03}"
