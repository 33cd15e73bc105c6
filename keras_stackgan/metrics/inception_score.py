"""Inception Score."""

import numpy as np

from keras_stackgan.layers.utils import check_count


def inception_score(probabilities, splits=10, shuffle_seed=None):
    """Returns mean and deviation over splits of exp(mean KL(p(y|x) || p(y))).

    Args:
        probabilities: float array `(n, classes)`, n >= splits. Rows that sum to 1, a classifier's
            softmax of the pictures.
        splits: int. Split `i` is the rows from `i * n // splits` on. Defaults to 10.
        shuffle_seed: int or None. Shuffles the rows first, as some published scorers do. Defaults
            to None: the rows' own order.

    Returns:
        `(mean, std)`, floats; the deviation is that of the splits' population.

    Raises:
        ValueError: the rows are no probabilities, or fewer than `splits`.

    Example:

    ```python
    inception_score(np.eye(10)[np.arange(100) % 10])[0]  # 10.0
    ```

    Reference:
        [Salimans et al., 2016](https://arxiv.org/abs/1606.03498), section 4; splits as StackGAN's
        scorer takes them.
    """
    probabilities = np.asarray(probabilities, "float64")
    splits = check_count("splits", splits)
    if probabilities.ndim != 2 or len(probabilities) < splits:
        raise ValueError(
            f"`probabilities` must have shape (n, classes) with n >= splits={splits}. "
            f"Received: shape {probabilities.shape}."
        )
    if (probabilities < 0).any() or not np.allclose(probabilities.sum(1), 1.0, atol=1e-3):
        raise ValueError(
            "`probabilities` must be rows that sum to 1. Received: sums from "
            f"{probabilities.sum(1).min():.4g} to {probabilities.sum(1).max():.4g}. Apply softmax."
        )
    n = len(probabilities)
    if shuffle_seed is not None:
        probabilities = probabilities[np.random.RandomState(shuffle_seed).permutation(n)]
    scores = []
    for i in range(splits):
        rows = probabilities[i * n // splits : (i + 1) * n // splits]
        marginal = rows.mean(axis=0)
        # The limit of p log p at 0 is 0.
        logs = np.log(np.where(rows > 0, rows, 1.0)) - np.log(np.where(marginal > 0, marginal, 1.0))
        scores.append(np.exp(np.mean(np.sum(rows * logs, axis=1))))
    return float(np.mean(scores)), float(np.std(scores))
