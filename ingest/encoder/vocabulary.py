"""The tokeniser: a Unigram model whose pieces are the words of the training texts.

The pieces are the most frequent words as rjieba cuts them, every character, and nothing learned by
expectation maximisation: a piece's score is the logarithm of its relative frequency, so that Viterbi's best
path is the segmentation of maximum probability, as in jieba, but over a vocabulary that fits the vectors.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ingest.terms import normalise, words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN = "<unk>"
# The same runs as `ingest.terms` cuts: numbers and Latin words, and Chinese.
_RUN = r"[a-z0-9]+(?:[.+&/\-][a-z0-9]+)*%?|[\x{3400}-\x{9fff}]+"
_RARE = 0.5  # count of a character that never stands as a word


def word_counts(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in `texts`."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(words(text))
    return counts


def build_tokenizer(
    counts: Counter[str], size: int, *, keep: Iterable[str] = (), max_length: int = 6
) -> "Tokenizer":
    """Make the tokeniser.

    Args:
        counts: words with their frequencies.
        size: pieces in all.
        keep: words that are in whatever their frequency.
        max_length: characters of the longest Chinese word.
    """
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += 0
        if len(word) == 1:
            characters[word] += count
    chosen: dict[str, float] = {c: max(n, _RARE) for c, n in characters.items()}
    ranked = [w for w in dict.fromkeys(keep) if w in counts] + [w for w, _ in counts.most_common()]
    for word in ranked:
        if len(chosen) >= size - 1:
            break
        if 1 < len(word) <= max_length:
            chosen[word] = counts[word]
    total = sum(chosen.values())
    pieces = sorted(chosen.items(), key=lambda item: (-item[1], item[0]))
    vocabulary = [(UNKNOWN, -30.0)] + [(word, round(math.log(n / total), 4)) for word, n in pieces]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_RUN), behavior="removed", invert=True)
    return tokenizer


def token_ids(tokenizer: "Tokenizer", texts: Iterable[str]) -> list[list[int]]:
    """The pieces of each text, unknown characters left out."""
    batch = [normalise(text) for text in texts]
    return [[i for i in found.ids if i] for found in tokenizer.encode_batch(batch, add_special_tokens=False)]
