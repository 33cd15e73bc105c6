"""Checks of the arguments that several networks share, and what follows from them."""

import math
import numbers

import keras

from keras_stackgan.layers.utils import check_count as check_count
from keras_stackgan.layers.utils import check_number as check_number
from keras_stackgan.layers.utils import check_switch as check_switch


def check_optional_count(name, value):
    """Returns `None` or `value` as an `int` of at least 1."""
    return None if value is None else check_count(name, value)


def check_image_size(name, size):
    """Returns a picture size if it is a power of two of at least 16 pixels."""
    is_number = isinstance(size, numbers.Real) and not isinstance(size, bool)
    if not is_number or size < 16 or math.log2(size) % 1:
        raise ValueError(
            f"`{name}` must be a power of two of at least 16 pixels. Received: {name}={size!r}."
        )
    return int(size)


def check_image_sizes(sizes):
    """Returns the stages' picture sizes as a tuple if each doubles or repeats the one before."""
    try:
        sizes = tuple(sizes)
    except TypeError:
        raise ValueError(
            "`image_sizes` must be a tuple with one size a stage, such as (64, 128, 256). "
            f"Received: image_sizes={sizes!r}."
        ) from None
    if not 1 <= len(sizes) <= 5:
        raise ValueError(
            f"`image_sizes` must name 1 to 5 stages. Received: {len(sizes)} in {sizes!r}."
        )
    sizes = tuple(check_image_size("image_sizes", size) for size in sizes)
    for before, size in zip(sizes, sizes[1:], strict=False):
        if size not in (before, 2 * before):
            raise ValueError(
                "Each of `image_sizes` must be twice the one before or equal to it. "
                f"Received: {size} after {before} in {sizes!r}."
            )
    return sizes


def check_width(name, filters, num_stages):
    """Returns a first stage's width if it can be halved at each later stage."""
    filters = check_count(name, filters)
    if filters % 2 ** (num_stages - 1):
        raise ValueError(
            f"`{name}` is halved at each of {num_stages} stages, so it must be a multiple of "
            f"{2 ** (num_stages - 1)}. Received: {name}={filters}."
        )
    return filters


def check_stage_widths(name, filters, num_stages):
    """Returns one width for all stages as an `int`, or a width for each as a tuple."""
    if not isinstance(filters, (tuple, list)):
        return check_count(name, filters)
    if len(filters) < num_stages:
        raise ValueError(
            f"A tuple of `{name}` must have a width for each of {num_stages} stages. "
            f"Received: {name}={tuple(filters)!r}."
        )
    return tuple(check_count(name, each) for each in filters)


def width_of_stage(filters, stage):
    """The width of a stage, counted from 0, of what `check_stage_widths` returns."""
    return filters[stage] if isinstance(filters, tuple) else filters


def stage_names(sizes):
    """Names of the stages in logs and layers: the size, and the stage where sizes repeat."""
    if len(set(sizes)) == len(sizes):
        return [str(size) for size in sizes]
    return [f"{size}_stage{k + 1}" for k, size in enumerate(sizes)]


def residual_blocks(number, num_stages):
    """Number of residual blocks of each stage but the first.

    The release builds a fourth stage with one block where the others have two, so an `int` counts
    for the second and third stage and is cut to one from the fourth on.
    """
    if isinstance(number, (tuple, list)):
        if len(number) < num_stages:
            raise ValueError(
                "A tuple of `num_residual_blocks` must have one number for each stage but the "
                f"first, {num_stages} in all. Received: {tuple(number)!r}."
            )
        number = [check_count("num_residual_blocks", n, minimum=0) for n in number]
        return number[:num_stages]
    number = check_count("num_residual_blocks", number, minimum=0)
    return [number if k < 2 else min(number, 1) for k in range(num_stages)]


def halvings(image_size):
    """How often a picture is halved on its way to 4x4 pixels."""
    return int(math.log2(image_size // 4))


def configured(model, names):
    """The constructor's arguments as a config: attributes of the same names."""
    config = {name: getattr(model, name) for name in names}
    for name, value in config.items():
        if isinstance(value, (keras.initializers.Initializer, keras.Model)):
            config[name] = keras.saving.serialize_keras_object(value)
    return config
