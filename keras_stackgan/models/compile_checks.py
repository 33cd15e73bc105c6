"""What `compile` refuses, and how it wraps the step's heavy pieces."""

import keras

from keras_stackgan.layers.batch_normalization import BatchNormalization
from keras_stackgan.layers.utils import check_count
from keras_stackgan.models import optimizers
from keras_stackgan.models.discriminator import Discriminator
from keras_stackgan.models.lazy_tensorflow import tf


class BackendError(RuntimeError):
    """Keras runs on a backend that cannot do what was asked; `KERAS_BACKEND` chooses another."""


def check_backend():
    """Raises a `BackendError` unless Keras runs on TensorFlow."""
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise BackendError(
            "Training needs Keras' 'tensorflow' backend; layers, networks and `generate` also "
            f"work on others. Received: backend {backend!r}; set KERAS_BACKEND=tensorflow before "
            "Keras is imported."
        )


def check_scope(model):
    """Raises a `ValueError` if the strategy's scope was forgotten when the model was made."""
    if not tf.distribute.has_strategy():
        return
    strategy = tf.distribute.get_strategy()
    if model._distribute_strategy is not strategy:
        raise ValueError(
            "The model was made outside of the strategy's scope, so its weights cannot be "
            f"mirrored. Received: compile inside {type(strategy).__name__}; make the model inside "
            "`with strategy.scope():` too."
        )


def check_trainable(model):
    """Raises a `ValueError` if the model was loaded or set not to train."""
    if not model.trainable:
        raise ValueError(
            "`compile` prepares training, and this model does not train. Received: a model with "
            "trainable=False; load a preset with `from_preset(..., trainable=True)`."
        )


def check_variables(model, made):
    """Raises a `ValueError` if a weight has two optimizers or accumulation cannot work.

    Args:
        model: the model.
        made: list of the optimizers that it is to have.
    """
    ids = [id(v) for v in model.generator_variables]
    for discriminator in model.active_discriminators:
        ids.extend(id(v) for v in discriminator.trainable_variables)
    if len(ids) != len(set(ids)):
        raise ValueError(
            "A weight belongs to more than one of generator and discriminators. "
            "Received: networks that share layers; give each its own."
        )
    steps = {optimizers.inner(optimizer).gradient_accumulation_steps or 1 for optimizer in made}
    if len(steps) > 1:
        raise ValueError(
            "All optimizers must have the same `gradient_accumulation_steps`. "
            f"Received: {sorted(steps)}."
        )
    if model._distribute_strategy is not None and steps != {1}:
        raise ValueError(
            "`gradient_accumulation_steps` works on one device only; Keras' fails under a "
            f"strategy. Received: {steps.pop()} under {type(model._distribute_strategy).__name__}; "
            "use a smaller batch a replica."
        )


def check_judges(model, recipe):
    """Raises a `ValueError` if all heads of a discriminator have the weight 0."""
    for discriminator in model.active_discriminators:
        if not isinstance(discriminator, Discriminator):
            continue
        with_text = discriminator.conditional and recipe.text_weight
        alone = getattr(discriminator, "unconditional", not discriminator.conditional)
        if not (with_text or (alone and recipe.unconditional_weight)):
            raise ValueError(
                "`text_weight` or `unconditional_weight` must be more than 0 for a head that the "
                f"discriminators have. Received: text_weight={recipe.text_weight}, "
                f"unconditional_weight={recipe.unconditional_weight}; heads with text: "
                f"{discriminator.conditional}, without: {alone}."
            )


def check_r1(model, recipe):
    """Raises a `ValueError` if a tuple has another length, or R1 would add up statistics.

    R1 is taken at some steps only, and TensorFlow adds nothing up inside a condition.
    """
    discriminators = model.active_discriminators
    weights = [recipe.r1_weight_of(k, len(discriminators)) for k in range(len(discriminators))]
    if model._distribute_strategy is None:
        return
    for discriminator, weight in zip(discriminators, weights, strict=True):
        layers = discriminator._flatten_layers(include_self=False)
        if weight and any(isinstance(x, BatchNormalization) and x.synchronized for x in layers):
            raise ValueError(
                "`r1_weight` cannot be combined with `synchronized_batch_norm=True` in "
                "discriminators under a strategy. Received: "
                f"r1_weight={recipe.r1_weight!r} under {type(model._distribute_strategy).__name__}."
                " Leave one of them out, or the discriminators' batch norm "
                "(`discriminator_normalization=None`)."
            )


def check_steps_per_execution(model, steps):
    """Raises a `ValueError` if it is no number, or of several steps under a strategy."""
    check_count("steps_per_execution", steps)
    if steps != 1 and model._distribute_strategy is not None:
        raise ValueError(
            "`steps_per_execution` must be 1 under a strategy; Keras' loop of several steps fails "
            f"there. Received: {steps} under {type(model._distribute_strategy).__name__}."
        )


def resolve_jit(model, jit_compile):
    """Turns `"auto"` into a bool and refuses what cannot be compiled."""
    if jit_compile not in (True, False, "auto"):
        raise ValueError(
            f"`jit_compile` must be True, False or 'auto'. Received: jit_compile={jit_compile!r}."
        )
    if jit_compile == "auto":
        # Measured: on the CPU the graph is faster; under a GPU strategy nobody has measured.
        one_gpu = len(tf.config.list_physical_devices("GPU")) == 1
        strategy = model._distribute_strategy is not None
        return one_gpu and not strategy and not model.synchronized_batch_norm
    if jit_compile and model.synchronized_batch_norm:
        raise ValueError(
            "`jit_compile=True` cannot be combined with `synchronized_batch_norm=True`: the "
            "statistics' sum over replicas cannot be compiled. Set one of them to False."
        )
    return jit_compile


def piece_wrapper(jit):
    """Returns what wraps a heavy piece of the step: XLA, or nothing."""

    def wrap(function, static=()):
        if not jit:
            return function
        compiled = {}

        def call(*args, **kwargs):
            key = tuple(kwargs[name] for name in static)
            if key not in compiled:
                compiled[key] = tf.function(
                    lambda *inner: function(*inner, **kwargs),
                    jit_compile=True,
                    reduce_retracing=True,
                )
            return compiled[key](*args)

        return call

    return wrap
