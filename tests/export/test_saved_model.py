"""SavedModels: the pictures of `generate`, with TensorFlow alone."""

import os
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy
from small_encoder import LetterCount
from small_exports import moved, small_v2

from keras_stackgan.export import export_saved_model
from keras_stackgan.models.folding import fold
from keras_stackgan.models.generation import to_uint8

CAPTIONS = ["a red bird", "a blue flower", "Früher Vogel"]
EMBEDDINGS = np.random.default_rng(3).normal(size=(3, 8)).astype("float32")
CONDITIONS = {
    "captions": {"captions": CAPTIONS},
    "v1": {"captions": CAPTIONS},
    "v1_pytorch": {"embeddings": EMBEDDINGS},
    "embeddings": {"embeddings": EMBEDDINGS},
    "labels": {"labels": np.array([2, 0, 1], "int32")},
    "unconditional": {"num_images": np.int32(3)},
}


def assert_close(ours, theirs):
    """Equal up to one gray level, and pictures that differ from each other."""
    assert ours.shape == theirs.shape and ours.dtype == theirs.dtype == np.uint8
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 1
    assert len(ours) == 1 or np.abs(ours[0].astype(int) - ours[1].astype(int)).mean() > 1


@pytest.mark.parametrize("name", CONDITIONS)
def test_pictures_are_those_of_generate(exported, name):
    model, loaded, given = exported(name).model, exported(name).loaded, CONDITIONS[name]
    tensors = {key: tf.constant(value) for key, value in given.items()}
    expected = model.generate(**given, seed=7, stages="all")
    serve = loaded.signatures["serving_default"]
    assert_close(serve(**tensors, seed=tf.constant(7))["images"].numpy(), expected[-1])
    assert_close(loaded.generate(**tensors, seed=7)["images"].numpy(), expected[-1])
    stages = loaded.signatures["generate_stages"](**tensors, seed=tf.constant(7))
    names = {"unconditional": ["image_16_stage1", "image_16_stage2"], "embeddings": ["image_16"]}
    assert sorted(stages) == sorted(names.get(name, ["image_16", "image_32"]))
    for key, images in zip(names.get(name, ["image_16", "image_32"]), expected, strict=True):
        picture = stages[key].numpy()
        assert picture.dtype == np.float32 and 0 <= picture.min() < picture.max() <= 1
        assert_close(np.round(255 * picture).astype("uint8"), images)
    assert_close(loaded(*tensors.values()).numpy(), model.generate(**given))


@pytest.mark.parametrize("name", ["captions", "v1"])
def test_any_number_of_captions(exported, name):
    model, loaded = exported(name).model, exported(name).loaded
    for captions in (CAPTIONS[:1], CAPTIONS * 3):
        assert_close(loaded(tf.constant(captions)).numpy(), model.generate(captions))
    with pytest.raises(tf.errors.InvalidArgumentError, match="`captions` must not be empty"):
        loaded(tf.constant([], tf.string))


@pytest.mark.parametrize("name", ["captions", "v1", "v1_pytorch", "embeddings"])
def test_from_embeddings_and_noise(exported, name):
    model, loaded = exported(name).model, exported(name).loaded
    noise = model.draw_noise(3, seed=9)
    expected = model.generate_from(noise, embeddings=EMBEDDINGS, stages="all")
    made = loaded.generate_from_embeddings(embeddings=EMBEDDINGS, **noise)
    for size, images in zip(model.output_sizes, expected, strict=True):
        assert_close(to_uint8(2 * made[f"image_{size}"] - 1).numpy(), images)
    # A contract of the README: the noise that the text's mean needs is zero.
    quiet = {key: value * (key == "noise") for key, value in noise.items()}
    mean = loaded.generate_from_embeddings(embeddings=EMBEDDINGS, **quiet)
    without = model.generate_from({"noise": noise["noise"]}, embeddings=EMBEDDINGS)
    last = f"image_{model.output_sizes[-1]}"
    assert_close(to_uint8(2 * mean[last] - 1).numpy(), without)


