"""Keras' orthogonal initializer, faster for large kernels and drawn in at least float32."""

import math

import keras
from keras import ops

# From here on a kernel's decomposition takes long, and Cholesky's is as exact.
_LARGE, _TALL = 128, 4


@keras.saving.register_keras_serializable("keras_stackgan")
class Orthogonal(keras.initializers.Orthogonal):
    """Keras' orthogonal initializer, faster for large kernels and drawn in at least float32.

    The values are Keras' of the same seed up to rounding. Of matrices much taller than wide the QR
    decomposition is taken by Cholesky's: products of matrices, which use all cores, where
    TensorFlow's QR takes most of the time in which a wide model is built. TensorFlow has no QR
    decomposition of bfloat16 matrices, and float16 ones lose orthogonality.

    Args:
        gain: float. Factor of the orthogonal matrix.
        seed: int, `keras.random.SeedGenerator` or `None`.

    Example:

    ```python
    Orthogonal(gain=1.8)((3, 3, 64, 128)).shape  # (3, 3, 64, 128)
    ```

    Reference:
        [Saxe et al., 2014](https://arxiv.org/abs/1312.6120); Cholesky QR:
        [Yamamoto et al., 2015](https://doi.org/10.1553/etna_vol44s306), section 1.
    """

    def __call__(self, shape, dtype=None):
        dtype = keras.backend.standardize_dtype(dtype)
        wide = keras.backend.result_type(dtype, "float32")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        longer, shorter = max(rows, columns), min(rows, columns)
        # Taller matrices of normal numbers are well conditioned: what squaring loses is nothing.
        if len(shape) < 2 or shorter < _LARGE or longer < _TALL * shorter:
            return ops.cast(super().__call__(shape, dtype=wide), dtype)
        drawn = keras.random.normal((longer, shorter), seed=self.seed, dtype=wide)
        lower = ops.cholesky(ops.matmul(ops.transpose(drawn), drawn))
        inverse = ops.solve_triangular(lower, ops.eye(shorter, dtype=wide), lower=True)
        matrix = ops.matmul(drawn, ops.transpose(inverse))
        matrix = matrix if rows >= columns else ops.transpose(matrix)
        return ops.cast(self.gain * ops.reshape(matrix, shape), dtype)
