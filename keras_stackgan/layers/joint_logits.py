"""The discriminators' heads: does the picture look real, and does it fit the text?"""

import math

import keras
from keras import ops

from keras_stackgan.layers import utils
from keras_stackgan.layers.batch_normalization import BatchNormalization
from keras_stackgan.layers.joint_block import JointBlock


@keras.saving.register_keras_serializable("keras_stackgan")
class JointLogits(keras.layers.Layer):
    """Reads a conditional and an unconditional logit off a discriminator's last features.

    Args:
        conditional: bool. Whether to judge features together with the condition.
        unconditional: bool. Whether to judge the features alone.
        conditioning_dim: int or `None`. If set, the condition first passes the head's own dense
            layer of this size and a leaky ReLU (StackGAN-v1's TensorFlow form).
        projection_dim: int or `None`. If set, the inner product of the pooled features and the
            condition, both projected to this size, is added to the conditional logit.
        normalize_text: bool. Whether that text layer has batch normalization (GAN-INT-CLS).
        kernel_size: 3 or 1. Of the joint convolution.
        code_first: bool. Whether the condition stands before the features in its kernel.
        normalization: `"batch"`, or `"bias"` for a bias in its place.
        use_bias: bool. Whether the logits have a bias.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels.
        text_kernel_initializer: initializer of the head's own text layer; `None` for the same.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        features: float tensor `(batch, height, width, channels)`; 4x4 in the papers.
        condition: float tensor `(batch, dim)`, or `None` if not conditional.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict of logits `(batch,)`, at least float32, with the keys `"conditional"` and
        `"unconditional"` that are switched on.

    Raises:
        ValueError: If both heads are switched off, text is to be read without a conditional head
            or normalized without a text layer, or the condition is missing.

    Example:

    ```python
    layer = JointLogits()
    logits = layer(keras.ops.ones((2, 4, 4, 32)), keras.ops.ones((2, 128)))
    logits["conditional"].shape  # (2,)
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), section 4.1, equations 5 and 6;
        the projection is [Miyato & Koyama, 2018](https://arxiv.org/abs/1802.05637), equation 3.
    """

    def __init__(
        self,
        conditional=True,
        unconditional=True,
        conditioning_dim=None,
        projection_dim=None,
        normalize_text=False,
        kernel_size=3,
        code_first=True,
        normalization="batch",
        use_bias=True,
        synchronized=False,
        kernel_initializer="orthogonal",
        text_kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not (conditional or unconditional):
            raise ValueError(
                "`JointLogits` needs `conditional=True` or `unconditional=True`. "
                "Received: both are False."
            )
        self.conditional = bool(conditional)
        self.unconditional = bool(unconditional)
        for name, value in (
            ("conditioning_dim", conditioning_dim),
            ("projection_dim", projection_dim),
        ):
            if value is not None and not conditional:
                raise ValueError(f"`{name}` needs `conditional=True`. Received: {name}={value}.")
            if value is not None:
                value = utils.check_count(name, value)
            setattr(self, name, value)
        self.normalize_text = bool(normalize_text)
        if normalize_text and conditioning_dim is None:
            raise ValueError(
                "`normalize_text` needs the head's own text layer. Received: conditioning_dim=None."
            )
        self.kernel_size = utils.check_choice("kernel_size", kernel_size, (1, 3))
        self.code_first = bool(code_first)
        self.normalization = utils.check_choice("normalization", normalization, ("batch", "bias"))
        self.use_bias = bool(use_bias)
        self.synchronized = bool(synchronized)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)
        self.text_kernel_initializer = utils.fresh_initializer(text_kernel_initializer)

    def build(self, features_shape, condition_shape=None):
        height, width, channels = features_shape[1:]
        if height is None or width is None:
            raise ValueError(
                "`features` must have a known height and width. "
                f"Received: shape {tuple(features_shape)}."
            )
        flat = (None, height * width * channels)
        if self.unconditional:
            self.unconditional_logit = self._logit(flat, "unconditional_logit")
        if self.conditional:
            self._build_conditional(features_shape, self._check_condition(condition_shape), flat)
        self.built = True

    def _build_conditional(self, features_shape, condition_shape, flat):
        code_shape = condition_shape
        if self.conditioning_dim:
            self.text = self._dense(
                self.conditioning_dim, condition_shape, "text", True, self.text_kernel_initializer
            )
            code_shape = (None, self.conditioning_dim)
        if self.normalize_text:
            self.text_norm = BatchNormalization(
                synchronized=self.synchronized, dtype=self.dtype_policy, name="text_norm"
            )
            self.text_norm.build(code_shape)
        self.joint = JointBlock(
            features_shape[-1],
            kernel_size=self.kernel_size,
            code_first=self.code_first,
            activation="leaky_relu",
            normalization=self.normalization,
            synchronized=self.synchronized,
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="joint",
        )
        self.joint.build(features_shape, code_shape)
        self.conditional_logit = self._logit(flat, "conditional_logit")
        if self.projection_dim:
            dim, shape = self.projection_dim, (None, features_shape[-1])
            self.feature_projection = self._dense(dim, shape, "feature_projection", False)
            self.text_projection = self._dense(dim, condition_shape, "text_projection", False)

    def _dense(self, units, shape, name, use_bias, initializer=None):
        layer = keras.layers.Dense(
            units,
            use_bias=use_bias,
            kernel_initializer=utils.fresh_initializer(initializer or self.kernel_initializer),
            dtype=self.dtype_policy,
            name=name,
        )
        layer.build(shape)
        return layer

    def _logit(self, flat, name):
        # torch's default for a convolution's bias, kept by the published initialization.
        limit = 1.0 / math.sqrt(flat[-1])
        layer = keras.layers.Dense(
            1,
            use_bias=self.use_bias,
            kernel_initializer=utils.fresh_initializer(self.kernel_initializer),
            bias_initializer=keras.initializers.RandomUniform(-limit, limit),
            dtype=utils.output_dtype(self),
            name=name,
        )
        layer.build(flat)
        return layer

    def _check_condition(self, shape):
        if shape is None:
            raise ValueError(
                "A conditional `JointLogits` needs a condition of shape (batch, dim). "
                "Received: condition=None; pass one, or construct it with `conditional=False`."
            )
        return shape

    def call(self, features, condition=None, training=None):
        logits = {}
        if self.conditional:
            self._check_condition(condition)
            code = condition
            if self.conditioning_dim:
                code = self.text(condition)
                if self.normalize_text:
                    code = self.text_norm(code, training=training)
                code = utils.activate(code, "leaky_relu")
            joint = self.joint(features, code, training=training)
            logit = self._flat_logit(joint, self.conditional_logit)
            if self.projection_dim:
                logit = logit + self._projection(features, condition, logit.dtype)
            logits["conditional"] = logit
        if self.unconditional:
            logits["unconditional"] = self._flat_logit(features, self.unconditional_logit)
        return logits

    def _flat_logit(self, x, layer):
        flat = ops.reshape(x, (-1, x.shape[1] * x.shape[2] * x.shape[3]))
        return ops.squeeze(layer(flat), axis=-1)

    def _projection(self, features, condition, dtype):
        pooled = self.feature_projection(ops.mean(features, axis=(1, 2)))
        product = ops.cast(pooled, dtype) * ops.cast(self.text_projection(condition), dtype)
        return ops.sum(product, axis=-1) / math.sqrt(self.projection_dim)

    def compute_output_shape(self, features_shape, condition_shape=None):
        names = ("conditional", "unconditional")
        return {name: (features_shape[0],) for name in names if getattr(self, name)}

    def compute_output_spec(self, features, condition=None, training=None):
        shapes = self.compute_output_shape(features.shape)
        dtype = utils.output_dtype(self)
        return {name: keras.KerasTensor(shape, dtype=dtype) for name, shape in shapes.items()}

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "conditional": self.conditional,
                "unconditional": self.unconditional,
                "conditioning_dim": self.conditioning_dim,
                "projection_dim": self.projection_dim,
                "normalize_text": self.normalize_text,
                "kernel_size": self.kernel_size,
                "code_first": self.code_first,
                "normalization": self.normalization,
                "use_bias": self.use_bias,
                "synchronized": self.synchronized,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
                "text_kernel_initializer": self.text_kernel_initializer
                and keras.initializers.serialize(self.text_kernel_initializer),
            }
        )
        return config
