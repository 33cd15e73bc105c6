"""Whether an original's tensors fit a model, and why they may not."""

import numpy as np

from keras_stackgan.convert import architecture, names
from keras_stackgan.convert.layouts import original_shape
from keras_stackgan.models import network_checks

# Arguments with which a model has other weights than the originals, or uses them otherwise.
PUBLISHED = {
    ("StackGANv2", "generator"): {
        "supervised": "all",
        "image_skips": False,
        "conditioning_augmentation": True,
    },
    ("StackGANv2", "discriminator"): {
        "discriminator_normalization": "batch",
        "discriminator_conditioning_dim": None,
        "discriminator_projection_dim": None,
    },
    ("StackGANv1", "generator"): {
        "conditioning_augmentation": True,
        "stage2_conditioning_augmentation": True,
        "text_at_stage2": True,
    },
}


def check_model(model, parts):
    """Checks that a model can take original weights, and returns its kind.

    Args:
        model: what the user gave.
        parts: those of `"generator"` and `"discriminator"` that are to be loaded.

    Returns:
        `"StackGANv2"` or `"StackGANv1"`.

    Raises:
        ValueError: If it is another model, or one that differs from the published ones.
    """
    # Here, as TensorFlow comes with them.
    from keras_stackgan.models import stackgan_v1, stackgan_v2

    if isinstance(model, stackgan_v2.StackGANv2):
        kind = "StackGANv2"
    elif isinstance(model, stackgan_v1.StackGANv1):
        kind = "StackGANv1"
        if model.form != "pytorch":
            raise ValueError(
                "Files of the PyTorch release fit `StackGANv1(form='pytorch')`. "
                f"Received: form={model.form!r}."
            )
    else:
        raise ValueError(
            f"`model` must be a StackGANv2 or a StackGANv1. Received: {type(model).__name__}."
        )
    for part in parts:
        for name, published in PUBLISHED.get((kind, part), {}).items():
            if getattr(model, name) != published:
                raise ValueError(
                    f"The originals' {part}s are of {kind}({name}={published!r}). "
                    f"Received: a model with {name}={getattr(model, name)!r}."
                )
    if kind == "StackGANv2" and len(set(model.image_sizes)) < len(model.image_sizes):
        raise ValueError(
            "The originals' pictures double from stage to stage. "
            f"Received: a model with image_sizes={model.image_sizes}."
        )
    return kind


def generator_entries(kind, network, tensors):
    """Our weights with their original names: those of the stages that the file is of."""
    if kind == "StackGANv2":
        return names.stackgan_v2_generator(network)
    if network.stage2 is not None and "STAGE1_G.fc.0.weight" in tensors:
        return names.stackgan_v1_stage2(network)
    return names.stackgan_v1_stage1(network.stage1)


def discriminator_entries(kind, network):
    """Our weights of a discriminator with their original names."""
    if kind == "StackGANv2":
        return names.stackgan_v2_discriminator(network)
    return names.stackgan_v1_discriminator(network)


def problems(tensors, entries):
    """What is missing, unknown, of another shape or no usable number, as a list of clauses."""
    wanted = {entry.name: entry for entry in entries}
    lists = {
        "missing": [
            f"'{name}' {original_shape(entry.weight.shape, entry.layout)}"
            for name, entry in wanted.items()
            if name not in tensors
        ],
        "unknown": [f"'{name}' {tensors[name].shape}" for name in tensors if name not in wanted],
        "of another shape": [],
        "not usable": [],
    }
    for name, entry in wanted.items():
        if name not in tensors:
            continue
        shape = original_shape(entry.weight.shape, entry.layout)
        if tensors[name].shape != shape:
            lists["of another shape"].append(f"'{name}' {tensors[name].shape} for {shape}")
        elif fault := _fault(tensors[name], entry):
            lists["not usable"].append(f"'{name}' {fault}")
    return [f"{len(found)} {kind}: {', '.join(found)}" for kind, found in lists.items() if found]


def _fault(tensor, entry):
    """What is wrong with a tensor's numbers, if anything is."""
    if tensor.dtype.kind != "f":
        return f"holds {tensor.dtype}"
    dtype = entry.weight.dtype
    # NumPy has no bfloat16; its range is float32's.
    with np.errstate(over="ignore"):
        numbers = tensor.astype("float32" if dtype == "bfloat16" else dtype, copy=False)
    if not np.isfinite(numbers).all():
        return "holds numbers that are not finite"
    if entry.name.endswith(".running_var") and (numbers < 0).any():
        return "holds variances below 0"
    return None


# === The likely cause ===


def generator_cause(kind, model, tensors):
    """Why a `netG` file does not fit."""
    try:
        found_kind, found = architecture.generator_arguments(tensors)
    except ValueError as error:
        return str(error)
    if found_kind != kind:
        return f"the file is of {found_kind}, the model a {kind}"
    if kind == "StackGANv1" and not any(name.startswith("STAGE1_G.") for name in tensors):
        # A file of Stage-I says nothing of a Stage-II.
        del found["image_size"]
    ours = {name: getattr(model, name) for name in found}
    if kind == "StackGANv2":
        number = len(model.image_sizes) - 1
        ours["num_residual_blocks"] = tuple(
            network_checks.residual_blocks(model.num_residual_blocks, number)
        )
        if model.condition_dim is not None:
            ours["embedding_dim"] = model.condition_dim
    hint = "`model_from_original` makes the model that fits"
    return _differences(found, "model", ours, hint)


def discriminator_cause(kind, network, tensors):
    """Why a `netD` file does not fit."""
    try:
        found_kind, found = architecture.discriminator_arguments(tensors)
    except ValueError as error:
        return str(error)
    if found_kind != kind:
        return f"the file is of {found_kind}, the model a {kind}"
    ours = {name: getattr(network, name) for name in found}
    if "conditioning_dim" in found:
        ours["conditioning_dim"] = network.condition_dim
    hint = "`discriminators` go from the smallest pictures to the largest"
    return _differences(found, "model's discriminator", ours, hint)


def _differences(found, network, ours, hint):
    different = [name for name in found if found[name] != ours[name]]
    if not different:
        return "the file is of changed code or not whole, as its widths and stages are the model's"
    here = ", ".join(f"{name}={found[name]!r}" for name in different)
    there = ", ".join(f"{name}={ours[name]!r}" for name in different)
    return f"the file is of {here}, the {network} of {there}; {hint}"
