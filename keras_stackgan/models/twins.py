"""A second picture of some captions of a batch, drawn in the same pass with other noise."""

from keras import ops

from keras_stackgan import losses

# Pictures whose twin is drawn: a quarter of the batch costs a quarter of the generator's forward.
SHARE = 4


def check_settings(weight, bound, conditional):
    """Returns `compile`'s arguments of these names, or raises a `ValueError`."""
    if not (weight >= 0 and bound > 0):
        raise ValueError(
            "`diversity_weight` must be 0 or more, `diversity_bound` more than 0. Received: "
            f"diversity_weight={weight!r}, diversity_bound={bound!r}."
        )
    if weight and not conditional:
        raise ValueError(
            "`diversity_weight` compares two pictures of one caption or class; this model has "
            f"neither. Received: diversity_weight={weight!r}."
        )
    return {"diversity_weight": float(weight), "diversity_bound": float(bound)}


def count_of(rows):
    """How many of a batch's rows have a twin."""
    return max(rows // SHARE, 1)


def check_rows(rows):
    """A batch's size, if it is known and there are others whose noise a twin can have."""
    if rows is None or rows < 2:
        raise ValueError(
            "`diversity_weight` needs batches of a size known beforehand, of two or more pictures "
            f"a replica: use `batch(..., drop_remainder=True)`. Received: {rows}."
        )
    return rows


def add_twins(inputs, rows):
    """Appends the first rows once more, with the noise of their neighbors."""
    count = count_of(rows)

    def extended(name, value):
        twins = ops.roll(value, -1, axis=0) if name == "noise" else value
        return ops.concatenate([value, twins[:count]], axis=0)

    names = ("noise", "embeddings", "augmentation_noise", "stage2_augmentation_noise")
    return {**inputs, **{name: extended(name, inputs[name]) for name in names if name in inputs}}


def split_twins(outputs, rows):
    """Takes what belongs to the twins out of a generator's outputs: `twins`, one a stage."""
    images = outputs["images"]
    split = {name: value[:rows] for name, value in outputs.items() if name != "images"}
    split["images"] = [image[:rows] for image in images]
    split["twins"] = [image[rows:] for image in images]
    return split


def diversity_terms(inputs, fakes, weight, bound):
    """The weighted term by its name in the logs: minus the diversity, the mean over the stages."""
    if "twins" not in fakes:
        return {}
    noise = inputs["noise"]
    pairs = zip(fakes["images"], fakes["twins"], strict=True)
    values = []
    for images, twins in pairs:
        count = count_of(images.shape[0])
        others = ops.roll(noise, -1, axis=0)[:count]
        values.append(losses.diversity(images[:count], twins, noise[:count], others, bound))
    return {"diversity_loss": -weight * sum(values) / len(values)}
