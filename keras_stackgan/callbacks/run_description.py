"""What must be the same for a run to be resumed, and where two descriptions differ."""

import json

import keras

# Where something lies that has a fingerprint.
PLACES = ("directory", "file")


def describe(model, steps_per_epoch, data):
    """Describes a compiled model and its data set as JSON holds them.

    Automatic names (`adam_1`) are left out, since they tell how many came before in the process,
    and so is where a guide lies, since a run may be moved: its fingerprint says which it is.

    Args:
        model: compiled `AdversarialModel`.
        steps_per_epoch: int.
        data: description of the data set that JSON can hold.

    Returns:
        A dict.
    """
    described = {
        "class": type(model).__name__,
        "model": _comparable(keras.saving.serialize_keras_object(model.get_config())),
        "compile": _comparable(model.get_compile_config()),
        "data": data,
        "steps_per_epoch": steps_per_epoch,
        "replicas": model.distribute_strategy.num_replicas_in_sync,
        "variables": {
            group: [f"{tuple(v.shape)} {v.dtype}" for v in variables]
            for group, variables in variables_by_group(model).items()
        },
    }
    return json.loads(json.dumps(described))


def reduced(described):
    """Returns the description of a state, which may be older, as `describe` would give it."""
    return {**described, **{part: _comparable(described[part]) for part in ("model", "compile")}}


def variables_by_group(model):
    """Every variable of a run; the order within a group is the model's."""
    groups = {"weights": model.weights, "metrics": model.metrics_variables}
    groups["generator_optimizer"] = model.generator_optimizer.variables
    for label, optimizer in zip(model.stage_labels, model.discriminator_optimizers, strict=True):
        groups[f"discriminator_optimizer_{label}"] = optimizer.variables
    return groups


def differences(old, new, path=""):
    """Yields one line for each place where two descriptions differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            name = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                where = "here" if key not in old else "in the state"
                yield f"{name} is only {where}"
            else:
                yield from differences(old[key], new[key], name)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for k, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from differences(a, b, f"{path}[{k}]")
    elif old != new:
        yield f"{path} was {_short(old)}, now {_short(new)}"


def _comparable(value):
    """Returns a description, or a part of one, without what may differ between equal runs."""
    if isinstance(value, dict):
        left_out = ("name", *PLACES) if "fingerprint" in value else ("name",)
        return {key: _comparable(item) for key, item in value.items() if key not in left_out}
    if isinstance(value, (list, tuple)):
        return [_comparable(item) for item in value]
    return value


def _short(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
