"""Our networks' weights in the PyTorch ones, which make theirs in the same order."""

import numpy as np
import torch


def load_from_keras(module, network):
    """Copies the trainable weights of a Keras network into the module of the same function.

    Args:
        module: `Generator` or `Discriminator` of this package.
        network: the generator or a discriminator of a `StackGANv2`.

    Raises:
        ValueError: The two are of different shapes.
    """
    parameters, weights = list(module.parameters()), list(network.trainable_weights)
    if len(parameters) != len(weights):
        raise ValueError(f"{len(parameters)} parameters for {len(weights)} weights.")
    with torch.no_grad():
        for parameter, weight in zip(parameters, weights, strict=True):
            value = _as_torch(weight.numpy(), tuple(parameter.shape))
            if value.shape != tuple(parameter.shape):
                raise ValueError(f"{weight.path}: {value.shape} for {tuple(parameter.shape)}.")
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))


def _as_torch(value, shape):
    if value.ndim == 4:
        return value.transpose(3, 2, 0, 1)
    if value.ndim == 2 and len(shape) == 4:
        # A logit reads (4, 4, channels) as one vector.
        return value.reshape(shape[2], shape[3], shape[1], 1).transpose(3, 2, 0, 1)
    return value.T if value.ndim == 2 else value
