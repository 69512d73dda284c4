"""A language model in this process that says what a test tells it to; no service and no extra is needed."""

from collections.abc import Callable, Iterable
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata


class ScriptedLLM(CustomLLM):
    """`say` gets the messages as an endpoint would and gives the pieces of the reply."""

    say: Callable[[list[dict]], Iterable[str]]
    name: str = "scripted"

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name=self.name, context_window=8192, num_output=700, is_chat_model=True)

    def stream_chat(self, messages: list[ChatMessage], **kwargs: Any):
        text = ""
        for piece in self.say([{"content": message.content} for message in messages]):
            text += piece
            yield ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), delta=piece)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        raise NotImplementedError

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any):
        raise NotImplementedError
