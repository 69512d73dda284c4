"""Which stage of the system a miss is to be looked for in: understanding, retrieval, judge or composing."""

from eval.case import Case
from eval.text import holds

_WITHIN = 10


def failed_stage(case: Case) -> str | None:
    """The stage that failed, None where nothing did.

    - the system raised an error: "error";
    - expected a refusal, got an answer: understanding if the question lies outside the plan's scope or is
      invalid, else the judge;
    - refused where the plan answers: retrieval if no relevant passage was among the first ten (understanding
      if it is a follow-up or was taken for out of scope or invalid), else the judge;
    - answered, but wrong: retrieval if the first ten lack a relevant passage or one of the facts
      (understanding for a follow-up), else composing;
    - a question for a place in the plan: understanding if no citation is right, else composing.
    A right answer with an unfaithful figure or quotation has failed in composing.
    """
    if case.error is not None:
        return "error"
    if case.right:
        unfaithful = case.numbers[1] or case.quotations_false or case.pages_false
        return "composing" if unfaithful else None
    if not case.record.answerable:
        if case.refused:
            return "composing"
        return "judge" if case.record.status == "not_in_plan" else "understanding"
    if case.answer.status in ("out_of_scope", "invalid"):
        return "understanding"
    if case.record.kind == "place":  # found by its number, not by retrieval
        return "composing" if any(case.citations_right) else "understanding"
    if not _retrieved(case):
        return "understanding" if case.record.history else "retrieval"
    return "judge" if case.refused else "composing"


def _retrieved(case: Case) -> bool:
    if not case.gold:
        return True
    first = [passage for passage, _ in case.retrieved[:_WITHIN]]
    gold = {passage.id for passage in case.gold}
    if not gold & set(case.retrieved_ids[: 2 * _WITHIN]):
        return False
    return all(any(holds(passage.text, fact) for passage in first) for fact in case.record.facts)
