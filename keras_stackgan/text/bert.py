"""A BERT that turns the word pieces of a sentence into one vector."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.text.bert_block import LAYER_NORM_EPSILON, BertBlock

_SIZES = (
    "vocabulary_size",
    "dim",
    "num_layers",
    "num_heads",
    "hidden_dim",
    "max_positions",
    "num_types",
)
# Names of a layer here and in published files, within one block.
_BLOCK_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention_output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "intermediate": "intermediate.dense",
    "output_dense": "output.dense",
    "output_norm": "output.LayerNorm",
}


@keras.saving.register_keras_serializable("keras_stackgan")
class BertEncoder(keras.Model):
    """Maps word pieces to the mean of BERT's last layer, scaled to length one.

    The defaults are the sizes of MiniLM-L6.

    Args:
        vocabulary_size: int >= 1. Number of word pieces.
        dim: int >= 1, a multiple of `num_heads`. Size of a piece's vector and of the result.
        num_layers: int >= 1. Number of blocks.
        num_heads: int >= 1. Attention heads of each block.
        hidden_dim: int >= 1. Size of each block's inner dense layer.
        max_positions: int >= 1. The longest sentence, in pieces.
        num_types: int >= 1. Rows of the segment table; a sentence is all of the first.
        padding_id: int >= 0. The piece that fills a sentence up and counts for nothing.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        ids: int tensor `(batch, length)`, length at most `max_positions`.

    Returns:
        Float tensor `(batch, dim)`, at least float32.

    Raises:
        ValueError: a size is not a whole number of at least 1, or `dim` does not divide by
            `num_heads`.

    Example:

    ```python
    encoder = BertEncoder(vocabulary_size=100, dim=32, num_layers=2, num_heads=4, hidden_dim=64)
    encoder(np.array([[2, 17, 45, 3], [2, 9, 3, 0]])).shape  # (2, 32)
    ```

    Reference:
        [Reimers and Gurevych, 2019](https://arxiv.org/abs/1908.10084),
        [Wang et al., 2020](https://arxiv.org/abs/2002.10957).
    """

    def __init__(
        self,
        vocabulary_size=30522,
        dim=384,
        num_layers=6,
        num_heads=12,
        hidden_dim=1536,
        max_positions=512,
        num_types=2,
        padding_id=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.dim = dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.hidden_dim = hidden_dim
        self.max_positions = max_positions
        self.num_types = num_types
        self.padding_id = padding_id
        self._check_sizes()
        self.pieces = self._embedding(vocabulary_size, "pieces")
        self.positions = self._embedding(max_positions, "positions")
        self.types = self._embedding(num_types, "types")
        self.norm = keras.layers.LayerNormalization(
            epsilon=LAYER_NORM_EPSILON, dtype=self.dtype_policy, name="norm"
        )
        self.blocks = [
            BertBlock(dim, num_heads, hidden_dim, dtype=self.dtype_policy, name=f"block_{i}")
            for i in range(num_layers)
        ]

    def _check_sizes(self):
        for name in _SIZES:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(
                    f"`{name}` must be a whole number of at least 1. Received: {name}={value!r}."
                )
        if self.dim % self.num_heads:
            raise ValueError(
                f"`dim` must be a multiple of `num_heads`. Received: dim={self.dim}, "
                f"num_heads={self.num_heads}."
            )

    def _embedding(self, rows, name):
        return keras.layers.Embedding(rows, self.dim, dtype=self.dtype_policy, name=name)

    def build(self, ids_shape=None):
        for layer in (self.pieces, self.positions, self.types):
            layer.build((None, None))
        self.norm.build((None, None, self.dim))
        for block in self.blocks:
            block.build((None, None, self.dim))
        self.built = True

    def call(self, ids):
        x = self.pieces(ids) + self.types(ops.zeros_like(ids))
        x = self.norm(x + self.positions(ops.arange(ops.shape(ids)[1]))[None])
        mask = ops.cast(ops.not_equal(ids, self.padding_id), x.dtype)
        for block in self.blocks:
            x = block(x, mask)
        x = ops.cast(x, keras.backend.result_type(x.dtype, "float32"))
        mask = ops.cast(mask, x.dtype)
        # The floors keep a row of nothing but padding at zero.
        total = ops.maximum(ops.sum(mask, axis=1, keepdims=True), 1e-9)
        mean = ops.sum(x * mask[:, :, None], axis=1) / total
        return mean / ops.maximum(ops.norm(mean, axis=-1, keepdims=True), 1e-12)

    def compute_output_shape(self, ids_shape):
        return (ids_shape[0], self.dim)

    def load_tensors(self, tensors):
        """Takes the weights of a published BERT.

        Args:
            tensors: dictionary from the names of Hugging Face's BERT (with or without "bert." in
                front) to arrays; what this network has no place for (the pooler) is ignored.

        Raises:
            ValueError: a tensor is missing or has another shape.
        """
        if not self.built:
            self.build()
        layers = {
            "embeddings.word_embeddings": self.pieces,
            "embeddings.position_embeddings": self.positions,
            "embeddings.token_type_embeddings": self.types,
            "embeddings.LayerNorm": self.norm,
        }
        for i, block in enumerate(self.blocks):
            for ours, theirs in _BLOCK_NAMES.items():
                layers[f"encoder.layer.{i}.{theirs}"] = getattr(block, ours)
        tensors = {name.removeprefix("bert."): array for name, array in tensors.items()}
        for name, layer in layers.items():
            for variable, suffix in zip(layer.weights, ("weight", "bias"), strict=False):
                array = tensors.get(f"{name}.{suffix}")
                if array is not None and variable.name == "kernel":
                    array = np.transpose(array)
                if array is None or array.shape != tuple(variable.shape):
                    received = "nothing" if array is None else f"shape {array.shape}"
                    raise ValueError(
                        f"`tensors` must hold {name}.{suffix} for an array of shape "
                        f"{tuple(variable.shape)}. Received {received}. Pass the tensors of a "
                        f"BERT whose sizes are those of this network."
                    )
                variable.assign(array)

    def get_config(self):
        config = super().get_config()
        config.update({name: getattr(self, name) for name in (*_SIZES, "padding_id")})
        return config
