"""A model's numbers as named arrays, and back."""

import numpy as np

HALF_LIMIT = float(np.finfo("float16").max)


def inference_arrays(model):
    """Returns what generating needs: the averaged generator and the embeddings' scaling.

    Kernels become float16, which moves pictures by less than a gray level. Vectors (biases, batch
    statistics, the scaling) stay float32: they are small, and a variance can be too.
    """
    variables = _inference_variables(model)
    return {name: _halved(_array(name, variable)) for name, variable in variables.items()}


def training_arrays(model):
    """Returns what further training needs beside them, in float32: live generator, judges."""
    return {name: _array(name, v) for name, v in _training_variables(model).items()}


def assign_inference(model, arrays):
    """Puts arrays that `inference_arrays` made into a model.

    Raises:
        ValueError: If names or shapes differ; the message is a clause, and nothing was assigned.
    """
    _assign(_inference_variables(model), arrays)


def assign_training(model, arrays):
    """Puts arrays that `training_arrays` made into a model; see `assign_inference`."""
    _assign(_training_variables(model), arrays)


def named_weights(network):
    """Returns a network's weights by the part of their paths that is the network's own."""
    paths = [weight.path.split("/") for weight in network.weights]
    shared = 0
    # The networks' names and enclosing name scopes differ between models that are made alike.
    while all(len(path) > shared + 1 and path[shared] == paths[0][shared] for path in paths):
        shared += 1
    named = {"/".join(p[shared:]): w for p, w in zip(paths, network.weights, strict=True)}
    if len(named) != len(paths):
        raise ValueError(
            f"Weights of a preset must have names of their own. Received: {len(paths)} weights "
            f"with {len(named)} names in '{network.name}'; name its layers."
        )
    return named


# === Small parts ===


def _inference_variables(model):
    found = _prefixed("generator", model.averaged_generator)
    if model.embedding_mean is not None:
        found["embedding_mean"] = model.embedding_mean
        found["embedding_scale"] = model.embedding_scale
    return found


def _training_variables(model):
    found = _prefixed("generator", model.generator)
    for number, discriminator in enumerate(model.discriminators):
        found.update(_prefixed(f"discriminators/{number}", discriminator))
    return found


def _prefixed(prefix, network):
    return {f"{prefix}/{name}": weight for name, weight in named_weights(network).items()}


def _array(name, variable):
    array = np.asarray(variable.numpy()).astype("float32")
    if not np.isfinite(array).all():
        raise ValueError(
            f"A preset's weights must be finite. Received: NaN or infinite entries in '{name}'; "
            "go back to a state from before."
        )
    return array


def _halved(array):
    fits = array.ndim > 1 and np.abs(array).max(initial=0.0) <= HALF_LIMIT
    return array.astype("float16") if fits else array


def _assign(variables, arrays):
    wanted = {name: tuple(variable.shape) for name, variable in variables.items()}
    received = {name: array.shape for name, array in arrays.items()}
    different = sorted(set(wanted.items()) ^ set(received.items()))
    if different:
        name = different[0][0]
        raise ValueError(
            f"the weight {name[:200]!r} has shape {received.get(name)} where the model has "
            f"{wanted.get(name)} (None: is not there)"
        )
    for name, variable in variables.items():
        variable.assign(arrays[name])
