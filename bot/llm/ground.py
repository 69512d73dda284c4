"""What the engine hands over to a language model."""

from dataclasses import dataclass

from llama_index.core.schema import TextNode

from bot.draft import Draft


@dataclass(frozen=True)
class Ground:
    """What an answer stands on when the model takes over: found, judged enough, composed verbatim.

    Attributes:
        kind: of answer, as the engine names it.
        question: as understood.
        nodes: the ranked passages, best first.
        draft: the verbatim answer.
        before: wording in front of the answer (how a follow-up was understood).
    """

    kind: str
    question: str
    nodes: tuple[TextNode, ...]
    draft: Draft
    before: str = ""
