"""Which picture comes when: functions of (seed, position) only, with no state to save."""


def shuffled_index(seed, position, count):
    """Finds the record at a place of an endless sequence of shuffled epochs.

    Each epoch holds every record once. Nothing is stored and nothing drawn before: position one
    million is as quickly found as position one.

    Args:
        seed: int.
        position: int64 tensor, scalar, at least 0. Counts through all epochs.
        count: int. The number of records.

    Returns:
        An int64 scalar tensor in `[0, count)`.

    Example:

    ```python
    [int(shuffled_index(0, tf.constant(i, tf.int64), 4)) for i in range(8)]
    ```
    """
    import tensorflow as tf

    epoch, index = position // count, position % count
    # Hashed first: with (seed, epoch) itself as the seed the epochs' orders are visibly related
    # (over 4,000 epochs of 100 records some came 4 times too often at a place). Negative, so that
    # no epoch shares a key with `uniform_draws`.
    key = tf.random.stateless_uniform(
        [2], tf.stack([_int64(seed), -1 - epoch]), None, None, tf.int32, alg="philox"
    )
    return tf.random.experimental.index_shuffle(index, key, _int64(count - 1))


def uniform_draws(seed, position, number):
    """Draws the random numbers that belong to a place of the sequence.

    Args:
        seed: int.
        position: int64 tensor, scalar, at least 0.
        number: int. How many.

    Returns:
        A float64 tensor `(number,)` in [0, 1).

    Example:

    ```python
    uniform_draws(0, tf.constant(5, tf.int64), 3)
    ```
    """
    import tensorflow as tf

    # float64, so that `floor(draw * n)` never reaches n; Philox by name, so that the numbers are
    # the same on every device.
    key = tf.stack([_int64(seed), position])
    return tf.random.stateless_uniform([number], key, dtype=tf.float64, alg="philox")


def distinct_choices(draws, count, number):
    """Chooses `number` different integers below `count`, or all where there are fewer.

    Args:
        draws: float64 tensor `(2,)` in [0, 1).
        count: int64 tensor, scalar, at least 1.
        number: int.

    Returns:
        An int64 tensor with `min(number, count)` entries in `[0, count)`.

    Example:

    ```python
    distinct_choices(uniform_draws(0, tf.constant(5, tf.int64), 2), tf.constant(10, tf.int64), 4)
    ```
    """
    import tensorflow as tf

    key = tf.cast(draws * 2.0**31, tf.int32)
    chosen = tf.range(tf.minimum(_int64(number), count))
    return tf.random.experimental.index_shuffle(chosen, key, count - 1)


def other_index(draw, index, count):
    """Chooses a record other than a given one.

    Args:
        draw: float64 tensor, scalar, in [0, 1).
        index: int64 tensor, scalar. The record to avoid.
        count: int, at least 2. The number of records.

    Returns:
        An int64 scalar tensor in `[0, count)`, never `index`.

    Example:

    ```python
    other_index(tf.constant(0.3, tf.float64), tf.constant(1, tf.int64), 5)
    ```
    """
    import tensorflow as tf

    step = 1 + tf.cast(draw * (count - 1), tf.int64)
    return (index + step) % count


def _int64(value):
    import tensorflow as tf

    return tf.constant(value, tf.int64)
