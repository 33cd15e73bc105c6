"""Adam's update of a weight in one operation instead of a dozen."""

import functools

import keras

from keras_stackgan.models.lazy_tensorflow import tf


def fuse(optimizer):
    """Lets Keras' Adam, where it is exactly that, update each weight by TensorFlow's one kernel.

    The equations, the optimizer's class, configuration and variables stay Keras' own, so states
    and settings that were saved mean the same. (The kernel rounds `1 - beta_2` to float32, which
    moves a step by less than 1e-5 of itself.) Mirrored weights keep Keras' form.

    Args:
        optimizer: a Keras optimizer, which is changed if it is `keras.optimizers.Adam`.

    Example:

    ```python
    optimizer = keras.optimizers.Adam(2e-4)
    fuse(optimizer)
    ```

    Reference:
        [Kingma & Ba, 2015](https://arxiv.org/abs/1412.6980), the efficient order of section 2.
    """
    if type(optimizer) is keras.optimizers.Adam and not optimizer.amsgrad:
        optimizer.update_step = functools.partial(_update_step, optimizer)


def _update_step(optimizer, gradient, variable, learning_rate):
    if tf.distribute.has_strategy():
        keras.optimizers.Adam.update_step(optimizer, gradient, variable, learning_rate)
        return
    dtype = variable.dtype
    index = optimizer._get_variable_index(variable)
    step = tf.cast(optimizer.iterations + 1, dtype)
    beta_1, beta_2, epsilon = (
        tf.cast(value, dtype) for value in (optimizer.beta_1, optimizer.beta_2, optimizer.epsilon)
    )
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=optimizer._momentums[index].value.handle,
        v=optimizer._velocities[index].value.handle,
        beta1_power=beta_1**step,
        beta2_power=beta_2**step,
        lr=tf.cast(learning_rate, dtype),
        beta1=beta_1,
        beta2=beta_2,
        epsilon=epsilon,
        grad=tf.cast(gradient, dtype),
    )
