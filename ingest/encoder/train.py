"""Train the shipped encoder from scratch: `python -m ingest.encoder.train --data FOLDER --out FOLDER`.

Four stages on two CPU cores, some minutes in all: words become a vocabulary, their co-occurrence gives first
vectors, question-passage pairs teach vectors and weights, and the result is written as int8. PyTorch is
needed here and only here: `pip install 'jiwen[train]'`. The seed is fixed; the same data, PyTorch and number
of threads give the same weights.
"""

import argparse
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.encoder.corpus import Corpus, Pair, read_corpus
from ingest.encoder.model import TOKENIZER, WEIGHTS
from ingest.encoder.vocabulary import UNKNOWN, build_tokenizer, token_ids, word_counts
from ingest.terms import words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from ingest.encoder.contrastive import Group, TokenVectors, Training

_PLAN = Path(__file__).resolve().parents[1] / "source" / "jilin-14th-five-year-plan.txt"
_RARITY = 1e-3  # a in a / (a + relative frequency): Arora, Liang, Ma (2017)
_WINDOW = 6
# Share of the batches that come from each source: the nearer to a plan or to questions, the more.
SHARES = {
    "gov_prov_2026": 0.14, "cloze_reports": 0.12, "plan": 0.08, "laws": 0.12, "policy": 0.12,
    "cloze_laws": 0.2, "drcd": 0.16, "cmrc2018_trial": 0.03, "cmrc2019": 0.06, "csl_title": 0.04,
    "csl_keywords": 0.04, "xinhua_idiom": 0.06, "howtocook": 0.01, "d2l_zh": 0.01, "pingcap_docs": 0.01,
    "extra": 0.25,
}  # fmt: skip
_log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(prog="python -m ingest.encoder.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open texts and pairs")
    parser.add_argument("--out", type=Path, required=True, help="folder for tokenizer.json and weights.npz")
    parser.add_argument("--plan", type=Path, default=_PLAN, help="a plan's extracted text")
    parser.add_argument(
        "--extra", type=Path, action="append", default=[], help="more pairs: query<TAB>passage"
    )
    parser.add_argument("--size", type=int, default=32000, help="tokens of the vocabulary")
    parser.add_argument("--dimensions", type=int, default=256, help="length of a vector")
    parser.add_argument("--steps", type=int, help="contrastive steps")
    parser.add_argument("--seed", type=int, help="seed of all that is random")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    import torch

    from ingest.encoder.contrastive import Training

    torch.set_num_threads(options.threads)
    chosen = {
        name: getattr(options, name) for name in ("steps", "seed") if getattr(options, name) is not None
    }
    corpus = read_corpus(options.data, options.plan, options.extra)
    _log.info("%d texts, %d pairs, %d held out", len(corpus.texts), len(corpus.pairs), len(corpus.held_out))
    tokenizer, model = train_encoder(corpus, options.size, options.dimensions, replace(Training(), **chosen))
    save(options.out, tokenizer, model)
    return 0


def train_encoder(
    corpus: Corpus,
    size: int,
    dimensions: int,
    how: "Training",
    after: Callable[["Tokenizer", "TokenVectors", int], None] | None = None,
) -> tuple["Tokenizer", "TokenVectors"]:
    """Run all stages.

    Args:
        corpus: texts and pairs.
        size: tokens of the vocabulary.
        dimensions: length of a vector.
        how: settings of the contrastive stage.
        after: called after each contrastive step, to watch the training.
    """
    from ingest.encoder.contrastive import TokenVectors, train
    from ingest.encoder.cooccurrence import count_pairs, mutual_information_vectors

    keep = [
        word
        for pair in corpus.pairs
        if pair.source == "plan"
        for word in words(f"{pair.query}\n{pair.passage}")
    ]
    tokenizer = build_tokenizer(word_counts(corpus.texts), size, keep=keep)
    size = tokenizer.get_vocab_size()
    documents = [np.array(ids, dtype=np.int64) for ids in token_ids(tokenizer, corpus.texts)]
    frequency = np.bincount(np.concatenate(documents), minlength=size)
    _log.info("%d tokens of %d kinds", frequency.sum(), size)
    codes, counts = count_pairs(documents, size, _WINDOW)
    vectors = mutual_information_vectors(codes, counts, size, dimensions)
    _log.info("first vectors from %d neighbouring pairs", len(codes))
    rarity = _RARITY / (_RARITY + frequency / frequency.sum())
    model = TokenVectors(vectors, rarity, _spelling(tokenizer) if how.compose else None)
    watch = (lambda step: after(tokenizer, model, step)) if after else (lambda step: None)
    train(model, tokenised_groups(corpus.pairs, tokenizer, SHARES), how, watch)
    return tokenizer, model


def tokenised_groups(
    pairs: tuple[Pair, ...], tokenizer: "Tokenizer", shares: Mapping[str, float]
) -> dict[str, "Group"]:
    """Pairs as token ids, by source; a pair of which nothing is left is dropped."""
    from ingest.encoder.contrastive import Group

    by_source: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if shares.get(pair.source, 0) > 0:
            by_source[pair.source].append(pair)
    groups = {}
    for source, found in by_source.items():
        queries = token_ids(tokenizer, [pair.query for pair in found])
        passages = token_ids(tokenizer, [pair.passage for pair in found])
        whole = [i for i in range(len(found)) if queries[i] and len(passages[i]) > 2]
        groups[source] = Group(
            [np.array(queries[i]) for i in whole], [np.array(passages[i]) for i in whole], shares[source]
        )
    return groups


def save(folder: Path, tokenizer: "Tokenizer", model: "TokenVectors") -> None:
    """Write what `StaticModel` reads: int8 vectors with one scale for each token, and the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors = model.table().detach().numpy()
    scales = np.abs(vectors).max(axis=1) / 127
    scales[scales == 0] = 1
    np.savez(
        folder / WEIGHTS,
        vectors=np.round(vectors / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float16),
        query_weights=model.query_logs.detach().exp().numpy().astype(np.float16),
        text_weights=model.text_logs.detach().exp().numpy().astype(np.float16),
    )
    tokenizer.save(str(folder / TOKENIZER), pretty=False)


def _spelling(tokenizer: "Tokenizer") -> list[list[int]]:
    vocabulary = tokenizer.get_vocab()
    by_id = sorted(vocabulary, key=lambda word: vocabulary[word])
    return [
        [vocabulary[c] for c in word if c in vocabulary] if len(word) > 1 and word != UNKNOWN else []
        for word in by_id
    ]


if __name__ == "__main__":
    raise SystemExit(main())
