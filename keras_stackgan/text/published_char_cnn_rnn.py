"""Weights of the char-CNN-RNN in the files that its authors' training wrote."""

import numpy as np

from keras_stackgan.formats import TorchObject, read_torch7

# Where the layers are among the modules of their part of the network, counted from 1 as in Lua. All
# steps of a recurrence share their weights, so the first place of each is enough.
_CONVOLUTIONS = {"conv1": 1, "conv2": 4, "conv3": 7}
_PLAIN = {"i2h": 2, "h2h": 6}
_GATED = {"i2h": 2, "i2h_update": 5, "h2h_update": 6, "i2h_reset": 10, "h2h_reset": 11, "h2h": 15}
_CHANNELS = {"conv1": 70, "conv2": 384, "conv3": 512}
_WIDTH = 4


def read_published_weights(path):
    """Reads the weights of a text network, and which of the published forms it has.

    Args:
        path: path of a `.t7` file: what the training wrote, or its text network alone.

    Returns:
        A tuple of the form's name and a dict from layer to `(kernel, bias)`, float32 arrays in
        Keras' layout.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no Torch7 file, or holds another network.

    Example:

    ```python
    form, weights = read_published_weights("lm_sje_nc4_cub_hybrid_gru18_a1_c512.t7")
    form  # "icml_birds"
    ```
    """
    content = read_torch7(path)
    try:
        return _read_network(content)
    except _Missing as error:
        raise ValueError(
            f"'{path}' must hold the text network of a char-CNN-RNN (protos.enc_doc). Received a "
            f"file where {error}."
        ) from None


class _Missing(Exception):
    pass


def _read_network(content):
    if isinstance(content, dict):
        content = _entry(_entry(content, "protos", "it"), "enc_doc", "protos")
    convolutions = _modules(content, 2)
    weights = {
        name: _convolution(_modules(convolutions, place), name)
        for name, place in _CONVOLUTIONS.items()
    }
    recurrence = _modules(content, 4)
    is_gated = any(kind.endswith(".Sigmoid") for kind, _ in _layers(recurrence))
    for name, place in (_GATED if is_gated else _PLAIN).items():
        weights[name] = _linear(_modules(_modules(recurrence, place), 1), name)
    if is_gated and not _is_averaged(recurrence):
        raise _Missing("the gated recurrence gives its last state instead of the mean")
    weights["projection"] = _linear(_modules(content, 6), "projection")
    units = len(weights["conv3"][1])
    form = {(256, False): "cvpr", (512, False): "icml_flowers", (512, True): "icml_birds"}
    if (units, is_gated) not in form:
        raise _Missing(f"conv3 has {units} channels, as no published form has")
    return form[units, is_gated], weights


def _entry(table, name, place):
    if not isinstance(table, dict) or name not in table:
        raise _Missing(f"{place} has no {name!r}")
    return table[name]


def _modules(network, number=None):
    """A network's list of layers, or one of them."""
    if not isinstance(network, TorchObject):
        raise _Missing(f"a {type(network).__name__} stands in the place of a network")
    modules = _entry(network.fields, "modules", network.class_name[:80])
    return modules if number is None else _entry(modules, number, network.class_name[:80])


def _layers(network):
    """The class and the fields of each of a network's layers."""
    modules = _modules(network)
    if not isinstance(modules, dict):
        raise _Missing(f"{network.class_name[:80]} has no list of modules")
    return [(m.class_name, m.fields) for m in modules.values() if isinstance(m, TorchObject)]


def _is_averaged(recurrence):
    # The only positive factor is that of the mean: the others negate gates.
    factors = [
        fields.get("constant_scalar")
        for kind, fields in _layers(recurrence)
        if kind == "nn.MulConstant"
    ]
    return any(isinstance(factor, float) and factor > 0 for factor in factors)


def _arrays(layer, name):
    fields = layer.fields if isinstance(layer, TorchObject) else None
    weight, bias = _entry(fields, "weight", name), _entry(fields, "bias", name)
    for array, dimensions in ((weight, 2), (bias, 1)):
        is_array = isinstance(array, np.ndarray) and array.ndim == dimensions
        if not is_array or array.dtype.kind != "f":
            raise _Missing(f"{name} has weights that are no tensors of numbers")
    if len(weight) != len(bias):
        raise _Missing(f"{name} has {len(weight)} rows of weights and {len(bias)} biases")
    return weight.astype("float32"), bias.astype("float32")


def _convolution(layer, name):
    weight, bias = _arrays(layer, name)
    # A row is one filter: all channels of the first place, then of the second, and so on.
    channels = _CHANNELS[name]
    if weight.shape[1] != _WIDTH * channels:
        raise _Missing(f"{name} has {weight.shape[1]} weights a filter, not {_WIDTH * channels}")
    return weight.reshape(-1, _WIDTH, channels).transpose(1, 2, 0), bias


def _linear(layer, name):
    weight, bias = _arrays(layer, name)
    return weight.T, bias
