"""Random numbers of other people's layers as functions of a key."""

import contextlib
import threading


@contextlib.contextmanager
def random_numbers_from(key):
    """Makes what is traced inside draw its random numbers from a key.

    Keras' and keras-cv's layers keep the state of their randomness in variables or in TensorFlow's
    kernels. Then what a picture gets depends on how many came before, and with several threads on
    chance. While a layer is traced inside of this, in this thread, `keras.random.SeedGenerator`,
    `tf.random.Generator` and the functions of `tf.random` draw from `key` and the number of the
    draw instead, and keep no state. Other threads are left alone.

    Args:
        key: int64 tensor `(2,)`.

    Example:

    ```python
    @tf.function
    def flip(picture, key):
        with random_numbers_from(key):
            return keras.layers.RandomFlip()(picture)
    ```
    """
    import keras
    import tensorflow as tf

    draws = _Draws(tf, key)
    # What is read off the class first: the name lies in a base class or in a private module.
    targets = [
        (keras.random.SeedGenerator, {"next": draws.keras_seed}),
        (tf.random.Generator, draws.generator_methods()),
        (tf.random, draws.functions()),
    ]
    with contextlib.ExitStack() as stack:
        for owner, replacements in targets:
            for name, replacement in replacements.items():
                stack.enter_context(_replaced(owner, name, replacement))
        yield


class _Draws:
    def __init__(self, tf, key):
        self.tf = tf
        self.key = key
        self.number = 0

    def seed(self):
        self.number += 1
        return self.tf.random.experimental.stateless_fold_in(self.key, self.number)

    def keras_seed(self, generator, ordered=True):
        return self.tf.cast(self.seed(), generator.state.dtype)

    def functions(self):
        """Returns replacements of `tf.random.<name>`, which take a seed and drop it."""
        random = self.tf.random

        def uniform(shape, minval=0, maxval=None, dtype=self.tf.float32, seed=None, name=None):
            dtype = self.tf.as_dtype(dtype)
            if maxval is None and dtype.is_floating:
                maxval = 1
            return random.stateless_uniform(shape, self.seed(), minval, maxval, dtype, name)

        def normal(shape, mean=0.0, stddev=1.0, dtype=self.tf.float32, seed=None, name=None):
            return random.stateless_normal(shape, self.seed(), mean, stddev, dtype, name)

        def truncated(shape, mean=0.0, stddev=1.0, dtype=self.tf.float32, seed=None, name=None):
            return random.stateless_truncated_normal(shape, self.seed(), mean, stddev, dtype, name)

        def gamma(shape, alpha, beta=None, dtype=self.tf.float32, seed=None, name=None):
            # The stateful form draws `shape` values for each alpha, the stateless one `shape` all.
            parameters = self.tf.broadcast_dynamic_shape(
                self.tf.shape(alpha), self.tf.shape(1 if beta is None else beta)
            )
            shape = self.tf.reshape(self.tf.cast(shape, self.tf.int32), (-1,))
            shape = self.tf.concat([shape, parameters], axis=0)
            return random.stateless_gamma(shape, self.seed(), alpha, beta, dtype, name)

        def shuffle(value, seed=None, name=None):
            return random.experimental.stateless_shuffle(value, self.seed(), name=name)

        def categorical(logits, num_samples, dtype=None, seed=None, name=None):
            dtype = dtype or self.tf.int64
            return random.stateless_categorical(logits, num_samples, self.seed(), dtype, name)

        return {
            "uniform": uniform,
            "normal": normal,
            "truncated_normal": truncated,
            "gamma": gamma,
            "shuffle": shuffle,
            "categorical": categorical,
        }

    def generator_methods(self):
        """Returns replacements of methods of `tf.random.Generator`."""
        names = ("uniform", "normal", "truncated_normal")
        functions = {name: self.functions()[name] for name in names}

        def method(function):
            return lambda generator, shape, *args, **kwargs: function(shape, *args, **kwargs)

        def make_seeds(generator, count=1):
            return self.tf.stack([self.seed() for _ in range(count)], axis=1)

        return {
            **{name: method(function) for name, function in functions.items()},
            "make_seeds": make_seeds,
        }


@contextlib.contextmanager
def _replaced(owner, name, replacement):
    original = getattr(owner, name)
    thread = threading.get_ident()

    def choose(*args, **kwargs):
        chosen = replacement if threading.get_ident() == thread else original
        return chosen(*args, **kwargs)

    setattr(owner, name, choose)
    try:
        yield
    finally:
        setattr(owner, name, original)