def test_from_labels_and_from_noise(exported):
    for name, key, given in (("labels", "labels", {"labels": [1, 2]}), ("unconditional", None, {})):
        model, loaded = exported(name).model, exported(name).loaded
        noise = model.draw_noise(2, seed=9)
        function = getattr(loaded, f"generate_from_{key or 'noise'}")
        made = function(**{k: tf.constant(v) for k, v in given.items()}, **noise)
        last = sorted(made)[-1]
        expected = model.generate_from(noise, **given)
        assert_close(to_uint8(2 * made[last] - 1).numpy(), expected)


def test_encode(exported):
    model, loaded = exported("captions").model, exported("captions").loaded
    vectors = loaded.signatures["encode"](captions=tf.constant(CAPTIONS))["embeddings"]
    np.testing.assert_allclose(vectors, model.text_encoder(CAPTIONS), rtol=0, atol=1e-6)


def test_signatures(exported):
    common = {"serving_default", "generate_stages"}
    for name, more in {
        "captions": {"generate_from_embeddings", "encode"},
        "embeddings": {"generate_from_embeddings"},
        "labels": {"generate_from_labels"},
        "unconditional": {"generate_from_noise"},
    }.items():
        assert set(exported(name).loaded.signatures) == common | more
    serving = exported("captions").loaded.signatures["serving_default"]
    specs = serving.structured_input_signature[1]
    assert specs["captions"].dtype == tf.string and specs["captions"].shape == [None]
    assert specs["seed"].dtype == tf.int32 and specs["seed"].shape == []
    images = serving.structured_outputs["images"]
    assert images.dtype == tf.uint8 and images.shape.as_list() == [None, 32, 32, 3]


def test_bad_input_is_refused_in_the_graph(exported):
    loaded = exported("labels").loaded
    for labels in ([3], [-1]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="whole numbers from 0 to 2"):
            loaded(tf.constant(labels))
    with pytest.raises(tf.errors.InvalidArgumentError, match="`seed` must not be negative"):
        loaded.generate(tf.constant([1]), -1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="`num_images` must be at least 1"):
        exported("unconditional").loaded(0)


# === Variables, size, files ===


def test_weights_are_stored_once_without_batch_normalization(exported):
    made = exported("captions")
    loaded = made.loaded
    shapes = [tuple(variable.shape) for variable in loaded.trainable_variables]
    assert shapes == [tuple(v.shape) for v in fold(made.model.averaged_generator).variables]
    data = sum(variable.numpy().nbytes for variable in loaded.variables)
    stored = made.directory / "variables" / "variables.data-00000-of-00001"
    assert data <= stored.stat().st_size < data + 8192


def test_variables_train(exported):
    loaded = exported("captions").loaded
    assert list(loaded.regularization_losses) == []
    assert len(loaded.trainable_variables) == len(loaded.variables) - 3
    with tf.GradientTape() as tape:
        images = loaded.generate_stages(tf.constant(CAPTIONS), 0)
        loss = sum(tf.reduce_mean(image) for image in images.values())
    gradients = tape.gradient(loss, loaded.trainable_variables)
    assert all(gradient is not None and np.isfinite(gradient).all() for gradient in gradients)


def test_half_precision_draws_alike(exported, tmp_path):
    model = moved(small_v2(image_sizes=(16,), dtype="mixed_bfloat16"))
    model.export_saved_model(tmp_path / "half")
    loaded = tf.saved_model.load(str(tmp_path / "half"))
    assert_close(loaded(EMBEDDINGS).numpy(), model.generate(embeddings=EMBEDDINGS))


