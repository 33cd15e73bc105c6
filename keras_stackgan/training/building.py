"""From a run's settings, which are plain data, to models, optimizers and batches."""

import keras

from keras_stackgan.callbacks import LearningRateDecay, LinearDecay
from keras_stackgan.layers import DifferentiableAugmentation
from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models.baselines import DCGAN, GANINTCLS, GAWWN, WGANGP
from keras_stackgan.models.stackgan_v1 import StackGANv1
from keras_stackgan.models.stackgan_v2 import StackGANv2
from keras_stackgan.training import feature_network

MODELS = {
    model.__name__: model for model in (StackGANv1, StackGANv2, GANINTCLS, GAWWN, DCGAN, WGANGP)
}


def make_model(settings, phase, guide=None, run_dir=None):
    """Makes the model of a phase.

    Args:
        settings: dict with `class_name` and `config`, the constructor's arguments. With
            `discriminator_features` the discriminators look through the run's guide or through the
            network of a file: see `feature_network`.
        phase: dict. Its `stages`, if there, says how many of `image_sizes` the model has.
        guide: path of the guide's folder, or `None`: then its features are left out.
        run_dir: path of the run, which has a copy of the file, or `None`.

    Returns:
        An `AdversarialModel`, not compiled.
    """
    config = dict(settings["config"])
    if "stages" in phase:
        config["image_sizes"] = config["image_sizes"][: phase["stages"]]
    if feature_network.ARGUMENT in config:
        config[feature_network.ARGUMENT] = feature_network.load(config, guide, run_dir)
    return model_class(settings)(**config)


def model_class(settings):
    """The class that a model's settings name, or a `ValueError`."""
    return MODELS[check_choice("class_name", settings["class_name"], tuple(MODELS))]


def next_model(model, settings, phase, trained=False):
    """The model of a phase, from the model of the phase before it.

    Args:
        model: `AdversarialModel`.
        settings: dict. See `make_model`.
        phase: dict. See `make_model`.
        trained: bool. Whether its generator was trained before the run began.
    """
    if not trained:
        scale_fresh_stage(model, phase)
    if "stages" not in phase or phase["stages"] == len(model.image_sizes):
        return model
    return model.grow(tuple(settings["config"]["image_sizes"][: phase["stages"]]))


def scale_fresh_stage(model, phase):
    """Brings the Stage-II of a StackGAN-v1 that a phase begins with to the scale that trains."""
    if isinstance(model, StackGANv1) and phase.get("compile", {}).get("stage") == 2:
        model.scale_stage2()


def compile_model(model, phase, seed, matcher=None):
    """Compiles a model as a phase says.

    Args:
        model: `AdversarialModel`.
        phase: dict. `compile` has arguments of the model's `compile`; `optimizer` and
            `discriminator_optimizer` those of Adam, and without them Adam is the papers'.
        seed: int. Of the noise.
        matcher: frozen guide, or `None`: then the phase's `matching_weight` is left out.

    Raises:
        ValueError: An argument is none of the model's `compile`, or its value is refused.
    """
    arguments = dict(phase.get("compile", {}))
    for name, place in (("seed", "the run's `seed`"), ("matcher", "the run's `guide`")):
        if name in arguments:
            raise ValueError(
                f"`compile` of a phase has no `{name}`, which follows from {place}. Received: "
                f"{name}={arguments[name]!r}; leave it out."
            )
    if matcher is None:
        arguments.pop("matching_weight", None)
    else:
        arguments["matcher"] = matcher
    policy = arguments.pop("discriminator_augmentation", None)
    if policy is not None:
        arguments["discriminator_augmentation"] = DifferentiableAugmentation(tuple(policy))
    for name, key in (
        ("generator_optimizer", "optimizer"),
        ("discriminator_optimizer", "discriminator_optimizer"),
    ):
        if key in phase:
            arguments[name] = keras.optimizers.Adam(**phase[key])
    try:
        model.compile(**arguments, seed=seed)
    except TypeError as error:
        raise ValueError(
            f"`compile` of a phase must hold arguments of {type(model).__name__}.compile. "
            f"Received: {sorted(arguments)}; {error}."
        ) from error


def schedules(model, phase, first_step):
    """The callbacks that change a phase's learning rate; it begins at the model's `first_step`."""
    callbacks = []
    if "learning_rate_decay" in phase:
        callbacks.append(LearningRateDecay(**phase["learning_rate_decay"]))
    if "linear_decay_from" in phase:
        falls = first_step + int(phase["linear_decay_from"] * phase["steps"])
        callbacks.append(LinearDecay(falls, first_step + phase["steps"]))
    return callbacks
