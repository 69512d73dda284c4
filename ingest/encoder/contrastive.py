"""Contrastive training of token vectors: a question near its passage, far from the batch's other passages.

InfoNCE with in-batch negatives (van den Oord et al. 2018) in both directions, on the weighted mean of token
vectors and, for one part of the steps, on their late interaction (Khattab, Zaharia 2020). Each batch comes
from one source, so that a question is told from its neighbours and not from another kind of text. In half of
the pairs the passage loses the words it shares with its question: BM25 finds those already, what the vectors
have to learn is the rest.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Training:
    """How the vectors are trained; the defaults are those of the shipped weights."""

    steps: int = 400
    batch: int = 512
    rate: float = 2e-3  # Adam's step at its highest, for vectors of length about 1
    weight_rate: float = 2e-3  # the same for the logarithms of the tokens' weights
    warm_up: int = 100
    temperature: float = 0.1
    drop_shared: float = 0.5  # share of pairs whose passage loses the question's words
    drop_query: float = 0.1  # share of a question's tokens left out at random
    late_every: int = 0  # every n-th step trains late interaction; 0: none
    late_batch: int = 128
    compose: bool = True  # a word's vector has a part made of its characters
    query_tokens: int = 48
    text_tokens: int = 224
    seed: int = 14


@dataclass(frozen=True)
class Group:
    """Tokenised pairs of one source; `share` of the batches come from it."""

    queries: Sequence[np.ndarray]
    passages: Sequence[np.ndarray]
    share: float


class TokenVectors(nn.Module):
    """Token vectors, a weight for each token in questions and in passages, and characters' shares in words.

    Args:
        vectors: first vectors, one row a token.
        weights: first weights, one a token, positive.
        spelling: for each token the ids of its characters (none for a single character).
    """

    def __init__(
        self, vectors: np.ndarray, weights: np.ndarray, spelling: Sequence[Sequence[int]] | None
    ) -> None:
        super().__init__()
        self.own = nn.Parameter(torch.from_numpy(vectors.copy()))
        logs = torch.from_numpy(np.log(np.maximum(weights, 1e-3))).float()
        self.query_logs = nn.Parameter(logs.clone())
        self.text_logs = nn.Parameter(logs.clone())
        self.parts: torch.Tensor | None = None
        if spelling is not None:
            # Only single characters have a part in other tokens: a matrix of tokens × characters is enough.
            characters = sorted({part for parts in spelling for part in parts})
            column = {character: i for i, character in enumerate(characters)}
            self.characters = nn.Parameter(torch.zeros(len(characters), vectors.shape[1]))
            rows = [i for i, parts in enumerate(spelling) for _ in parts]
            columns = [column[part] for parts in spelling for part in parts]
            shares = [1 / len(parts) for parts in spelling for _ in parts]
            size = (len(vectors), len(characters))
            self.parts = torch.sparse_coo_tensor(
                torch.tensor([rows, columns]), torch.tensor(shares), size
            ).coalesce()

    def table(self) -> torch.Tensor:
        """The vectors of all tokens as they are used."""
        return self.own if self.parts is None else self.own + torch.sparse.mm(self.parts, self.characters)

    def pooled(
        self, table: torch.Tensor, ids: torch.Tensor, offsets: torch.Tensor, *, query: bool
    ) -> torch.Tensor:
        """Weighted means, of length 1."""
        logs = self.query_logs if query else self.text_logs
        weights = logs[ids].exp()
        summed = nn.functional.embedding_bag(ids, table, offsets, mode="sum", per_sample_weights=weights)
        return nn.functional.normalize(summed, dim=1)


def train(
    model: TokenVectors,
    groups: Mapping[str, Group],
    how: Training,
    after: Callable[[int], None] = lambda step: None,
) -> None:
    """Train `model` in place; the same seed, data and number of threads give the same vectors.

    Args:
        model: what is trained.
        groups: the pairs by source.
        how: settings.
        after: called after each step with the number of steps done.
    """
    torch.manual_seed(how.seed)
    random = np.random.default_rng(how.seed)
    names = [name for name, group in groups.items() if len(group.queries) and group.share > 0]
    shares = np.array([groups[name].share for name in names])
    shares /= shares.sum()
    weights = [model.query_logs, model.text_logs]
    vectors = [
        parameter for parameter in model.parameters() if all(parameter is not other for other in weights)
    ]
    rates = [how.rate, how.weight_rate]
    parts = [{"params": vectors}, {"params": weights}]
    optimiser = torch.optim.Adam(parts, lr=how.rate, betas=(0.9, 0.98))
    started, losses = time.monotonic(), []
    for step in range(how.steps):
        pace = min((step + 1) / how.warm_up, (how.steps - step) / (how.steps - how.warm_up))
        for part, rate in zip(optimiser.param_groups, rates, strict=True):
            part["lr"] = rate * pace
        source = groups[names[int(random.choice(len(names), p=shares))]]
        late = how.late_every > 0 and step % how.late_every == 0
        batch = _sample(source, how.late_batch if late else how.batch, how, random)
        loss = _late_loss(model, batch, how) if late else _mean_loss(model, batch, how)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        after(step + 1)
        if (step + 1) % 200 == 0:
            _log.info(
                "step %d, loss %.3f, %.0f s", step + 1, np.mean(losses[-200:]), time.monotonic() - started
            )


@dataclass(frozen=True)
class _Batch:
    queries: list[np.ndarray]
    passages: list[np.ndarray]
    same: torch.Tensor  # pairs of different rows that are no negatives: same question or same passage


def _sample(group: Group, size: int, how: Training, random: np.random.Generator) -> _Batch:
    chosen = random.choice(len(group.queries), size=min(size, len(group.queries)), replace=False)
    whole_queries = [group.queries[i][: how.query_tokens] for i in chosen]
    passages = [_cut(group.passages[i], how.text_tokens, random) for i in chosen]
    query_keys = [hash(group.queries[i].tobytes()) for i in chosen]
    passage_keys = [hash(group.passages[i].tobytes()) for i in chosen]
    queries = []
    for row, query in enumerate(whole_queries):
        if random.random() < how.drop_shared:
            rest = passages[row][~np.isin(passages[row], query)]
            if len(rest) >= 4:
                passages[row] = rest
        kept = query[random.random(len(query)) >= how.drop_query]
        queries.append(kept if len(kept) else query)
    q, p = torch.tensor(query_keys), torch.tensor(passage_keys)
    same = (q[:, None] == q[None, :]) | (p[:, None] == p[None, :])
    same.fill_diagonal_(False)
    return _Batch(queries, passages, same)


def _cut(passage: np.ndarray, length: int, random: np.random.Generator) -> np.ndarray:
    if len(passage) <= length:
        return passage
    start = int(random.integers(0, len(passage) - length + 1))
    return passage[start : start + length]


def _bag(texts: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    lengths = np.array([len(text) for text in texts])
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return torch.from_numpy(np.concatenate(texts)), torch.from_numpy(offsets)


def _mean_loss(model: TokenVectors, batch: _Batch, how: Training) -> torch.Tensor:
    table = model.table()
    queries = model.pooled(table, *_bag(batch.queries), query=True)
    passages = model.pooled(table, *_bag(batch.passages), query=False)
    return _info_nce(queries @ passages.T, batch.same, how.temperature)


def _late_loss(model: TokenVectors, batch: _Batch, how: Training) -> torch.Tensor:
    table = nn.functional.normalize(model.table(), dim=1)
    query_ids, query_offsets = _bag([np.unique(query) for query in batch.queries])
    text_ids, text_offsets = _bag([np.unique(passage) for passage in batch.passages])
    similar = table[query_ids] @ table[text_ids].T
    lengths = torch.diff(text_offsets, append=torch.tensor([len(text_ids)]))
    best = torch.segment_reduce(similar.T.contiguous(), "max", lengths=lengths, axis=0)  # passages × tokens
    weights = model.query_logs[query_ids].exp()
    rows = torch.repeat_interleave(
        torch.arange(len(query_offsets)), torch.diff(query_offsets, append=torch.tensor([len(query_ids)]))
    )
    totals = torch.zeros(len(query_offsets)).index_add(0, rows, weights)
    weighted = best * (weights / totals[rows])
    scores = torch.zeros(len(query_offsets), len(lengths)).index_add(0, rows, weighted.T)
    return _info_nce(scores, batch.same, how.temperature)


def _info_nce(scores: torch.Tensor, same: torch.Tensor, temperature: float) -> torch.Tensor:
    logits = (scores / temperature).masked_fill(same, -1e4)
    target = torch.arange(len(logits))
    forward = nn.functional.cross_entropy(logits, target)
    return (forward + nn.functional.cross_entropy(logits.T, target)) / 2
