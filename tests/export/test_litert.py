"""The LiteRT file computes what the SavedModel does."""

import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.export import export_litert

NAMES = [
    "captions",
    "labels",
    "skips",
    "boxes",
    pytest.param("v1", marks=pytest.mark.slow),
    pytest.param("unconditional", marks=pytest.mark.slow),
]


def inputs_of(model, count):
    """The generator's inputs by name, as arrays."""
    inputs = model.draw_noise(count, seed=4)
    if model.num_classes is not None:
        inputs["labels"] = (np.arange(count) % model.num_classes).astype("int32")
    elif model.embedding_dim is not None:
        shape = (count, model.embedding_dim)
        inputs["embeddings"] = np.random.default_rng(3).normal(size=shape).astype("float32")
    if model.takes_boxes:
        ends = [0.0, 0.1, 0.5, 0.6], [0.4, 0.3, 0.5, 0.6]
        inputs["boxes"] = np.linspace(*ends, count, dtype="float32")
    return inputs


def assert_equals_keras(made, loaded, inputs):
    """All stages equal to 1e-4 of the range of gray, a fortieth of a level."""
    name = next(name for name in loaded.signatures if name.startswith("generate_from"))
    tensors = {key: tf.constant(value) for key, value in inputs.items()}
    expected = loaded.signatures[name](**tensors)
    assert sorted(made) == sorted(expected)
    for key, picture in expected.items():
        assert made[key].dtype == np.float32 and made[key].std() > 1e-3
        np.testing.assert_allclose(made[key], picture, rtol=0, atol=1e-4)


@pytest.fixture
def interpreter_class():
    reason = "needs the extra litert"
    return pytest.importorskip("ai_edge_litert.interpreter", reason=reason).Interpreter


@pytest.mark.parametrize("name", NAMES)
def test_equals_keras(exported, tmp_path, interpreter_class, name):
    model, path = exported(name).model, tmp_path / "generator.tflite"
    export_litert(model, path)
    assert [each.name for each in tmp_path.iterdir()] == ["generator.tflite"]
    runner = interpreter_class(str(path)).get_signature_runner()
    for count in (1, 3):
        inputs = inputs_of(model, count)
        assert_equals_keras(runner(**inputs), exported(name).loaded, inputs)


def test_fixed_batch(exported, tmp_path, interpreter_class):
    model, path = exported("captions").model, tmp_path / "generator.tflite"
    export_litert(model, path, batch_size=2)
    interpreter = interpreter_class(str(path))
    shapes = {tuple(detail["shape_signature"]) for detail in interpreter.get_input_details()}
    assert shapes == {(2, 8), (2, 5), (2, 6)}
    inputs = inputs_of(model, 2)
    made = interpreter.get_signature_runner()(**inputs)
    assert_equals_keras(made, exported("captions").loaded, inputs)
    with pytest.raises(ValueError, match="`batch_size` must be a whole number of at least 1"):
        export_litert(model, path, batch_size=0)
