"""Models from the weights that the papers' PyTorch releases wrote."""

import functools
from typing import NamedTuple

import numpy as np

from keras_stackgan.convert import architecture, fitting
from keras_stackgan.convert.conversion_report import ConversionReport, ConversionRow
from keras_stackgan.convert.layouts import to_keras
from keras_stackgan.convert.original_file import OriginalFile, read_original

NOTES = {
    "StackGANv1": "The averaged generator got the numbers of the live one.",
    "StackGANv2": "The generator and the averaged generator got the same numbers: weights that are "
    "a moving average, and the live generator's batch statistics.",
}


class Job(NamedTuple):
    """A file, what takes its tensors, and why they may not fit.

    Args:
        file: `OriginalFile`.
        networks: dict from a network's name to its weights with their original names.
        cause: function that looks for the likely cause once something does not fit.
    """

    file: OriginalFile
    networks: dict
    cause: object


def load_original(model, generator=None, discriminators=None):
    """Loads the weights of StackGAN-v2 or of StackGAN-v1's PyTorch release into a model.

    A v2 `netG` file holds the moving average of the weights, and the batch statistics of the live
    generator, as the release pairs them. Both go to the averaged generator, which `generate` uses,
    and to the live one, from which training goes on as the release resumes it; the live weights
    themselves are in no file. v1's files hold live weights, and both generators get them. A
    Stage-II file brings its Stage-I along; a Stage-I file leaves a Stage-II as it is.

    The originals read plain embeddings, so what `adapt_embeddings` measured is undone where a
    generator is loaded. Everything is checked first: after an error the model is as it was.

    Args:
        model: `StackGANv2`, or `StackGANv1` with `form="pytorch"`.
        generator: path of a `netG` file, or `None`.
        discriminators: list of paths of `netD` files, one for each of the model's discriminators
            from the smallest pictures on, `None` where one stays as it is; or `None`.

    Returns:
        A `ConversionReport`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If tensors are unknown, missing or of another shape (all are listed, with the
            likely cause), or a file is none of tensors.

    Example:

    ```python
    model = StackGANv2()
    print(load_original(model, "netG_210000.pth"))
    ```

    Reference:
        [StackGAN-v2](https://github.com/hanzhanggit/StackGAN-v2) and
        [StackGAN-Pytorch](https://github.com/hanzhanggit/StackGAN-Pytorch).
    """
    paths = _listed(discriminators)
    return _load(
        model,
        None if generator is None else read_original(generator),
        [None if path is None else read_original(path) for path in paths],
    )


def model_from_original(generator, discriminators=None, **overrides):
    """Makes the model that the files' tensors fit, and loads them.

    Args:
        generator: path of a `netG` file of StackGAN-v2 or of StackGAN-v1's PyTorch release.
        discriminators: list of paths, one a stage from the smallest pictures on, `None` where one
            is not at hand; or `None`.
        **overrides: arguments of the model that no weight tells of, such as `dtype`. Without
            `netD` files, `discriminator_filters` is the generator's width unless given.

    Returns:
        `(model, report)`: a `StackGANv2` or `StackGANv1`, not compiled, and the
        `ConversionReport`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a file is none of tensors, or the tensors are of neither model.

    Example:

    ```python
    model, report = model_from_original("netG_210000.pth")
    model.generate(embeddings=embeddings, num_images=4)
    ```
    """
    # Not from the package itself, which the command line imports without its models.
    from keras_stackgan.models.stackgan_v1 import StackGANv1
    from keras_stackgan.models.stackgan_v2 import StackGANv2

    file = read_original(generator)
    judges = [None if path is None else read_original(path) for path in _listed(discriminators)]
    kind, arguments = _read_off(architecture.generator_arguments, file)
    arguments["discriminator_filters"] = arguments["generator_filters"]
    for judge in judges:
        if judge is not None:
            judge_kind, found = _read_off(architecture.discriminator_arguments, judge)
            if judge_kind != kind:
                raise ValueError(
                    f"The files must be of one model. Received: '{file.path}' of {kind} and "
                    f"'{judge.path}' of {judge_kind}."
                )
            arguments["discriminator_filters"] = found["filters"]
            if kind == "StackGANv2" and found["conditional"]:
                arguments["unconditional_head"] = found["unconditional"]
    model = {"StackGANv1": StackGANv1, "StackGANv2": StackGANv2}[kind](**{**arguments, **overrides})
    return model, _load(model, file, judges)


