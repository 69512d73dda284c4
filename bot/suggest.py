"""Suggested next questions, made from the names that stand near the evidence."""

from collections.abc import Sequence

from llama_index.core.schema import TextNode

from prompts import wording


def suggestions_for(nodes: Sequence[TextNode], asked: str, most: int = 3) -> tuple[str, ...]:
    """Questions about the passages' own names (terms, indicators, projects, leads) not yet asked."""
    found: list[str] = []
    for node in nodes:
        name = str(node.metadata.get("lead") or "").split("，")[0]
        kind = node.metadata["kind"]
        if not 3 <= len(name) <= 24 or name in asked:
            continue
        if kind in ("term", "indicator", "box_item", "paragraph"):
            found.append(wording(f"suggestion.{kind}", name=name))
    return tuple(dict.fromkeys(found))[:most]
