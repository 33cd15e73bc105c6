"""Matching-aware sums: how each published discriminator weighs its real, mismatched, fake pairs."""

from keras_stackgan.layers.utils import check_choice

WEIGHTINGS = ("sum", "halves", "thirds")


def matching_terms(
    loss,
    real,
    fake,
    mismatched=None,
    weighting="sum",
    unconditional_weight=1.0,
    text_weight=1.0,
):
    """Names and weighs the terms of a matching-aware discriminator's loss.

    Real pairs are labelled 1, mismatched and fake ones 0; without the text, a mismatched picture
    is a real picture and is labelled 1.

    Args:
        loss: callable `(logits, real)` to a scalar, such as `binary_cross_entropy`.
        real: dict of logits, as `JointLogits` returns it, of real pictures with their text.
        fake: the same of generated pictures.
        mismatched: the same of real pictures with other text; a list of dicts for several, whose
            mean counts; or `None`.
        weighting: `"sum"` adds all terms (StackGAN-v2 with unconditional heads); `"halves"` halves
            mismatched and fake pairs (v2 without, v1's Stage-I and TensorFlow form); `"thirds"`
            is `(real terms) / 2 + (other terms) / 3` (v1's PyTorch Stage-II).
        unconditional_weight: float >= 0. Factor of the terms without text.
        text_weight: float >= 0. Factor of the terms with text.

    Returns:
        A dict of weighted scalars whose sum is the loss: `real`, `mismatched`, `fake`, and each
        with the suffix `_unconditional`, as far as the logits are there.

    Raises:
        ValueError: If `weighting` is unknown.

    Example:

    ```python
    logits = {"conditional": keras.ops.zeros((4,))}
    terms = matching_terms(binary_cross_entropy, logits, logits, logits, weighting="halves")
    float(sum(terms.values()))  # 1.386...
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05396), algorithm 1;
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), equation 5, with the weights that
        the authors' releases use.
    """
    check_choice("weighting", weighting, WEIGHTINGS)
    if mismatched is None:
        mismatched = []
    elif isinstance(mismatched, dict):
        mismatched = [mismatched]
    terms = {}
    for head, suffix, weight in (
        ("conditional", "", text_weight),
        ("unconditional", "_unconditional", unconditional_weight),
    ):
        if head not in real or not weight:
            continue
        terms[f"real{suffix}"] = weight * loss(real[head], real=True)
        others = [logits[head] for logits in mismatched if head in logits]
        if others:
            labelled_real = head == "unconditional"
            total = sum(loss(logits, real=labelled_real) for logits in others)
            terms[f"mismatched{suffix}"] = weight * total / len(others)
        terms[f"fake{suffix}"] = weight * loss(fake[head], real=False)
    return {name: term * _factor(name, weighting) for name, term in terms.items()}


def _factor(name, weighting):
    if weighting == "sum":
        return 1.0
    is_real = name.startswith("real")
    if weighting == "halves":
        return 1.0 if is_real else 0.5
    return 0.5 if is_real else 1.0 / 3.0
