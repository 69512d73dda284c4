"""What a model is given: the passages, numbered, best first, whole, as many as the budget holds."""

from collections.abc import Callable, Iterable, Sequence

from llama_index.core.llms import LLM
from llama_index.core.schema import MetadataMode, TextNode

from bot.llm.rules import rules
from bot.llm.source import Source
from ingest.tokens import count_tokens
from prompts import Prompt

_TAGS = str.maketrans({"<": "＜", ">": "＞"})


def token_counter(llm: LLM) -> Callable[[str], int]:
    """The model's own count of tokens where it has one, else tiktoken's."""
    own = getattr(llm, "count_tokens", None)
    return own if callable(own) else count_tokens


def budget_for(llm: LLM, prompt: Prompt, count: Callable[[str], int]) -> int:
    """Tokens left for passages beside prompt and answer, with a reserve for a tokenizer that counts more."""
    metadata = llm.metadata
    answer = metadata.num_output if metadata.num_output > 0 else 0
    room = metadata.context_window * (1 - rules()["asking"]["reserve"])
    return int(room - answer - count(prompt.rules) - count(prompt.task))


def chosen(nodes: Iterable[TextNode], budget: int, count: Callable[[str], int]) -> list[Source]:
    """The best passages that fit, each whole; the first that does not fit ends the choice."""
    found: list[Source] = []
    left = budget
    for node in nodes:
        if len(found) == rules()["asking"]["passages"]:
            break
        if node.metadata["kind"] in rules()["never"]:
            continue
        left -= count(shown(len(found) + 1, node))
        if left < 0:
            break
        found.append(Source.of(node))
    return found


def shown(number: int, node: TextNode) -> str:
    """A passage as the model sees it, with its number and place."""
    return f"[{number}] {plain(node.get_content(MetadataMode.LLM))}"


def numbered(sources: Sequence[Source]) -> str:
    """The passages of a prompt."""
    return "\n\n".join(shown(number, source.node) for number, source in enumerate(sources, 1))


def plain(text: str) -> str:
    """Text that goes into a prompt: nothing in it can be taken for markup or for a template's own tokens."""
    return text.translate(_TAGS)
