"""How often a picture shows the attributes that its caption asked for."""

import numpy as np


def attribute_accuracy(predictions, targets, mentioned=None, names=None):
    """Returns the share of pictures that show what was asked for, an attribute at a time.

    Args:
        predictions: int array `(n, attributes)`. What a classifier reads off the pictures.
        targets: int array of the same shape. What should be there.
        mentioned: bool array of the same shape, or None. Only what is true counts: an attribute
            that a caption does not state cannot be asked for. Defaults to None: all count.
        names: list of str, or None. The attributes' names. Defaults to None: "0", "1", ...

    Returns:
        A dict from name to accuracy in [0, 1] (NaN where an attribute was never asked for), and
        `"mean"`: the mean over the attributes that were asked for.

    Raises:
        ValueError: the shapes do not agree.

    Example:

    ```python
    attribute_accuracy([[1, 2]], [[1, 0]], names=["crown", "pose"])
    # {"crown": 1.0, "pose": 0.0, "mean": 0.5}
    ```
    """
    predictions, targets = np.asarray(predictions), np.asarray(targets)
    counted = np.ones(targets.shape, bool) if mentioned is None else np.asarray(mentioned, bool)
    if targets.ndim != 2 or predictions.shape != targets.shape or counted.shape != targets.shape:
        raise ValueError(
            "`predictions`, `targets` and `mentioned` must have one shape (n, attributes). "
            f"Received: {predictions.shape}, {targets.shape}, {counted.shape}."
        )
    names = [str(k) for k in range(targets.shape[1])] if names is None else list(names)
    if len(names) != targets.shape[1]:
        raise ValueError(
            f"`names` must name {targets.shape[1]} attributes. Received: {len(names)} names."
        )
    right = (predictions == targets) & counted
    asked = counted.sum(axis=0)
    shares = np.where(asked > 0, right.sum(axis=0) / np.maximum(asked, 1), np.nan)
    result = {name: float(share) for name, share in zip(names, shares, strict=True)}
    result["mean"] = float(np.mean(shares[asked > 0])) if asked.any() else float("nan")
    return result
