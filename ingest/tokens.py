"""Token counts by tiktoken, offline: the encodings come from llama-index's own package."""

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ENCODING = "o200k_base"


@cache
def _encoding() -> "tiktoken.Encoding":  # type: ignore[name-defined]  # noqa: F821
    # llama-index-core ships the two common encodings; without this tiktoken would ask its host for them.
    spec = find_spec("llama_index.core")
    if spec and spec.origin and "TIKTOKEN_CACHE_DIR" not in os.environ:
        os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(spec.origin).parent / "_static" / "tiktoken_cache")
    import tiktoken

    return tiktoken.get_encoding(ENCODING)


def count_tokens(text: str) -> int:
    """Tokens of `text` in `ENCODING` (a Chinese character is about one)."""
    return len(_encoding().encode(text, disallowed_special=()))
