"""One layer of BERT: self-attention, then two dense layers."""

import keras
from keras import ops

LAYER_NORM_EPSILON = 1e-12


@keras.saving.register_keras_serializable("keras_stackgan")
class BertBlock(keras.layers.Layer):
    """Mixes the vectors of a sentence by attention, then transforms each of them.

    Each half adds its input and normalizes afterwards. The activation is the exact GELU.

    Args:
        dim: int >= 1, a multiple of `num_heads`. Size of each vector.
        num_heads: int >= 1. Number of attention heads.
        hidden_dim: int >= 1. Size of the inner dense layer.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        x: float tensor `(batch, length, dim)`.
        mask: float tensor `(batch, length)`, 1 where there is a piece and 0 where there is padding.

    Returns:
        Float tensor `(batch, length, dim)`.

    Example:

    ```python
    block = BertBlock(dim=32, num_heads=4, hidden_dim=64)
    block(keras.random.normal((2, 7, 32)), keras.ops.ones((2, 7))).shape  # (2, 7, 32)
    ```

    Reference:
        [Devlin et al., 2018](https://arxiv.org/abs/1810.04805).
    """

    def __init__(self, dim, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim
        self.num_heads = num_heads
        self.hidden_dim = hidden_dim
        self.query = self._dense(dim, "query")
        self.key = self._dense(dim, "key")
        self.value = self._dense(dim, "value")
        self.attention_output = self._dense(dim, "attention_output")
        self.attention_norm = self._norm("attention_norm")
        self.intermediate = self._dense(hidden_dim, "intermediate")
        self.output_dense = self._dense(dim, "output_dense")
        self.output_norm = self._norm("output_norm")

    def _dense(self, units, name):
        return keras.layers.Dense(units, dtype=self.dtype_policy, name=name)

    def _norm(self, name):
        return keras.layers.LayerNormalization(
            epsilon=LAYER_NORM_EPSILON, dtype=self.dtype_policy, name=name
        )

    def build(self, x_shape, mask_shape=None):
        shape = (None, None, self.dim)
        for layer in (self.query, self.key, self.value, self.attention_output, self.intermediate):
            layer.build(shape)
        self.output_dense.build((None, None, self.hidden_dim))
        self.attention_norm.build(shape)
        self.output_norm.build(shape)
        self.built = True

    def call(self, x, mask):
        x = self.attention_norm(x + self.attention_output(self._attend(x, mask)))
        hidden = keras.activations.gelu(self.intermediate(x), approximate=False)
        return self.output_norm(x + self.output_dense(hidden))

    def _attend(self, x, mask):
        """Returns, for each place, the values of all places weighted by likeness."""
        query, key, value = (self._split(layer(x)) for layer in (self.query, self.key, self.value))
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2)))
        # The mask's term would overflow in half precision.
        scores = ops.cast(scores, keras.backend.result_type(scores.dtype, "float32"))
        scores = scores / (self.dim // self.num_heads) ** 0.5
        scores = scores + (1.0 - ops.cast(mask, scores.dtype)[:, None, None, :]) * -1e9
        weights = ops.cast(ops.softmax(scores, axis=-1), value.dtype)
        mixed = ops.transpose(ops.matmul(weights, value), (0, 2, 1, 3))
        return ops.reshape(mixed, ops.shape(x))

    def _split(self, x):
        """Returns (batch, length, dim) as (batch, heads, length, dim / heads)."""
        batch, length = ops.shape(x)[0], ops.shape(x)[1]
        x = ops.reshape(x, (batch, length, self.num_heads, self.dim // self.num_heads))
        return ops.transpose(x, (0, 2, 1, 3))

    def compute_output_shape(self, x_shape, mask_shape=None):
        return x_shape

    def get_config(self):
        config = super().get_config()
        config.update({"dim": self.dim, "num_heads": self.num_heads, "hidden_dim": self.hidden_dim})
        return config
