"""Judgement by a language model, where one is configured: faithfulness and relevancy, as extra columns.

llama-index's own evaluators with Chinese prompts (`prompts/judge_*.txt`). The figures depend on the model and
are never held against thresholds.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import prompts
from bot.answer import Answer
from eval.records import REFUSALS

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_PROMPTS = Path(prompts.__file__).resolve().parent


class LanguageJudge:
    """Asks a language model about answers; `llm` is any llama-index LLM."""

    def __init__(self, llm: "LLM") -> None:
        from llama_index.core.evaluation import FaithfulnessEvaluator, RelevancyEvaluator

        # Both default to English prompts and to a global model: each is given ours.
        self._faithfulness = FaithfulnessEvaluator(llm, **_templates("judge_faithfulness"))
        self._relevancy = RelevancyEvaluator(llm, **_templates("judge_relevancy"))

    def judge(self, question: str, answer: Answer) -> dict[str, float]:
        """Faithfulness and relevancy of an answer, each 0 or 1; nothing for a refusal: it claims nothing."""
        if answer.status in REFUSALS or not answer.citations:
            return {}
        contexts = [f"{citation.place}：{citation.quote}" for citation in answer.citations]
        found = {
            "faithfulness": self._faithfulness.evaluate(response=answer.text, contexts=contexts),
            "relevancy": self._relevancy.evaluate(query=question, response=answer.text, contexts=contexts),
        }
        return {name: float(bool(result.passing)) for name, result in found.items()}


def _templates(name: str) -> dict[str, Any]:
    from llama_index.core.prompts import PromptTemplate

    text = (_PROMPTS / f"{name}.txt").read_text(encoding="utf-8")
    again = (_PROMPTS / "judge_refine.txt").read_text(encoding="utf-8")
    # Evidence too long for one call comes in parts, under another name.
    refine = text.replace("{context_str}", "{context_msg}") + again
    return {"eval_template": PromptTemplate(text), "refine_template": PromptTemplate(refine)}
