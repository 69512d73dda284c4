"""Answers about glossary terms: the definition, whole, and where the plan uses the term."""

from functools import lru_cache

from llama_index.core.schema import TextNode

from bot.compose.context import Context
from bot.draft import Draft, Quote, whole
from bot.lexicon import lexicon
from bot.sentences import units_of
from ingest.plan import Span, Term
from ingest.terms import normalise, words
from prompts import wording

_BODY_KINDS = ("paragraph", "box_item")


def asks_definition(context: Context) -> bool:
    """Whether the question wants to know what its terms mean, rather than something about them."""
    terms = context.keys.terms
    if not terms or context.question.asks_place:
        return False
    rest = normalise(context.question.text)
    for term in terms:
        for form in sorted((term.name, *term.aliases), key=len, reverse=True):
            rest = rest.replace(normalise(form), " ")
    if context.keys.slip:
        return True
    if any(cue in rest for cue in context.rules["definition_cues"]):
        return True
    # The term and nothing else that says anything.
    asking = lexicon().asking
    return not [word for word in words(rest) if word not in asking]


def compose(context: Context) -> Draft:
    """Each named term's definition, one after the other; for a single one also its uses in the text."""
    draft = context.draft()
    for term in context.keys.terms[: context.rules["terms"]]:
        draft.quote(whole(context.node(f"term.{term.number}")))
        if draft.value is None:
            draft.value = term.definition
    if len(context.keys.terms) == 1:
        uses = uses_of(context, context.keys.terms[0])
        if uses:
            draft.say(wording("answer.used_in"))
            for quote in uses:
                draft.quote(quote, before="- ")
    return draft


@lru_cache(maxsize=4096)  # the passages', which every such question looks through
def _normalised(text: str) -> str:
    return normalise(text)


def uses_of(context: Context, term: Term) -> list[Quote]:
    """The sentences of the plan that use the term, one a passage, the best for the question first."""
    forms = [normalise(form) for form in (term.name, *term.aliases) if len(form) >= 3]
    found: list[tuple[float, TextNode, Span]] = []
    for i, node in enumerate(context.index.passages):
        if node.metadata["kind"] not in _BODY_KINDS or not any(
            form in _normalised(node.text) for form in forms
        ):
            continue
        unit = next(
            (unit for unit in units_of(node) if any(form in normalise(unit.text) for form in forms)), None
        )
        if unit:
            found.append((float(context.ranking.scores[i]), node, unit.span))
    found.sort(key=lambda use: -use[0])
    return [Quote(node, span) for _, node, span in found[: context.rules["uses"]]]
