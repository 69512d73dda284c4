"""Counterparts: the name of the plan that stands beside another, 迁建延吉军民合用机场 for 「延吉那个」."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.frame import names_places
from bot.keys import loose
from bot.lexicon import places
from ingest.index import PlanIndex
from ingest.terms import normalise

_KINDS = ("box_item", "paragraph", "term", "indicator")
_HELD = 0.5  # share by characters of what is asked for that a name must hold
_SAME_LIST = (
    1.0  # what standing in the same list counts, beside the share of the old name's pairs of characters
)
_OVER_SHARE = 0.3  # share of the old name's pairs of characters from which a name elsewhere is of its kind


@dataclass(frozen=True)
class _Name:
    name: str
    squeezed: str
    kind: str
    group: tuple[object, ...]  # the list it stands in: 专栏, section
    text: str


class Counterparts:
    """The names of a plan, by the lists in which they stand."""

    def __init__(self, index: PlanIndex) -> None:
        self._names: list[_Name] = []
        for node in index.passages:
            told, name = node.metadata, str(node.metadata.get("lead") or "")
            if name and told["kind"] in _KINDS:
                group = (told["kind"], told.get("box") or (told.get("chapter"), told.get("section")))
                self._names.append(_Name(name, loose(name), told["kind"], group, normalise(node.text)))

    def find(self, old: str, words: Sequence[str]) -> str:
        """The name that has the given words and is most like another in kind; "" without one.

        Args:
            old: a name of the plan.
            words: what the other one is told by: 延吉; 松原, 舟山.
        """
        known = next((name for name in self._names if name.squeezed == loose(old)), None)
        if known is None or not words or known.squeezed.rstrip("市州县") in names_places(known.squeezed):
            return ""
        named = [place for place in names_places("".join(words)) if place in places().inside]
        best: tuple[float, str] | None = None
        for other in self._names:
            if other.kind != known.kind or other.squeezed == known.squeezed:
                continue
            own = names_places(other.squeezed)
            held = sum(len(word) for word in words if word in other.squeezed) / sum(map(len, words))
            if held < _HELD or any(place not in own for place in named):
                continue
            alike = _share(known.squeezed, other.squeezed, words)
            beside = other.group == known.group and known.kind in ("box_item", "paragraph")
            if not beside and alike < _OVER_SHARE:
                continue
            score = held + alike + _SAME_LIST * beside
            if best is None or score > best[0]:
                best = (score, other.name)
        return best[1] if best else ""

    def project(self, name: str) -> bool:
        """Whether a name is that of an item of a 专栏."""
        squeezed = loose(name)
        return any(other.squeezed == squeezed and other.kind == "box_item" for other in self._names)

    def holds(self, name: str, words: str) -> bool:
        """Whether the item of a 专栏 with this name has these very words in its text, not in its name."""
        squeezed = loose(name)
        return any(
            other.squeezed == squeezed and other.kind == "box_item" and words in other.text
            for other in self._names
        ) and words not in normalise(name)


def _share(old: str, new: str, words: Sequence[str]) -> float:
    """The share of a name's pairs of characters, its places left out, that another has too."""
    for word in (*names_places(old), *words):
        old = old.replace(word, " ")
    pairs = {old[i : i + 2] for i in range(len(old) - 1) if " " not in old[i : i + 2]}
    return sum(pair in new for pair in pairs) / len(pairs) if pairs else 0.0
