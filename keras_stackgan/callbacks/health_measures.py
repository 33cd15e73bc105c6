"""What `TrainingHealth` measures: the discriminators' view, and how far pictures differ."""

import itertools

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.batch_normalization import penalty_scope
from keras_stackgan.models.generation import draw_noise
from keras_stackgan.models.lazy_tensorflow import tf
from keras_stackgan.models.matching_logits import matching_logits

# Fewer differences have no standard error to speak of.
MIN_PAIRS = 4

# The loss on a real and a generated picture of a discriminator that cannot tell them apart. The
# critic of "wasserstein" has no such bound.
CHANCE_LOSS = {"bce": 2.0 * np.log(2.0), "hinge": 2.0, "least_squares": 0.25}


def to_tensors(model, batch):
    """The fixed batch as tensors, checked for this model.

    Raises:
        ValueError: If it is not what the model takes, or too few neighbors differ in their text.
    """
    if isinstance(batch, (tuple, list)) and batch:
        batch = batch[0]
    batch = model.check_batch(tf.nest.map_structure(tf.convert_to_tensor, batch))
    pairs = different(model, batch)
    if model.conditional and pairs.sum() < MIN_PAIRS:
        raise ValueError(
            f"`batch` must hold at least {MIN_PAIRS} pictures whose text differs from that of the "
            f"next. Received: {pairs.sum()} of {len(pairs)}; take more pictures, or mix them."
        )
    return batch


def different(model, batch):
    """For each row whether its condition differs from the next one's; the last has the first."""
    conditions = _conditions(model, batch)
    if conditions is None:
        return np.zeros(len(tf.nest.flatten(batch["images"])[0]), bool)
    return (conditions != np.roll(conditions, -1, axis=0)).any(axis=1)


def _key(model):
    return "labels" if model.num_classes is not None else "embeddings"


def _conditions(model, batch):
    """The batch's embeddings or labels as rows, or `None` for an unconditional model."""
    if not model.conditional:
        return None
    values = ops.convert_to_numpy(batch[_key(model)])
    return values.reshape(len(values), -1)


def judge(model, batch):
    """The discriminators' opinion of the batch and of the live generator's pictures for it.

    They see batch statistics, as in training, and none is recorded. Pairs are made by the next
    row's text, whatever `compile`'s `mismatched` says.

    Returns:
        Dict of floats: for each stage `text_gap_<stage>`, the mean matched minus mismatched logit,
        `text_gap_error_<stage>`, its standard error, `real_score_<stage>` and
        `fake_score_<stage>` as in the logs, and `chance_share_<stage>`: the loss of real against
        generated pictures over that of a discriminator that guesses, of its better head.
    """
    found = {}
    pairs = different(model, batch)
    with penalty_scope():
        inputs = model.prepare(batch, 0, training=False)
        fakes = model.generate_fakes(inputs, training=True)
        condition = model.condition(inputs, fakes)
        others = () if condition is None else model.other_conditions(inputs, fakes, 1)
        for stage, label in enumerate(model.stage_labels):
            real, mismatched, fake = matching_logits(
                model.active_discriminators[stage],
                inputs["images"][stage],
                fakes["images"][stage],
                condition,
                mismatched_conditions=others,
            )
            if mismatched:
                gaps = ops.convert_to_numpy(real["conditional"] - mismatched[0]["conditional"])
                gaps = gaps.astype("float64")[pairs]
                found[f"text_gap_{label}"] = gaps.mean()
                found[f"text_gap_error_{label}"] = gaps.std(ddof=1) / np.sqrt(len(gaps))
            found.update(_scores(model, real, fake, label))
    return {name: float(value) for name, value in found.items()}


def _scores(model, real, fake, label):
    loss = model.adversarial_loss
    head = "conditional" if "conditional" in real else "unconditional"
    scores = {
        f"real_score_{label}": loss.score(real[head]),
        f"fake_score_{label}": loss.score(fake[head]),
    }
    chance = CHANCE_LOSS.get(model.recipe.adversarial_loss)
    if chance is not None:
        totals = [
            loss.discriminator(real[name], True) + loss.discriminator(fake[name], False)
            for name in real
        ]
        scores[f"chance_share_{label}"] = min(float(total) for total in totals) / chance
    return scores


def compare_pictures(model, batch, num_captions, num_noises, seed):
    """Distances between `generate`'s pictures, in gray levels of 255.

    Every caption is drawn with every noise.

    Returns:
        Dict: `noise_distance`, the mean absolute difference of two pictures of one caption, and,
        for models with a condition, `text_distance`, that of two captions at one noise.
    """
    conditions = _conditions(model, batch)
    captions = {}
    if conditions is not None:
        _, places = np.unique(conditions, axis=0, return_index=True)
        # In the order of the batch, so that one sees whose they are.
        places = np.sort(places)[:num_captions]
        chosen = ops.convert_to_numpy(batch[_key(model)])[places]
        captions = {_key(model): np.repeat(chosen, num_noises, axis=0)}
        if model.takes_boxes:
            # One for all: the distance of two captions is to be that of their words.
            captions["boxes"] = ops.convert_to_numpy(batch["boxes"])[places[0]]
    count = len(places) if captions else 1
    noise = draw_noise(model, num_noises, seed)
    images = model.generate_from(
        {name: np.tile(array, (count, 1)) for name, array in noise.items()},
        **captions,
        stages=_stage(model),
    )
    images = images.reshape(count, num_noises, *images.shape[1:]).astype("int16")
    found = {"noise_distance": _mean_distance(images, axis=1)}
    if captions:
        found["text_distance"] = _mean_distance(images, axis=0)
    return found


def _stage(model):
    """The largest stage that trains, counted from 1: StackGAN-v1 has a second one to come."""
    sizes = list(model.output_sizes)
    return len(sizes) - sizes[::-1].index(model.training_sizes[-1])


def _mean_distance(images, axis):
    pictures = np.moveaxis(images, axis, 0)
    pairs = itertools.combinations(range(len(pictures)), 2)
    return float(np.mean([np.abs(pictures[a] - pictures[b]).mean() for a, b in pairs]))


def gradient_norms(logs):
    """The gradient norms among a step's logs, as floats."""
    return {
        name: float(np.ravel(keras.ops.convert_to_numpy(value))[0])
        for name, value in (logs or {}).items()
        if "gradient_norm" in name
    }