def test_an_export_is_whole_and_replaces_only_its_kind(exported, tmp_path, monkeypatch):
    model = exported("embeddings").model
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("keep me")
    with pytest.raises(FileExistsError, match="a SavedModel.*notes"):
        export_saved_model(model, tmp_path / "notes")
    (tmp_path / "empty").mkdir()
    for _ in range(2):
        export_saved_model(model, tmp_path / "empty")
    before = (tmp_path / "empty" / "saved_model.pb").read_bytes()

    def fail(module, directory, **kwargs):
        open(os.path.join(directory, "saved_model.pb"), "wb").close()
        raise OSError("the disk is full")

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match="the disk is full"):
        export_saved_model(model, tmp_path / "empty")
    assert (tmp_path / "empty" / "saved_model.pb").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "notes"]


def test_an_encoder_of_another_width_is_refused(exported, tmp_path):
    model = small_v2(image_sizes=(16,))
    model.text_encoder = LetterCount(9)
    with pytest.raises(ValueError, match="embedding_dim=8.*dim=9"):
        export_saved_model(model, tmp_path / "out")
    model.text_encoder = lambda captions: np.ones((len(captions), 8))
    export_saved_model(model, tmp_path / "out")
    assert "encode" not in tf.saved_model.load(str(tmp_path / "out")).signatures


# === Elsewhere ===

WITHOUT_KERAS = """
import sys

class Hidden:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("keras", "tf_keras", "keras_stackgan"):
            return None
        return self.finder.find_spec(name, path, target)

sys.meta_path[:] = [Hidden(finder) for finder in sys.meta_path]
for name in ("keras", "tf_keras", "keras_stackgan"):
    try:
        __import__(name)
    except ImportError:
        continue
    raise SystemExit(f"{name} can be imported")
"""


def test_runs_where_neither_keras_nor_this_package_is(exported, run_in_new_process, tmp_path):
    made, code = exported("captions"), WITHOUT_KERAS
    code += f"""
import numpy as np
import tensorflow as tf
loaded = tf.saved_model.load({str(made.directory)!r})
images = loaded.signatures["serving_default"](
    captions=tf.constant({CAPTIONS!r}), seed=tf.constant(7)
)["images"]
np.save({str(tmp_path / "images.npy")!r}, images.numpy())
print(sorted({{m.split(".")[0] for m in sys.modules}} & {{"keras", "tf_keras", "keras_stackgan"}}))
"""
    assert run_in_new_process(code).strip() == "[]"
    images = np.load(tmp_path / "images.npy")
    assert_close(images, made.model.generate(CAPTIONS, seed=7))


def test_other_backends_are_told(run_without_tensorflow):
    printed = run_without_tensorflow(
        """
        from keras_stackgan import StackGANv2
        from keras_stackgan.export import export_litert, export_saved_model

        zeros = {"kernel_initializer": "zeros", "discriminator_kernel_initializer": "zeros"}
        model = StackGANv2((16,), 4, 4, embedding_dim=8, **zeros)
        for function in (export_saved_model, export_litert):
            try:
                function(model, "out")
            except RuntimeError as error:
                print(error)
        """
    )
    assert printed.count("the backend 'jax'") == 2


def test_a_mirrored_model(tmp_path):
    with mirrored_strategy().scope():
        model = moved(small_v2(image_sizes=(16,)))
    model.export_saved_model(tmp_path / "saved")
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    assert_close(loaded(EMBEDDINGS).numpy(), model.generate(embeddings=EMBEDDINGS))


def test_tfsm_layer_in_a_keras_model(exported, tmp_path):
    made = exported("captions")
    layer = keras.layers.TFSMLayer(str(made.directory), call_endpoint="__call__")
    captions = keras.Input((), dtype="string")
    keras.Model(captions, layer(captions)).save(tmp_path / "outer.keras")
    again = keras.models.load_model(tmp_path / "outer.keras", safe_mode=False)
    assert_close(again(tf.constant(CAPTIONS)).numpy(), made.model.generate(CAPTIONS))


def test_the_functions_need_core_operations_only(exported):
    graph = (exported("v1").directory / "saved_model.pb").read_bytes()
    assert not re.search(rb"PyFunc|EagerPyFunc|XlaCall", graph)
