"""The ONNX file computes what the SavedModel does."""

import sys

import numpy as np
import pytest
from small_exports import moved, small_v2
from test_litert import NAMES, assert_equals_keras, inputs_of

from keras_stackgan.export import export_onnx


@pytest.fixture
def onnxruntime():
    pytest.importorskip("tf2onnx", reason="needs the extra onnx")
    return pytest.importorskip("onnxruntime", reason="needs the extra onnx")


@pytest.mark.parametrize("name", NAMES)
def test_equals_keras(exported, tmp_path, onnxruntime, name):
    model = exported(name).model
    export_onnx(model, tmp_path / "generator.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["generator.onnx"]
    session = onnxruntime.InferenceSession(tmp_path / "generator.onnx")
    outputs = [output.name for output in session.get_outputs()]
    for count in (1, 3):
        inputs = inputs_of(model, count)
        assert sorted(x.name for x in session.get_inputs()) == sorted(inputs)
        made = dict(zip(outputs, session.run(None, inputs), strict=True))
        assert_equals_keras(made, exported(name).loaded, inputs)


def test_half_precision_models_compute_in_float32(tmp_path, onnxruntime):
    model = moved(small_v2(image_sizes=(16,), dtype="mixed_bfloat16"))
    export_onnx(model, tmp_path / "half.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "half.onnx")
    noise = model.draw_noise(2, seed=1)
    embeddings = np.random.default_rng(3).normal(size=(2, 8)).astype("float32")
    (picture,) = session.run(None, {"embeddings": embeddings, **noise})
    expected = model.generate_from(noise, embeddings=embeddings)
    assert picture.dtype == np.float32
    assert np.abs(255 * picture - expected.astype(float)).mean() < 3


def test_without_the_package(exported, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match="pip install onnx tf2onnx"):
        export_onnx(exported("embeddings").model, tmp_path / "generator.onnx")
    assert not list(tmp_path.iterdir())
