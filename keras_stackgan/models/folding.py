"""Batch normalization with fixed statistics, folded into the layer in front of it."""

import keras
from keras import ops

from keras_stackgan.layers import BatchNormalization
from keras_stackgan.models.lazy_tensorflow import tf


def fold(generator, dtype=None):
    """Makes a generator without batch normalization that draws the same pictures.

    Each normalization by moving statistics is a scale and a shift of the channels: the scale goes
    into the kernel in front of it, the shift into a bias. A generator without an argument
    `normalization` (WGAN-GP's, whose norms stand behind sums) keeps its norms; one that never had
    any is copied as it is.

    Args:
        generator: the generator of a model of this package, built with batch normalization.
        dtype: str, the dtype policy of what is returned; `None` for the generator's.

    Returns:
        A network of the same class, with `normalization="bias"`. Its output equals
        `generator(inputs, training=False)` up to rounding.

    Example:

    ```python
    model = StackGANv2(image_sizes=(16, 32), generator_filters=4, embedding_dim=8)
    folded = fold(model.averaged_generator)
    inputs = {"noise": keras.ops.ones((2, 100)), "embeddings": keras.ops.ones((2, 8))}
    [image.shape for image in folded(inputs)["images"]]  # [(2, 16, 16, 3), (2, 32, 32, 3)]
    ```

    Reference:
        [Jacob et al., 2018](https://arxiv.org/abs/1712.05877), section 3.2.
    """
    # Nothing is drawn at random: every value is set below.
    changes = {"normalization": "bias", "kernel_initializer": "zeros"}
    if dtype is not None:
        changes["dtype"] = dtype
    folded = type(generator).from_config(_changed(generator.get_config(), changes))
    refold(generator, folded)
    return folded


def refold(generator, folded):
    """Brings what `fold` made up to date with weights that have changed since.

    Args:
        generator: the network that was folded.
        folded: what `fold` made of it.
    """
    for variable, value in zip(folded.variables, folded_values(generator, folded), strict=True):
        variable.assign(value)


def folded_values(generator, folded):
    """The values that the variables of `folded` take, in their order."""
    kept = _norms(folded)
    norms = {path: norm for path, norm in _norms(generator).items() if path not in kept}
    transposed = {
        layer.kernel.path
        for layer in folded._flatten_layers(include_self=False)
        if isinstance(layer, keras.layers.Conv2DTranspose)
    }
    values = {variable.path: variable for variable in generator.variables}
    return [
        _folded_value(variable, values, norms, variable.path in transposed)
        for variable in folded.variables
    ]


def folded_generator(model):
    """A model's averaged generator as `fold` makes it, at the weights of this moment."""
    functions = model._generate_functions
    if "fold" not in functions:
        generator = model.averaged_generator
        if not _norms(generator):
            functions["fold"], functions["folded"] = lambda: None, lambda: generator
            return generator
        folded = fold(generator)

        def update():
            refold(generator, folded)

        if keras.backend.backend() == "tensorflow":
            update = tf.function(update)
        # Functions, which Keras does not look into: it would save the network with the model.
        functions["fold"], functions["folded"] = update, lambda: folded
    functions["fold"]()
    return functions["folded"]()


def _changed(config, changes):
    """A network's config, and those of the networks in it, with other arguments."""
    changed = {}
    for key, value in config.items():
        if isinstance(value, dict) and key not in changes:
            value = _changed(value, changes)
        changed[key] = changes.get(key, value)
    return changed


def _norms(network):
    """The batch normalizations by the path of the block that they belong to."""
    layers = network._flatten_layers(include_self=False)
    return {
        layer.gamma.path.rsplit("/", 2)[0]: layer
        for layer in layers
        if isinstance(layer, BatchNormalization)
    }


def _folded_value(variable, values, norms, transposed):
    before = values.get(variable.path)
    block = variable.path.rsplit("/", 1)[0]
    # A block is [convolution, norm]; its bias is the convolution's or its own.
    norm = norms.get(block.rsplit("/", 1)[0]) or norms.get(block)
    if norm is None:
        return ops.convert_to_tensor(before)
    scale = norm.gamma * ops.rsqrt(norm.moving_variance + norm.epsilon)
    if variable.name == "kernel":
        scale = ops.cast(scale, before.dtype)
        # A transposed convolution's kernel has its outputs on the last axis but one.
        return before * (scale[:, None] if transposed else scale)
    shift = norm.beta - norm.moving_mean * scale
    if before is not None:
        shift = shift + before * scale
    return ops.cast(shift, variable.dtype)
