"""First vectors: the singular value decomposition of the words' shifted positive mutual information.

Levy, Goldberg, Dagan (2015), "Improving distributional similarity with lessons learned from word
embeddings": contexts smoothed by the power 0.75, the singular values' square root as their weight.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

_SMOOTHING = 0.75


def count_pairs(documents: Sequence[np.ndarray], size: int, window: int) -> tuple[np.ndarray, np.ndarray]:
    """How often two tokens stand within `window` tokens of each other, nearer ones counting more.

    Args:
        documents: token ids.
        size: number of different tokens.
        window: the greatest distance; a pair at distance d counts (window + 1 - d) / window.

    Returns:
        Codes `a * size + b` with a <= b, ascending, and their counts.
    """
    separator = np.full(window, -1, dtype=np.int64)
    stream = np.concatenate([part for document in documents for part in (document, separator)])
    codes = np.empty(0, dtype=np.int64)
    counts: np.ndarray = np.empty(0, dtype=np.float64)
    for distance in range(1, window + 1):
        left, right = stream[:-distance], stream[distance:]
        inside = (left >= 0) & (right >= 0) & (left != right)
        low, high = np.minimum(left, right)[inside], np.maximum(left, right)[inside]
        new, times = np.unique(low * size + high, return_counts=True)
        merged, inverse = np.unique(np.concatenate([codes, new]), return_inverse=True)
        weight = (window + 1 - distance) / window
        counts = np.bincount(inverse, np.concatenate([counts, weight * times]), len(merged))
        codes = merged
    return codes, counts


def mutual_information_vectors(
    codes: np.ndarray,
    counts: np.ndarray,
    size: int,
    dimensions: int,
    *,
    shift: float = 0.0,
    min_count: float = 1.0,
) -> np.ndarray:
    """Vectors for all tokens, float32, of length 1 (0 for a token without neighbours).

    Args:
        codes: as `count_pairs` returns them.
        counts: as `count_pairs` returns them.
        size: number of different tokens.
        dimensions: length of a vector.
        shift: subtracted from the mutual information before it is cut at 0.
        min_count: pairs seen less are left out.
    """
    import torch

    keep = counts >= min_count
    codes, counts = codes[keep], counts[keep]
    a, b = codes // size, codes % size
    margin = np.bincount(a, counts, size) + np.bincount(b, counts, size)
    smooth = np.maximum(margin, 1e-9) ** _SMOOTHING
    smooth /= smooth.sum()
    row = margin / margin.sum()
    joint = counts / margin.sum()
    # Rows are words, columns contexts; the smoothing makes the two directions differ.
    forward = np.log(joint / (row[a] * smooth[b])) - shift
    backward = np.log(joint / (row[b] * smooth[a])) - shift
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    values = np.concatenate([forward, backward])
    positive = values > 0
    indices = torch.from_numpy(np.stack([rows[positive], columns[positive]]))
    matrix = torch.sparse_coo_tensor(indices, torch.from_numpy(values[positive]).float(), (size, size))
    matrix = matrix.coalesce().to_sparse_csr()
    u, s = _left_vectors(matrix, dimensions)
    vectors = (u * s.sqrt()).numpy()
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _left_vectors(
    matrix: "torch.Tensor", rank: int, iterations: int = 3
) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Halko, Martinsson, Tropp (2011), randomised subspace iteration."""
    import torch

    transposed = matrix.to_sparse_coo().t().coalesce().to_sparse_csr()
    generator = torch.Generator().manual_seed(0)
    basis = matrix @ torch.randn(matrix.shape[1], rank + 16, generator=generator)
    for _ in range(iterations):
        basis, _ = torch.linalg.qr(basis)
        basis, _ = torch.linalg.qr(transposed @ basis)
        basis = matrix @ basis
    basis, _ = torch.linalg.qr(basis)
    small = (transposed @ basis).T
    u, s, _ = torch.linalg.svd(small, full_matrices=False)
    return (basis @ u)[:, :rank], s[:rank]
