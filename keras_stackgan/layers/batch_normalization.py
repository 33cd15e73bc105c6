"""Batch normalization as the StackGAN papers use it, fused where that is exact and faster."""

import contextlib
import inspect
import threading

import keras
from keras import ops

from keras_stackgan.layers import utils

_scope = threading.local()


@contextlib.contextmanager
def penalty_scope():
    """Marks a pass that is differentiated twice (R1, gradient penalty).

    Inside, batch normalization takes its plain form, whose derivatives are right to any order and
    whose second one is faster than the fused kernel's, and leaves its moving statistics alone,
    since the same pictures have passed once already.
    """
    before = getattr(_scope, "active", False)
    _scope.active = True
    try:
        yield
    finally:
        _scope.active = before


@keras.saving.register_keras_serializable("keras_stackgan")
class BatchNormalization(keras.layers.BatchNormalization):
    """Normalizes by the batch's statistics, with the papers' constants as defaults.

    On TensorFlow, float32 and bfloat16 pictures take the fused kernel; everything else, and every
    pass inside `penalty_scope()`, takes the plain form. Both normalize by the biased variance and
    keep a moving average of the biased variance.

    Args:
        momentum: float in [0, 1). Share of the moving statistics kept at each step.
        epsilon: float. Added to the variance.
        gamma_initializer: initializer of the scale. Defaults to a normal with mean 1 and standard
            deviation 0.02.
        synchronized: bool. Whether to take the statistics over all replicas of a
            `tf.distribute` strategy (TensorFlow only).
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        inputs: float tensor `(batch, features)` or `(batch, height, width, channels)`.
        training: bool. Whether to use, and record, the batch's own statistics.

    Returns:
        A tensor of the inputs' shape.

    Example:

    ```python
    layer = BatchNormalization()
    pictures = keras.random.normal((4, 8, 8, 3))
    layer(pictures, training=True).shape  # (4, 8, 8, 3)
    ```

    Reference:
        [Ioffe & Szegedy, 2015](https://arxiv.org/abs/1502.03167), algorithm 1.
    """

    def __init__(
        self, momentum=0.9, epsilon=1e-5, gamma_initializer=None, synchronized=False, **kwargs
    ):
        settings = inspect.signature(keras.layers.BatchNormalization).parameters
        for key in kwargs:
            if key in settings:
                raise TypeError(f"`BatchNormalization` takes no `{key}`; see its arguments.")
        if gamma_initializer is None:
            gamma_initializer = keras.initializers.RandomNormal(mean=1.0, stddev=0.02)
        super().__init__(
            momentum=momentum,
            epsilon=epsilon,
            gamma_initializer=utils.fresh_initializer(gamma_initializer),
            synchronized=synchronized,
            **kwargs,
        )

    def call(self, inputs, training=None):
        if not training or not self.trainable:
            return super().call(inputs, training=training)
        in_penalty = getattr(_scope, "active", False)
        if self._can_fuse(inputs) and not in_penalty:
            outputs, mean, variance = self._fused(inputs)
        else:
            outputs, mean, variance = self._plain(inputs)
        if not in_penalty:
            self._record(self.moving_mean, mean)
            self._record(self.moving_variance, variance)
        return outputs

    def _can_fuse(self, inputs):
        return (
            keras.backend.backend() == "tensorflow"
            and not self.synchronized
            and len(inputs.shape) == 4
            and keras.backend.standardize_dtype(inputs.dtype) in ("float32", "bfloat16")
            and self.variable_dtype == "float32"
        )

    def _fused(self, inputs):
        import tensorflow as tf

        none = tf.zeros((0,), "float32")
        # For bfloat16, oneDNN has kernels of 16 channels at a time; others take 20 times as long.
        wide = inputs.shape[-1] % 16 != 0
        outputs, mean, unbiased_variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=tf.cast(inputs, "float32") if wide else inputs,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=none,
            variance=none,
            epsilon=self.epsilon,
            is_training=True,
        )
        count = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), "float32")
        # The kernel returns the variance times n / (n - 1); the papers' Keras form is biased.
        variance = unbiased_variance * tf.maximum(count - 1.0, 1.0) / count
        return tf.cast(outputs, inputs.dtype), mean, variance

    def _plain(self, inputs):
        x = ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        axes = list(range(len(x.shape) - 1))
        if self.synchronized:
            mean, variance = ops.moments(x, axes, synchronized=True)
        else:
            # `ops.moments` holds the mean constant inside the variance on TensorFlow: right once
            # differentiated, wrong twice (off by 1e-3 relative in R1 of a small network).
            mean = ops.mean(x, axes)
            variance = ops.mean(ops.square(x - mean), axes)
        scale = ops.rsqrt(variance + self.epsilon) * ops.cast(self.gamma, x.dtype)
        outputs = x * scale + (ops.cast(self.beta, x.dtype) - mean * scale)
        return ops.cast(outputs, self.compute_dtype), mean, variance

    def _record(self, moving, value):
        value = ops.cast(ops.stop_gradient(value), moving.dtype)
        moved = moving * self.momentum + value * (1.0 - self.momentum)
        # The step refuses a loss that is not finite; by then the statistics would be lost.
        moving.assign(ops.where(ops.isfinite(moved), moved, ops.convert_to_tensor(moving)))

    def get_config(self):
        config = super().get_config()
        kept = ("momentum", "epsilon", "gamma_initializer", "synchronized")
        base = keras.layers.Layer.get_config(self)
        return {**base, **{key: config[key] for key in kept}}
