"""What the measures of `TrainingHealth` mean, and what to do about it."""

import statistics

# The gap must stand out of its own noise: below two standard errors it may as well be none.
STANDARD_ERRORS = 2.0

# Two of 255 gray levels are what rounding and the smallest of textures make; side by side such
# pictures look the same.
SAME_PICTURE = 2.0

# Words that change a picture by a tenth of what noise does are lost in it.
SHARE_OF_NOISE = 0.1

# A discriminator that gives real pictures .99 and generated ones .01 has 1.4 % of the loss of one
# that guesses; its gradients then come from a handful of pictures.
SHARE_OF_CHANCE = 0.02

# Norms within a run wander by a factor of ten; a hundred times the median is another thing. The
# median of fewer checks is no measure of what is usual.
TIMES_MEDIAN = 100.0
USUAL_CHECKS = 5

ADVICE = {
    "text_unread": (
        "the discriminators do not tell matching text from other text ({details}), so the "
        "generator cannot learn it. See that captions belong to their pictures (the audit of the "
        "data); call `adapt_embeddings`; give StackGANv2's discriminators the text themselves "
        "(`discriminator_conditioning_dim=64, discriminator_projection_dim=128`); compile with "
        "`text_weight=1.5, num_mismatched=2`."
    ),
    "text_ignored": (
        "the generator ignores the text: pictures of two captions at equal noise are the same "
        "({details}). Call `adapt_embeddings`, quiet the augmentation of conditions "
        "(`augmentation_log_variance_bias=-3.0, augmentation_mean_scale=2.0`), lower `kl_weight` "
        "(0.02), and raise `text_weight`."
    ),
    "no_diversity": (
        "one caption gives one picture, whatever the noise ({details}). Lower the learning rate, "
        "compile with `r1_weight=0.3` or a `discriminator_augmentation`, give more captions a "
        "picture, or raise `unconditional_weight`; after a collapse go back to an earlier state."
    ),
    "discriminator_wins": (
        "the discriminator has won: it tells every generated picture from a real one ({details}), "
        "and the generator learns little from it. Compile with `r1_weight=0.3` and a "
        "`DifferentiableAugmentation`, lower the discriminators' learning rate, or take fewer "
        "`discriminator_filters`."
    ),
    "gradients_explode": (
        "a gradient is far from what is usual in this run ({details}). Lower the learning rate, "
        "clip (an optimizer's `global_clipnorm`), or look for broken pictures in the data."
    ),
}


def find(line, history):
    """What is wrong at one check.

    Args:
        line: dict of measures.
        history: list of such dicts, of the checks before.

    Returns:
        Dict from a key of `ADVICE` to the figures that speak for it.
    """
    found = {
        "text_unread": _text_unread(line),
        "text_ignored": _text_ignored(line),
        "no_diversity": _no_diversity(line),
        "discriminator_wins": _discriminator_wins(line),
        "gradients_explode": _gradients_explode(line, history),
    }
    return {kind: details for kind, details in found.items() if details}


def advice(kind, details):
    """The warning in plain words."""
    return ADVICE[kind].format(details=details)


def _stages(line, prefix):
    return [name[len(prefix) :] for name in line if name.startswith(prefix)]


def _text_unread(line):
    stages = [s for s in _stages(line, "text_gap_") if not s.startswith("error_")]
    gaps = {s: (line[f"text_gap_{s}"], line[f"text_gap_error_{s}"]) for s in stages}
    # One stage that reads is enough: the code is shared.
    if not gaps or any(gap > STANDARD_ERRORS * error for gap, error in gaps.values()):
        return None
    return "matched minus mismatched logit " + ", ".join(
        f"{gap:.3f} +- {error:.3f} at {stage}" for stage, (gap, error) in gaps.items()
    )


def _text_ignored(line):
    if "text_distance" not in line:
        return None
    text, noise = line["text_distance"], line["noise_distance"]
    if text >= max(SAME_PICTURE, SHARE_OF_NOISE * noise):
        return None
    return f"{text:.2f} gray levels of 255 apart; {noise:.2f} for other noise"


def _no_diversity(line):
    noise = line["noise_distance"]
    return f"{noise:.2f} gray levels of 255 apart" if noise < SAME_PICTURE else None


def _discriminator_wins(line):
    stages = [
        s for s in _stages(line, "chance_share_") if line[f"chance_share_{s}"] < SHARE_OF_CHANCE
    ]
    if not stages:
        return None
    return ", ".join(
        f"at {s} its loss is {line[f'chance_share_{s}']:.1%} of a guess's; scores: real "
        f"{line[f'real_score_{s}']:.3f}, generated {line[f'fake_score_{s}']:.3f}"
        for s in stages
    )


def _gradients_explode(line, history):
    details = []
    for name in (name for name in line if "gradient_norm" in name):
        before = [past[name] for past in history if name in past]
        if len(before) < USUAL_CHECKS:
            continue
        usual = statistics.median(before)
        if line[name] > TIMES_MEDIAN * usual:
            details.append(f"{name} {line[name]:.3g}, usually {usual:.3g}")
    return ", ".join(details)
