"""A language model on this machine, by `transformers`: chat template, streaming, a stop that is heeded."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.custom import CustomLLM
from pydantic import Field, PrivateAttr

from ingest.errors import ModelError
from ingest.models.needs import device_name, load_or_explain, need_model_folder, need_package
from ingest.models.settings import ModelSettings

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, StoppingCriteria

_SETTING = "JIWEN_LLM_MODEL"
_PATIENCE = 0.5  # seconds between looks whether generation is still alive


class LocalChatModel(CustomLLM):
    """A chat model loaded by `transformers`.

    Closing the stream ends the generation at its next token; what goes wrong inside it is raised here. One
    generation runs at a time: two would share the same memory and processor.
    """

    model_name: str = Field(description="Folder or id.")
    context_window: int = Field(description="Tokens of prompt and answer together.")
    max_new_tokens: int = Field(description="Tokens of an answer at most.")
    temperature: float = Field(default=0.1, ge=0, description="0 takes the likeliest token each time.")
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _running: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._model = model
        self._tokenizer = tokenizer

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "LocalChatModel"

    @property
    def metadata(self) -> LLMMetadata:
        """What llama-index wants to know about the model."""
        return LLMMetadata(
            context_window=self.context_window,
            num_output=self.max_new_tokens,
            model_name=self.model_name,
            is_chat_model=True,
        )

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` by the model's own tokenizer."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The whole answer at once."""
        text = ""
        raw: dict[str, Any] = {}
        for delta, told in self._generate(self._prompt(messages)):
            text, raw = text + delta, told
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), raw=raw)

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """The answer piece by piece."""

        def pieces() -> ChatResponseGen:
            text = ""
            for delta, raw in self._generate(self._prompt(messages)):
                text += delta
                message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
                yield ChatResponse(message=message, delta=delta, raw=raw)

        return pieces()

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """The whole continuation of a bare prompt."""
        return CompletionResponse(text="".join(delta for delta, _ in self._generate(prompt)))

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The continuation of a bare prompt piece by piece."""

        def pieces() -> CompletionResponseGen:
            text = ""
            for delta, raw in self._generate(prompt):
                text += delta
                yield CompletionResponse(text=text, delta=delta, raw=raw)

        return pieces()

    def _prompt(self, messages: Sequence[ChatMessage]) -> str:
        said = [{"role": message.role.value, "content": message.content or ""} for message in messages]
        # Templates that know no such switch ignore it; those that do answer without thinking aloud.
        return str(
            self._tokenizer.apply_chat_template(
                said, tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        )

    def _generate(self, prompt: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield pieces of text with {"finish_reason": None | "stop" | "length"}."""
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        stop = threading.Event()
        failed: Queue[BaseException] = Queue()
        streamer = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, timeout=_PATIENCE, skip_special_tokens=True
        )
        # The template has written the special tokens already.
        inputs = self._tokenizer(prompt, return_tensors="pt", add_special_tokens=False).to(self._model.device)
        counted: list[int] = []

        def run() -> None:
            try:
                with self._running:
                    if stop.is_set():
                        return
                    made = self._model.generate(
                        input_ids=inputs["input_ids"],
                        attention_mask=inputs["attention_mask"],
                        streamer=streamer,
                        max_new_tokens=self.max_new_tokens,
                        stopping_criteria=StoppingCriteriaList([_stops_when(stop)]),
                        pad_token_id=self._pad(),
                        **self._sampling(),
                    )
                    counted.append(int(made.shape[1] - inputs["input_ids"].shape[1]))
            except BaseException as error:  # told to whoever reads the stream
                failed.put(error)
            finally:
                streamer.end()

        thread = threading.Thread(target=run, name="jiwen-generate", daemon=True)
        thread.start()
        try:
            while True:
                try:
                    piece = next(streamer)
                except Empty:
                    continue
                except StopIteration:
                    break
                if piece:
                    yield piece, {"finish_reason": None}
            thread.join()
            if not failed.empty():
                raise ModelError(
                    f"本机语言模型生成失败（{type(failed.queue[0]).__name__}）。"
                ) from failed.get()
            full = bool(counted) and counted[0] >= self.max_new_tokens
            yield "", {"finish_reason": "length" if full else "stop"}
        finally:
            stop.set()

    def _pad(self) -> int | None:
        pad = self._tokenizer.pad_token_id
        return int(pad if pad is not None else self._tokenizer.eos_token_id or 0)

    def _sampling(self) -> dict[str, Any]:
        if self.temperature == 0:
            return {"do_sample": False}
        return {"do_sample": True, "temperature": self.temperature}


def local_language_model(settings: ModelSettings) -> LocalChatModel:
    """Load the model that the settings name.

    Raises:
        ModelError: a package is missing, the model cannot be loaded, or it is no chat model.
    """
    name = need_model_folder(settings.llm_model, _SETTING)
    need_package("torch", "local-llm", "JIWEN_LLM=local")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    trust = settings.llm_trust_code
    tokenizer = load_or_explain(AutoTokenizer.from_pretrained, name, _SETTING, trust_remote_code=trust)
    if not getattr(tokenizer, "chat_template", None):
        raise ModelError(
            f"设置 {_SETTING} 指的模型没有对话模板（chat template）：{settings.llm_model}。"
            "请换成对话模型，如名称带 Chat 或 Instruct 的。"
        )
    device = device_name()
    options: dict[str, Any] = {"trust_remote_code": trust, "dtype": "auto" if device != "cpu" else "float32"}
    if settings.llm_4bit:
        options |= _four_bits(device)
    model: Any = load_or_explain(AutoModelForCausalLM.from_pretrained, name, _SETTING, **options)
    if not settings.llm_4bit:
        model = model.to(device)
    model.eval()
    longest = int(getattr(model.config, "max_position_embeddings", 0) or settings.llm_context)
    context = min(settings.llm_context, longest)
    return LocalChatModel(
        model,
        tokenizer,
        model_name=Path(name).name,
        context_window=context,
        max_new_tokens=min(settings.llm_answer_tokens, context // 2),  # the passages need their half
        temperature=settings.llm_temperature,
    )


def _four_bits(device: str) -> dict[str, Any]:
    if device != "cuda":
        raise ModelError(
            "设置 JIWEN_LLM_4BIT=true 需要 NVIDIA 显卡，本机没有。请去掉这项设置，或换小一些的模型。"
        )
    need_package("bitsandbytes", "local-llm-4bit", "JIWEN_LLM_4BIT=true")
    import torch
    from transformers import BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
    )
    return {"quantization_config": config, "device_map": {"": 0}}


def _stops_when(event: threading.Event) -> "StoppingCriteria":
    import torch
    from transformers import StoppingCriteria

    class _Stop(StoppingCriteria):
        def __call__(self, input_ids: "Tensor", scores: "Tensor", **kwargs: Any) -> "Tensor":
            return torch.full(
                (input_ids.shape[0],), event.is_set(), dtype=torch.bool, device=input_ids.device
            )

    return _Stop()
