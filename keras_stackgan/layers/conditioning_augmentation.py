"""Conditioning augmentation: a small Gaussian around each text embedding."""

import keras
from keras import ops

from keras_stackgan.layers import utils


@keras.saving.register_keras_serializable("keras_stackgan")
class ConditioningAugmentation(keras.layers.Layer):
    """Maps an embedding to a Gaussian and returns a sample of it.

    The noise is an argument, never drawn inside, so that exports repeat, tests are exact and XLA
    draws what the graph draws.

    Args:
        conditioning_dim: int >= 1. Size of the code.
        activation: `"glu"` (StackGAN-v2), `"leaky_relu"` (StackGAN-v1) or `"relu"` (v1's PyTorch
            release), applied before mean and spread are split.
        spread: `"log_variance"` if the second half is the log of the variance, `"log_sigma"` if it
            is the log of the standard deviation (StackGAN-v1's TensorFlow form).
        stochastic: bool. If `False` the layer keeps the half that makes the mean, and the code is
            that mean: the papers' ablation without augmentation.
        mean_scale: float > 0. Factor of the mean; above 1 the words are louder.
        log_variance_bias: float. Added to the log variance; below 0 the noise is quieter.
        kernel_initializer: initializer of the dense layer.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        embeddings: float tensor `(batch, embedding_dim)`.
        noise: float tensor `(batch, conditioning_dim)` of standard normal draws, or `None` for the
            mean itself.

    Returns:
        `(code, mean, log_variance)`, each `(batch, conditioning_dim)`; `log_variance` is `None`
        when not stochastic. Mean and log variance are at least float32.

    Example:

    ```python
    layer = ConditioningAugmentation(128)
    embeddings = keras.random.normal((4, 1024))
    code, mean, log_variance = layer(embeddings, keras.random.normal((4, 128)))
    code.shape  # (4, 128)
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), section 3.2.
    """

    def __init__(
        self,
        conditioning_dim,
        activation="glu",
        spread="log_variance",
        stochastic=True,
        mean_scale=1.0,
        log_variance_bias=0.0,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.conditioning_dim = utils.check_count("conditioning_dim", conditioning_dim)
        self.activation = utils.check_choice("activation", activation, utils.ACTIVATIONS)
        self.spread = utils.check_choice("spread", spread, ("log_variance", "log_sigma"))
        self.stochastic = utils.check_switch("stochastic", stochastic)
        self.mean_scale = utils.check_number("mean_scale", mean_scale)
        if self.mean_scale <= 0:
            raise ValueError(f"`mean_scale` must be positive. Received: mean_scale={mean_scale}.")
        self.log_variance_bias = utils.check_number("log_variance_bias", log_variance_bias)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)
        halves = 2 if self.stochastic else 1
        self.dense = keras.layers.Dense(
            halves * self.conditioning_dim * utils.channel_factor(activation),
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="dense",
        )

    def build(self, embeddings_shape, noise_shape=None):
        if noise_shape is not None and noise_shape[-1] != self.conditioning_dim:
            raise ValueError(
                "`noise` must have one number for each of the code's "
                f"conditioning_dim={self.conditioning_dim}. Received: shape {tuple(noise_shape)}."
            )
        self.dense.build(embeddings_shape)
        self.built = True

    def __call__(self, *args, **kwargs):
        outputs = super().__call__(*args, **kwargs)
        # The nodes of a functional model hold tensors only, so `None` is added outside of them.
        return outputs if self.stochastic else (*outputs, None)

    def call(self, embeddings, noise=None):
        hidden = utils.activate(self.dense(embeddings), self.activation)
        # Under half precision exp() of the log variance loses the KL term's small differences.
        hidden = ops.cast(hidden, utils.output_dtype(self))
        if not self.stochastic:
            mean = hidden * self.mean_scale
            return ops.cast(mean, self.compute_dtype), mean
        mean, log_variance = ops.split(hidden, 2, axis=-1)
        if self.spread == "log_sigma":
            log_variance = 2.0 * log_variance
        mean = mean * self.mean_scale
        log_variance = log_variance + self.log_variance_bias
        code = mean
        if noise is not None:
            code = mean + ops.exp(0.5 * log_variance) * ops.cast(noise, mean.dtype)
        return ops.cast(code, self.compute_dtype), mean, log_variance

    def compute_output_spec(self, embeddings, noise=None):
        shape = (embeddings.shape[0], self.conditioning_dim)
        wide = keras.KerasTensor(shape, dtype=utils.output_dtype(self))
        code = keras.KerasTensor(shape, dtype=self.compute_dtype)
        if not self.stochastic:
            return code, wide
        return code, wide, keras.KerasTensor(shape, dtype=wide.dtype)

    def compute_output_shape(self, embeddings_shape, noise_shape=None):
        shape = (embeddings_shape[0], self.conditioning_dim)
        return shape, shape, shape if self.stochastic else None

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "conditioning_dim": self.conditioning_dim,
                "activation": self.activation,
                "spread": self.spread,
                "stochastic": self.stochastic,
                "mean_scale": self.mean_scale,
                "log_variance_bias": self.log_variance_bias,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
