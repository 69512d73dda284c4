"""Judgement by a language model: our prompts reach it, its word counts, refusals are not judged."""

from typing import Any

from llama_index.core.bridge.pydantic import Field
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

from bot.answer import Answer
from eval.judge import LanguageJudge


class ScriptedLLM(CustomLLM):
    """Says what it was told to say and remembers what it was asked."""

    replies: list[str]
    asked: list[str] = Field(default_factory=list)
    window: int = 4000

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted", context_window=self.window, num_output=16)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.asked.append(prompt)
        return CompletionResponse(text=self.replies[(len(self.asked) - 1) % len(self.replies)])

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any):
        raise NotImplementedError


def test_yes_and_no(forest):
    llm = ScriptedLLM(replies=["YES", "NO"])
    assert LanguageJudge(llm).judge("森林覆盖率要到多少", forest) == {"faithfulness": 1.0, "relevancy": 0.0}
    faithfulness, relevancy = llm.asked
    assert "严格的核对人员" in faithfulness
    assert "45.8%" in faithfulness
    assert "第10页" in faithfulness
    assert "森林覆盖率要到多少" in relevancy
    assert "{" not in faithfulness + relevancy


def test_refusals_are_not_judged():
    llm = ScriptedLLM(replies=["YES"])
    assert LanguageJudge(llm).judge("问", Answer("not_in_plan", "没有说到。")) == {}
    assert llm.asked == []


def test_evidence_too_long_for_one_call(forest, cite, passages):
    long = [node.node_id for node in passages if len(node.text) > 300][:8]
    llm = ScriptedLLM(replies=["YES"], window=1500)
    answer = Answer("answered", "回答[1]", tuple(cite(key, n=n) for n, key in enumerate(long, 1)))
    assert LanguageJudge(llm).judge("问", answer)["faithfulness"] == 1.0
    assert any("此前根据其余依据作出的判断：YES" in prompt for prompt in llm.asked)
