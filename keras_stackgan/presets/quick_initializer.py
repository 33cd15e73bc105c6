"""Start values that are made fast, and not without end."""

import contextlib
import contextvars
import math

import keras

# A file's numbers may stand for so many weights: its generator's twice, and discriminators that
# are not in it. The published ones have five times their generator's.
MOST_WEIGHTS_A_NUMBER = 64
# So many are always made: half a gigabyte, more than the published discriminators.
ALWAYS = 2**27
_left = contextvars.ContextVar("weights that may still be made", default=None)


@keras.saving.register_keras_serializable("keras_stackgan")
class QuickInitializer(keras.initializers.GlorotUniform):
    """Glorot's uniform values for kernels that are overwritten or never used.

    Orthogonal ones take 18 s at the papers' width. Within `bounded` there is an end of them.
    """

    def __call__(self, shape, dtype=None):
        left = _left.get()
        if left is not None:
            left[0] -= math.prod(shape)
            if left[0] < 0:
                raise ValueError(
                    "the arguments in config.json make a model of far more weights than its "
                    "weights file holds"
                )
        return super().__call__(shape, dtype)


@contextlib.contextmanager
def bounded(numbers):
    """Lets kernels be made in proportion to a weights file.

    What a foreign preset's arguments ask for would be allocated before it is compared with the
    file, and may be more than the machine has.

    Args:
        numbers: int. How many numbers the file holds.

    Raises:
        ValueError: If a kernel is asked for beyond that; the message is a clause.
    """
    token = _left.set([ALWAYS + MOST_WEIGHTS_A_NUMBER * numbers])
    try:
        yield
    finally:
        _left.reset(token)