def _listed(paths):
    """One path or a list of them; a string is no list of its letters."""
    if paths is None:
        return []
    return list(paths) if isinstance(paths, (list, tuple)) else [paths]


def _read_off(function, file):
    try:
        return function(file.tensors)
    except ValueError as error:
        raise ValueError(
            f"'{file.path}' must be of StackGAN-v2 or of StackGAN-v1's PyTorch release. "
            f"Received: {error}."
        ) from error


# === Checking, then loading ===


def _load(model, generator, discriminators):
    given = [file for file in discriminators if file is not None]
    if generator is None and not given:
        raise ValueError("`load_original` needs `generator` or `discriminators`. Received: none.")
    parts = ["generator"] * (generator is not None) + ["discriminator"] * bool(given)
    kind = fitting.check_model(model, parts)
    if discriminators and len(discriminators) != len(model.discriminators):
        raise ValueError(
            f"`discriminators` must have one path (or None) for each of the model's "
            f"{len(model.discriminators)} discriminators. Received: {len(discriminators)}."
        )
    jobs = list(_jobs(kind, model, generator, discriminators))
    complaints = []
    for file, networks, cause in jobs:
        if found := fitting.problems(file.tensors, next(iter(networks.values()))):
            lines = "".join(f"\n  {clause}" for clause in found)
            complaints.append(f"'{file.path}' (likely cause: {cause()}):{lines}")
    if complaints:
        raise ValueError(
            "The files must fit the model, which was left as it was. Received:\n"
            + "\n".join(complaints)
        )
    rows = tuple(row for job in jobs for row in _assign(job.file, job.networks))
    notes = []
    if generator is not None:
        notes.append(NOTES[kind])
        if _undo_adaptation(model):
            notes.append("What `adapt_embeddings` measured was undone.")
    if left := len(model.discriminators) - len(given):
        notes.append(f"{left} of {len(model.discriminators)} discriminators kept their weights.")
    ignored = tuple(name for job in jobs for name in job.file.ignored)
    return ConversionReport(rows, ignored, tuple(notes))


def _jobs(kind, model, generator, discriminators):
    """Each file with the networks that it is for."""
    if generator is not None:
        tensors = generator.tensors
        networks = {
            name: fitting.generator_entries(kind, getattr(model, name), tensors)
            for name in ("generator", "averaged_generator")
        }
        yield Job(
            generator,
            networks,
            functools.partial(fitting.generator_cause, kind, model, tensors),
        )
    for file, network in zip(discriminators, model.discriminators, strict=False):
        if file is not None:
            yield Job(
                file,
                {network.name: fitting.discriminator_entries(kind, network)},
                functools.partial(fitting.discriminator_cause, kind, network, file.tensors),
            )


def _undo_adaptation(model):
    """Puts the embeddings' scaling back to none; returns whether there was one."""
    if model.embedding_mean is None:
        return False
    mean, scale = model.embedding_mean.numpy(), model.embedding_scale.numpy()
    model.embedding_mean.assign(np.zeros_like(mean))
    model.embedding_scale.assign(np.ones_like(scale))
    return bool(mean.any() or (scale != 1).any())


def _assign(file, networks):
    weights = {name: [] for name in file.tensors}
    for network, entries in networks.items():
        for entry in entries:
            entry.weight.assign(to_keras(file.tensors[entry.name], entry.layout))
            # v1's two generators name their weights alike.
            path = entry.weight.path.removeprefix(f"{network}/")
            weights[entry.name].append(f"{network}/{path}")
    for name, tensor in file.tensors.items():
        numbers = (float(number) for number in (tensor.min(), tensor.mean(), tensor.max()))
        yield ConversionRow(file.path.name, name, tensor.shape, tuple(weights[name]), *numbers)
