"""What every export computes: a model's folded generator, from condition and noise to pictures."""

import inspect

import keras
import numpy as np

from keras_stackgan.models import box_checks, folding, generation
from keras_stackgan.models.compile_checks import BackendError
from keras_stackgan.models.lazy_tensorflow import tf
from keras_stackgan.models.network_checks import stage_names


class Drawing:
    """A model's pictures in TensorFlow operations, without batch normalization.

    Holds copies of the averaged generator's weights as they are when it is made.

    Args:
        model: `StackGANv1` or `StackGANv2`.
        dtype: str, the dtype policy to compute with; `None` for the model's.

    Raises:
        RuntimeError: If Keras does not run on TensorFlow.
    """

    def __init__(self, model, dtype=None):
        check_backend()
        self.model = model
        self.network = folding.fold(model.averaged_generator, dtype)
        self.network.trainable = True
        self.image_names = [f"image_{name}" for name in stage_names(model.output_sizes)]

    @property
    def condition_name(self):
        """`"embeddings"`, `"labels"` or `None`: what the generator reads beside noise."""
        if self.model.num_classes is not None:
            return "labels"
        return None if self.model.embedding_dim is None else "embeddings"

    def specs(self, batch_size=None):
        """Shapes and dtypes of `stages`' arguments by name, the condition's first."""
        model, name = self.model, self.condition_name
        specs = {}
        if name == "labels":
            specs[name] = tf.TensorSpec([batch_size], tf.int32, name)
        elif name == "embeddings":
            specs[name] = tf.TensorSpec([batch_size, model.embedding_dim], tf.float32, name)
        if model.takes_boxes:
            specs["boxes"] = tf.TensorSpec([batch_size, 4], tf.float32, "boxes")
        for noise, array in generation.draw_noise(model, 1, 0).items():
            specs[noise] = tf.TensorSpec([batch_size, array.shape[1]], tf.float32, noise)
        return specs

    def variables(self):
        """The variables that `stages` reads: those that training may change, and the others."""
        standardization = [self.model.embedding_mean, self.model.embedding_scale]
        kept = [v.value for v in standardization if v is not None]
        return [variable.value for variable in self.network.variables], kept

    def function(self, batch_size=None):
        """`stages` as a compiled function of its arguments by name."""
        return named_function(lambda **inputs: self.stages(inputs), self.specs(batch_size))

    def stages(self, inputs):
        """Every stage's pictures by name, float32 in [0, 1], from a dict of `specs`' arguments."""
        inputs = dict(inputs)
        if self.condition_name == "labels":
            inputs["embeddings"] = tf.one_hot(inputs.pop("labels"), self.model.num_classes)
        if self.condition_name is not None:
            inputs["embeddings"] = self.model.standardize(inputs["embeddings"])
        images = self.network(inputs, training=False)["images"]
        return {
            name: 0.5 * tf.cast(image, tf.float32) + 0.5
            for name, image in zip(self.image_names, images, strict=True)
        }

    def middle(self, count):
        """The boxes that `generate` takes where none are given, by name; no entry without boxes."""
        if not self.model.takes_boxes:
            return {}
        return {"boxes": tf.zeros([count, 1]) + tf.constant([box_checks.DEFAULT_BOX])}

    def noise(self, count, seed):
        """The noise that `generate` draws for its first `count` pictures, by name."""
        rows = None
        if self.condition_name is not None:
            # Only its shape counts: the noise does not depend on the condition.
            dim = self.model.num_classes or self.model.embedding_dim
            rows = tf.zeros([count, dim])
        inputs = self.model.generation_inputs(rows, seed, np.int32(0), count, True)
        inputs.pop("embeddings", None)
        return inputs


def check_backend():
    """Raises a `BackendError` unless Keras runs on TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        raise BackendError(
            "Exports need Keras on TensorFlow. Received: the backend "
            f"{keras.backend.backend()!r}. Save the model, and export it with "
            "KERAS_BACKEND=tensorflow."
        )


def named_function(function, specs):
    """A compiled `function(**arguments)` whose arguments have the names and types of `specs`."""

    def call(*values):
        return function(**dict(zip(specs, values, strict=True)))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    call.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in specs])
    return tf.function(call, input_signature=list(specs.values()), autograph=False)


def to_uint8(images):
    """Brings pictures in [0, 1] to the gray levels of `generate`."""
    return generation.to_uint8(2.0 * images - 1.0)
