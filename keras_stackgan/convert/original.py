"""Models from the weights that the papers' PyTorch releases wrote."""

import pathlib

import numpy as np

from keras_stackgan.convert import architecture, names
from keras_stackgan.convert.conversion_report import ConversionReport, ConversionRow
from keras_stackgan.convert.layouts import to_keras, to_original
from keras_stackgan.convert.pth_reader import read_pth

SHOWN = 8


def load_original(model, generator=None, discriminators=None):
    """Loads the weights of StackGAN-v2 or of StackGAN-v1's PyTorch release into a model.

    A v2 `netG` file holds the moving average of the weights (and the statistics of the live
    generator, as the release pairs them). It goes to both the averaged generator, which `generate`
    uses, and the live one, from which training goes on; the live weights themselves are in no file.
    v1's files hold live weights, and both get them. A Stage-II file brings its Stage-I along.

    Everything is checked first: after an error the model is as it was.

    Args:
        model: `StackGANv2`, or `StackGANv1` with `form="pytorch"`.
        generator: path of a `netG` file, or `None`.
        discriminators: list of paths of `netD` files, one for each of the model's discriminators,
            `None` where one stays as it is; or `None`.

    Returns:
        A `ConversionReport`.

    Raises:
        ValueError: If a tensor is unknown, missing or of another shape, or a file is none of
            tensors.

    Example:

    ```python
    model = StackGANv2()
    print(load_original(model, "netG_210000.pth"))
    ```
    """
    if model.__class__.__name__ == "StackGANv1" and model.form != "pytorch":
        raise ValueError(
            "Files of the PyTorch release fit `StackGANv1(form='pytorch')`. "
            f"Received: form={model.form!r}."
        )
    discriminators = [] if discriminators is None else list(discriminators)
    if discriminators and len(discriminators) != len(model.discriminators):
        raise ValueError(
            f"`discriminators` must have one path (or None) for each of the model's "
            f"{len(model.discriminators)} discriminators. Received: {len(discriminators)}."
        )
    jobs = []
    if generator is not None:
        tensors, ignored = read_state(generator)
        networks = (model.averaged_generator, model.generator)
        entries = [_generator_entries(model, network, tensors) for network in networks]
        jobs.append((generator, tensors, ignored, entries))
    for path, network in zip(discriminators, model.discriminators, strict=False):
        if path is not None:
            tensors, ignored = read_state(path)
            jobs.append((path, tensors, ignored, [_discriminator_entries(model, network)]))
    if not jobs:
        raise ValueError("`load_original` needs `generator` or `discriminators`. Received: none.")
    for path, tensors, _, entries in jobs:
        _check(path, tensors, entries[0])
    rows = [row for path, tensors, _, entries in jobs for row in _assign(path, tensors, entries)]
    return ConversionReport(tuple(rows), tuple(name for job in jobs for name in job[2]))


def model_from_original(generator, discriminators=None, **overrides):
    """Makes the model that the files' tensors fit, and loads them.

    Args:
        generator: path of a `netG` file of StackGAN-v2 or of StackGAN-v1's PyTorch release.
        discriminators: list of paths, one a stage, `None` where one is not at hand; or `None`.
        **overrides: arguments of the model. Without `netD` files, `discriminator_filters` is the
            generator's width unless given.

    Returns:
        `(model, report)`: a `StackGANv2` or `StackGANv1`, and the `ConversionReport`.

    Raises:
        ValueError: If the tensors are of neither model.

    Example:

    ```python
    model, report = model_from_original("netG_210000.pth")
    model.generate(embeddings=embeddings, num_images=4)
    ```
    """
    from keras_stackgan import StackGANv1, StackGANv2

    found = read_state(generator)[0]
    paths = [] if discriminators is None else list(discriminators)
    judges = [read_state(path)[0] for path in paths if path is not None]
    kind, arguments = architecture.infer(found, judges, generator)
    model = {"v1": StackGANv1, "v2": StackGANv2}[kind](**{**arguments, **overrides})
    return model, load_original(model, generator, paths or None)


def read_state(path):
    """Reads a file's tensors without the prefix of `DataParallel` and without batch counters."""
    tensors, ignored = {}, []
    for name, tensor in read_pth(path).items():
        name = name.removeprefix("module.")
        if name.endswith(".num_batches_tracked"):
            ignored.append(name)
        else:
            tensors[name] = tensor
    return tensors, ignored


def _generator_entries(model, network, tensors):
    if model.__class__.__name__ == "StackGANv2":
        return names.stackgan_v2_generator(network)
    if any(name.startswith("STAGE1_G.") for name in tensors):
        if network.stage2 is None:
            raise ValueError(
                "The generator's file is of Stage-II, which this model does not have. Received: "
                "a StackGANv1 whose image_size equals its stage1_size."
            )
        return names.stackgan_v1_stage2(network)
    return names.stackgan_v1_stage1(network.stage1)


def _discriminator_entries(model, network):
    if model.__class__.__name__ == "StackGANv2":
        return names.stackgan_v2_discriminator(network)
    return names.stackgan_v1_discriminator(network)


def _check(path, tensors, entries):
    """Raises one error that lists every tensor that does not fit."""
    problems, wanted = [], set()
    for entry in entries:
        wanted.add(entry.name)
        shape = to_original(np.broadcast_to(0.0, entry.weight.shape), entry.layout).shape
        if entry.name not in tensors:
            problems.append(f"'{entry.name}' {shape} is missing")
        elif tensors[entry.name].shape != shape:
            received = tensors[entry.name].shape
            problems.append(f"'{entry.name}' is {received}, and the model has {shape}")
        elif not np.isfinite(tensors[entry.name]).all():
            problems.append(f"'{entry.name}' holds numbers that are not finite")
    problems += [f"'{name}' is unknown" for name in tensors if name not in wanted]
    if not problems:
        return
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    raise ValueError(
        f"'{path}' does not fit the model, which was left as it was: "
        f"{'; '.join(problems[:SHOWN])}{more}. Make the model with the file's widths and stages: "
        "`model_from_original` reads them off the tensors."
    )


def _assign(path, tensors, entries_of_networks):
    by_name = {name: [] for name in tensors}
    for entries in entries_of_networks:
        for entry in entries:
            entry.weight.assign(to_keras(tensors[entry.name], entry.layout))
            by_name[entry.name].append(entry.weight.path)
    for name, weights in by_name.items():
        tensor = tensors[name]
        yield ConversionRow(
            pathlib.Path(path).name,
            name,
            tensor.shape,
            tuple(weights),
            float(tensor.mean()),
            float(tensor.std()),
        )
