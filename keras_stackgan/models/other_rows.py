"""Which rows of a batch lend a picture their text, where the two must not fit."""

from keras_stackgan.models.lazy_tensorflow import tf

# How many rows after each are compared with it.
SEARCHED = 16


def other_rows(embeddings, number):
    """For each row the next rows whose embedding differs from its own.

    Data sets with few captions have the same one in many rows; a picture with the same caption as
    its own would teach the discriminator that right pairs are wrong. Where too few of the next 16
    rows differ, the nearest of those that do not fill up.

    Args:
        embeddings: float tensor `(batch, dim)`.
        number: int, below the number of rows.

    Returns:
        A list of `number` int32 tensors `(batch,)`. With embeddings that all differ the k-th holds
        the rows k + 1 places on, as in the published code; the last rows' next are the first.

    Example:

    ```python
    other_rows(tf.constant([[0.0], [0.0], [1.0]]), 1)  # [[2, 2, 0]]
    ```
    """
    rows = tf.shape(embeddings)[0]
    searched = tf.minimum(rows - 1, max(SEARCHED, number))
    ahead = tf.range(1, searched + 1)
    candidates = (tf.range(rows)[:, None] + ahead) % rows
    same = tf.reduce_all(embeddings[:, None] == tf.gather(embeddings, candidates), axis=-1)
    # The nearest first, and behind them all those with the same text.
    rank = ahead + searched * tf.cast(same, tf.int32)
    _, nearest = tf.math.top_k(-rank, k=number)
    return tf.unstack(tf.gather(candidates, nearest, batch_dims=1), num=number, axis=1)
