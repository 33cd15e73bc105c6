"""What `compile` sets besides the optimizers: the losses' weights and the step's switches."""

import dataclasses
import math
import numbers
from collections.abc import Callable

from keras_stackgan.layers.utils import check_choice, check_count, check_switch
from keras_stackgan.losses.adversarial import LOSSES
from keras_stackgan.models.ema import check_decay

MISMATCHED = ("auto", "images", "text", None)


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The checked settings of one training run; the fields are arguments of `compile`."""

    adversarial_loss: str = "bce"
    unconditional_weight: float = 1.0
    text_weight: float = 1.0
    kl_weight: float = 2.0
    kl_reduction: str = "mean"
    color_weight: float = 0.0
    mismatched: str | None = "auto"
    num_mismatched: int = 1
    r1_weight: float | tuple = 0.0
    r1_interval: int = 16
    gradient_penalty_weight: float = 0.0
    discriminator_steps: int = 1
    matcher: Callable | None = None
    matching_weight: float = 0.0
    discriminator_augmentation: Callable | None = None
    ema_decay: float = 0.999
    ema_warmup: bool = False
    seed: int = 0

    def __post_init__(self):
        check_choice("adversarial_loss", self.adversarial_loss, tuple(LOSSES))
        check_choice("mismatched", self.mismatched, MISMATCHED)
        check_choice("kl_reduction", self.kl_reduction, ("mean", "sum"))
        for name in ("num_mismatched", "r1_interval", "discriminator_steps"):
            check_count(name, getattr(self, name))
        for name in (
            "unconditional_weight",
            "text_weight",
            "kl_weight",
            "color_weight",
            "gradient_penalty_weight",
            "matching_weight",
        ):
            check_weight(name, getattr(self, name))
        if isinstance(self.r1_weight, list):
            object.__setattr__(self, "r1_weight", tuple(self.r1_weight))
        for weight in self._r1_weights():
            check_weight("r1_weight", weight, self.r1_weight)
        check_decay(self.ema_decay)
        check_switch("ema_warmup", self.ema_warmup)
        whole = isinstance(self.seed, numbers.Integral) and not isinstance(self.seed, bool)
        if not whole or not 0 <= self.seed < 2**63:
            raise ValueError(
                f"`seed` must be a whole number from 0 to 2**63 - 1. Received: seed={self.seed!r}."
            )
        self._check_callables()

    def _check_callables(self):
        for name, value in (
            ("matcher", self.matcher),
            ("discriminator_augmentation", self.discriminator_augmentation),
        ):
            if value is not None and not callable(value):
                raise ValueError(f"`{name}` must be callable. Received: {name}={value!r}.")
        augmentation = self.discriminator_augmentation
        if augmentation is not None and not hasattr(augmentation, "noise_dim"):
            raise ValueError(
                "`discriminator_augmentation` must be a `DifferentiableAugmentation`, or say by "
                "`noise_dim` how many numbers it draws a picture. "
                f"Received: {augmentation!r}."
            )
        if self.matching_weight and self.matcher is None:
            raise ValueError(
                "`matching_weight` needs a `matcher`: a frozen callable from (images, embeddings) "
                f"to a scalar. Received: matching_weight={self.matching_weight}, matcher=None."
            )

    def _r1_weights(self):
        return self.r1_weight if isinstance(self.r1_weight, tuple) else (self.r1_weight,)

    def r1_weight_of(self, stage, num_stages):
        """R1's weight for one stage; a tuple gives each stage its own."""
        weights = self._r1_weights()
        if len(weights) == 1:
            return weights[0]
        if len(weights) != num_stages:
            raise ValueError(
                f"A tuple of `r1_weight` must have one weight for each of {num_stages} "
                f"discriminators. Received: {len(weights)} in {self.r1_weight!r}."
            )
        return weights[stage]


def check_weight(name, value, given=None):
    """Raises a `ValueError` unless a weight is a number of at least 0.

    Args:
        name: str. The argument.
        value: what is to be a number.
        given: what the argument was, if `value` is an entry of it.
    """
    if not isinstance(value, numbers.Real) or isinstance(value, bool) or not 0 <= value < math.inf:
        received = value if given is None else given
        raise ValueError(f"`{name}` must be 0 or more, a number. Received: {name}={received!r}.")
