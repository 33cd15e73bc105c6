"""What training on several machines needs beside the strategy."""

from keras_stackgan.models.lazy_tensorflow import tf


def is_chief(model):
    """Whether this process writes files: the only one, or the first of several workers."""
    strategy = getattr(model, "distribute_strategy", None)
    resolver = getattr(strategy, "cluster_resolver", None)
    return resolver is None or resolver.task_id in (None, 0)


def reducible(logs):
    """Logs in the form that Keras can reduce over workers.

    Under `MultiWorkerMirroredStrategy` Keras takes means over the first axis of every log, and
    scalars have none.
    """
    if not isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
        return logs
    return {name: tf.reshape(value, (1,)) for name, value in logs.items()}
