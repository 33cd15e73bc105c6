"""The `tf.Module` that a SavedModel is written from."""

import tensorflow as tf

from keras_stackgan.export.drawing import Drawing, named_function, to_uint8
from keras_stackgan.models import box_checks


class SavedGenerator(tf.Module):
    """A model's pictures as functions of core TensorFlow, in the form of a reusable SavedModel.

    Args:
        model: `StackGANv1` or `StackGANv2`. Its `text_encoder`, if it can encode in the graph,
            becomes a part of the functions.
    """

    # `tf.Module` finds variables by itself; what is loaded again has these attributes alone.
    variables = trainable_variables = regularization_losses = ()

    def __init__(self, model):
        super().__init__(name="stackgan")
        drawing = Drawing(model)
        encoder = model.text_encoder if can_encode_in_graph(model) else None
        trainable, kept = drawing.variables()
        self.text_resources = [] if encoder is None else list(encoder.resources())
        kept += [x for x in self.text_resources if isinstance(x, tf.Variable)]
        self.trainable_variables = trainable
        self.variables = trainable + kept
        self.regularization_losses = []
        # Tensors and functions only: a Keras network as an attribute would be written once more.
        self._set_functions(_functions(drawing, encoder))

    def _set_functions(self, functions):
        self.__call__ = functions.pop("__call__")
        for name, function in functions.items():
            setattr(self, name, function)
        functions["serving_default"] = functions.pop("generate")
        self.signature_functions = {
            name: function.get_concrete_function() for name, function in functions.items()
        }


def can_encode_in_graph(model):
    """Whether the model's sentences can be encoded where only TensorFlow is installed."""
    return hasattr(model.text_encoder, "graph_encode")


def _functions(drawing, encoder):
    """The exported functions by name."""
    specs = drawing.specs()
    # One function that the others call, so that the generator is in the file once.
    stages = tf.function(drawing.stages)
    name, asked, rows_of = _request(drawing, encoder)

    def inputs_of(condition, seed):
        tf.debugging.assert_non_negative(seed, "`seed` must not be negative.")
        if drawing.condition_name is None:
            tf.debugging.assert_positive(condition, "`num_images` must be at least 1.")
            return drawing.noise(condition, seed)
        tf.debugging.assert_positive(tf.size(condition), f"`{name}` must not be empty.")
        rows = rows_of(condition)
        if drawing.condition_name == "labels":
            _check_labels(rows, drawing.model.num_classes)
        count = tf.shape(rows)[0]
        more = {**drawing.middle(count), **drawing.noise(count, seed)}
        return {drawing.condition_name: rows, **more}

    def last(condition, seed, **boxes):
        inputs = {**inputs_of(condition, seed), **boxes}
        return to_uint8(stages(inputs)[drawing.image_names[-1]])

    seed = tf.TensorSpec([], tf.int32, "seed")
    functions = {
        "__call__": named_function(lambda **given: last(given[name], 0), {name: asked}),
        "generate": named_function(
            lambda **given: {"images": last(given[name], given["seed"])},
            {name: asked, "seed": seed},
        ),
        "generate_stages": named_function(
            lambda **given: stages(inputs_of(given[name], given["seed"])),
            {name: asked, "seed": seed},
        ),
        f"generate_from_{drawing.condition_name or 'noise'}": named_function(
            lambda **given: dict(stages(given)), specs
        ),
    }
    if drawing.model.takes_boxes:
        functions["generate_in_boxes"] = named_function(
            lambda **given: {
                "images": last(given[name], given["seed"], boxes=_boxes_of(given, name))
            },
            {name: asked, "boxes": specs["boxes"], "seed": seed},
        )
    if encoder is not None:
        functions["encode"] = named_function(
            lambda captions: {"embeddings": rows_of(captions)}, {"captions": asked}
        )
    return functions


def _request(drawing, encoder):
    """What a caller asks with: the argument's name, its spec, and the condition that it gives."""
    specs = drawing.specs()
    if drawing.condition_name is None:
        return "num_images", tf.TensorSpec([], tf.int32, "num_images"), None
    if encoder is None:
        return drawing.condition_name, specs[drawing.condition_name], lambda rows: rows
    return (
        "captions",
        tf.TensorSpec([None], tf.string, "captions"),
        lambda captions: tf.cast(encoder.graph_encode(captions), tf.float32),
    )


def _boxes_of(given, name):
    """One box a picture, from one for each or one for all."""
    boxes, count = box_checks.checked(given["boxes"], tf.float32), tf.shape(given[name])[0]
    found = tf.shape(boxes)[0]
    message = f"`boxes` must be one, or one for each of `{name}`."
    check = tf.debugging.Assert((found == 1) | (found == count), [message, found, count])
    with tf.control_dependencies([check]):
        return tf.broadcast_to(boxes, [count, 4])


def _check_labels(labels, count):
    message = f"`labels` must be whole numbers from 0 to {count - 1}."
    tf.debugging.assert_non_negative(labels, message)
    tf.debugging.assert_less(labels, count, message)
