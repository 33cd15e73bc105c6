"""How different the pictures of one caption are."""

import numpy as np


def caption_diversity(pictures, distance, most_pairs=None, seed=0):
    """Returns the mean of a measure over the pairs of each caption's pictures.

    A model that ignores its noise draws one picture again and again: distances near 0,
    similarities near 1.

    Args:
        pictures: array `(captions, n, size, size, 3)`, or a list of arrays `(n, size, size, 3)`,
            one a caption, each of at least two pictures.
        distance: callable from two arrays of m pictures to m numbers, such as `ms_ssim` (a
            similarity: lower is more varied) or `LPIPS()` (a distance: higher is more varied).
        most_pairs: int or None. Pairs a caption at most. Defaults to None: all.
        seed: int. Of which pairs, where there are more.

    Returns:
        float64 array `(captions,)`.

    Raises:
        ValueError: a caption has fewer than two pictures.

    Example:

    ```python
    pictures = model.generate(captions, num_images=8).reshape(len(captions), 8, 64, 64, 3)
    caption_diversity(pictures, ms_ssim).mean()
    ```

    Reference:
        [Odena et al., 2017](https://arxiv.org/abs/1610.09585) (MS-SSIM);
        [Zhu et al., 2017](https://arxiv.org/abs/1711.11586) (LPIPS).
    """
    generator, means = np.random.default_rng(seed), []
    for group in pictures:
        group = np.asarray(group)
        if len(group) < 2:
            raise ValueError(
                f"`pictures` must hold at least two of each caption. Received: {len(group)}."
            )
        first, second = np.triu_indices(len(group), k=1)
        if most_pairs is not None and len(first) > most_pairs:
            chosen = generator.permutation(len(first))[:most_pairs]
            first, second = first[chosen], second[chosen]
        means.append(float(np.mean(distance(group[first], group[second]))))
    return np.array(means)
