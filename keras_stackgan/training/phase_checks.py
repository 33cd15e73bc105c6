"""Finds what is wrong with a run's later phases before its first one has trained."""

import inspect

from keras_stackgan.models import network_checks
from keras_stackgan.training import building

# What makes a model of any shape small.
WIDTHS = {
    # Can be halved for five stages.
    "generator_filters": 16,
    "discriminator_filters": 1,
    "discriminator_max_filters": 1,
    "embedding_dim": 2,
    "conditioning_dim": 1,
    "latent_dim": 1,
    "discriminator_conditioning_dim": 1,
    "discriminator_projection_dim": 1,
}
INITIALIZERS = ("kernel_initializer", "discriminator_kernel_initializer")


def check_compile(config):
    """Raises a `ValueError` unless every phase of a run can be compiled.

    A small model of each phase's shape is compiled as the phase says, so that a mistake in the last
    phase is not found when the phases before it have trained.

    Args:
        config: dict. The configuration of a run, as `resolve` returns it.

    Raises:
        ValueError: A phase has settings that its model does not take; the message names it.
    """
    guide = None if config.get("guide") is None else _stand_in
    settings, models, before = config["model"], {}, None
    small = {**settings, "config": _small_config(settings)}
    for phase in config["phases"]:
        try:
            stages = _stages(settings, phase, before)
            if stages not in models:
                shape = {} if stages is None else {"stages": stages}
                models[stages] = building.make_model(small, shape)
            building.compile_model(models[stages], phase, seed=0, matcher=guide)
            building.schedules(models[stages], phase, first_step=0)
        except (TypeError, ValueError) as error:
            raise ValueError(f"Phase '{phase['name']}': {error}") from error
        before = stages


def _stages(settings, phase, before):
    """How many stages a phase's model has; `None` where they are not counted."""
    stages, config = phase.get("stages", before), settings["config"]
    if stages is None:
        return None
    sizes = config.get("image_sizes", ())
    if not (before or 1) <= stages <= len(sizes):
        raise ValueError(
            "`stages` must be no fewer than those of the phase before, and no more than the "
            f"model's `image_sizes`. Received: stages={stages} after {before or 'none'}, "
            f"image_sizes={tuple(sizes)}."
        )
    if "generator_filters" in config:
        network_checks.check_width("generator_filters", config["generator_filters"], stages)
    return stages


def _small_config(settings):
    """The arguments of a model of the same shape that is made quickly."""
    config = dict(settings["config"])
    parameters = inspect.signature(building.model_class(settings)).parameters
    for name in (name for name in (*WIDTHS, *INITIALIZERS) if name in parameters):
        given = config.get(name, parameters[name].default)
        if name in INITIALIZERS:
            config[name] = "zeros"
        elif isinstance(given, (tuple, list)):
            config[name] = [WIDTHS[name]] * len(given)
        elif given is not None and not (name == "embedding_dim" and config.get("num_classes")):
            config[name] = WIDTHS[name]
    return config


def _stand_in(images, embeddings):
    """In a guide's place, which is not called here."""
    raise NotImplementedError
