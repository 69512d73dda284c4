"""Replies that need no evidence: bad input, greetings, rudeness, instructions to the system; and refusals."""

from bot.judge import Evidence
from bot.keys import Keys
from bot.lexicon import lexicon
from bot.question import Question
from prompts import wording


def input_problem(question: object, cleaned: str, limit: int) -> str | None:
    """What is wrong with an input, in words for the user; None for a good one."""
    if not isinstance(question, str):
        return wording("invalid.not_text")
    if not cleaned:
        return wording("invalid.empty")
    if len(cleaned) > limit:
        return wording("invalid.too_long", length=len(cleaned), limit=limit)
    if not any(char.isalnum() for char in cleaned):
        return wording("invalid.no_words")
    return None


def courtesy(question: Question) -> str | None:
    """The reply to a greeting or thanks, which stand for themselves even in the middle of a conversation."""
    for name, patterns in lexicon().fixed:
        if name in ("greeting", "thanks") and any(pattern.search(question.text) for pattern in patterns):
            return wording(f"out_of_scope.{name}")
    return None


def fixed_reply(question: Question, keys: Keys) -> str | None:
    """The fixed reply to a question that is none about the plan; None where it may be one."""
    names_something = bool((keys.terms and not keys.slip) or keys.indicators or keys.boxes)
    for name, patterns in lexicon().fixed:
        if any(pattern.search(question.text) for pattern in patterns):
            # A greeting or an insult around a real question does not make it none.
            if name in ("default", "rude") and names_something:
                continue
            return wording(f"out_of_scope.{name}")
    return None


def refusal(question: Question, evidence: Evidence, nearest: str) -> tuple[str, str]:
    """Status and text of a refusal: out of scope, or not in the plan with the nearest place that it has."""
    if (
        any(pattern.search(question.text) for pattern in lexicon().outside)
        and evidence.signs["joint_coverage"] < 0.5
    ):
        return "out_of_scope", wording("out_of_scope.default")
    place = next(iter((*question.outside, *question.inside)), "")
    if evidence.missing == "place" and place:
        text = wording("refusal.not_in_plan_place", place=place)
    elif evidence.missing == "year" and question.years:
        text = wording("refusal.not_in_plan_year", year=question.years[0])
    else:
        text = wording("refusal.not_in_plan")
    return "not_in_plan", f"{text}{wording('refusal.nearest', nearest=nearest)}" if nearest else text
