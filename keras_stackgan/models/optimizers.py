"""One optimizer for the generator and one for each discriminator, handled as one."""

import keras

from keras_stackgan.models import fused_adam


def default_optimizer():
    """Adam as both papers set it; Keras' own epsilon of 1e-7 would differ from the releases'."""
    return keras.optimizers.Adam(2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-8)


def resolve(optimizer, name):
    """Returns an optimizer from `None` (the papers'), a name, a config or an instance."""
    if optimizer is None:
        return default_optimizer()
    try:
        optimizer = keras.optimizers.get(optimizer)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"`{name}` must be a Keras optimizer, its name, or None for the papers' Adam. "
            f"Received: {name}={optimizer!r}."
        ) from error
    if inner(optimizer).use_ema:
        raise ValueError(
            f"`{name}` must not average weights itself. Received: use_ema=True; `generate` uses "
            "an average of weights and batch statistics already: set compile's `ema_decay`."
        )
    return optimizer


def make(optimizer, variables, dtype_policy):
    """Clones, wraps for float16, and builds an optimizer.

    A clone, because `compile` may be given one instance for several networks, and a second
    `compile` must start with fresh moments. Built here, because lazily made variables fail under
    `tf.distribute` and are skipped when weights are loaded.
    """
    clone = optimizer.__class__.from_config(optimizer.get_config())
    fused_adam.fuse(inner(clone))
    if dtype_policy.compute_dtype == "float16" and not isinstance(
        clone, keras.optimizers.LossScaleOptimizer
    ):
        clone = keras.optimizers.LossScaleOptimizer(clone)
    clone.build(variables)
    return clone


def at_first(optimizer, rate):
    """A copy of an optimizer with the learning rate that `compile` was given.

    Saved with a model, so that a decay goes on from that rate and not from where it has come to;
    the present rate is among the optimizer's saved variables. Schedules stay as they are.
    """
    copy = optimizer.__class__.from_config(optimizer.get_config())
    if not isinstance(inner(copy)._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        inner(copy).learning_rate = rate
    return copy


def inner(optimizer):
    """The optimizer inside a loss-scaling wrapper, or the optimizer itself."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer.inner_optimizer
    return optimizer


class OptimizerGroup:
    """Stands where Keras' callbacks look for `model.optimizer`.

    Setting the learning rate sets the generator's and changes the discriminators' in proportion,
    so that Keras' schedulers act on all of them. Those of this package know the whole course of a
    rate, and so use `scale_rates`, which needs no proportion: a generator at rest has none.
    """

    def __init__(self, generator_optimizer, discriminator_optimizers):
        self._optimizers = [generator_optimizer, *discriminator_optimizers]
        # Those at `compile`, from which decays are reckoned.
        self.initial_rates = [self._rate(optimizer) for optimizer in self._optimizers]
        first = self.initial_rates[0]
        self._ratios = [rate / first if first else 1.0 for rate in self.initial_rates]

    @staticmethod
    def _rate(optimizer):
        return float(optimizer.learning_rate.numpy())

    @property
    def learning_rate(self):
        return self._rate(self._optimizers[0])

    @learning_rate.setter
    def learning_rate(self, value):
        value = float(value)
        for optimizer, ratio in zip(self._optimizers, self._ratios, strict=True):
            inner(optimizer).learning_rate = value * ratio

    def scale_rates(self, factor):
        """Sets every learning rate to a share of the one that `compile` was given."""
        for optimizer, rate in zip(self._optimizers, self.initial_rates, strict=True):
            inner(optimizer).learning_rate = rate * factor

    @property
    def iterations(self):
        return self._optimizers[0].iterations

    @property
    def variables(self):
        return [v for optimizer in self._optimizers for v in optimizer.variables]

    built = True

    def build(self, variables):
        """Does nothing: `compile` has built every optimizer on its own network's variables."""
