"""Saving and loading: what comes back, and what is refused."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_presets import (
    METADATA,
    contents,
    edit_config,
    embeddings,
    rewrite,
    toy_encoder,
    toy_v1,
    toy_v2,
)

import keras_stackgan
from keras_stackgan import StackGANv1, StackGANv2
from keras_stackgan.models import AdversarialModel
from keras_stackgan.text.arrays_file import read_arrays, write_arrays


def difference(first, second, **keywords):
    """The largest difference of two models' pictures, in gray levels."""
    pictures = [m.generate(num_images=4, seed=5, **keywords).astype(int) for m in (first, second)]
    assert pictures[0].std() > 2
    return np.abs(pictures[0] - pictures[1]).max()


def assert_equal_weights(first, second):
    for a, b in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


# === What comes back ===


def test_sentences_draw_the_same_pictures(saved):
    model, directory = saved
    loaded = StackGANv2.from_preset(directory)
    assert difference(model, loaded, captions=METADATA["captions"]) <= 1
    assert loaded.recipe is None
    given, found = model.get_config(), loaded.get_config()
    assert json.dumps({**found, "name": 0, "trainable": 0}) == json.dumps(
        {**given, "name": 0, "trainable": 0}
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: toy_v1(),
        lambda: toy_v1(image_size=16, form="pytorch"),
        lambda: toy_v2(embedding_dim=None),
        lambda: toy_v2(embedding_dim=None, num_classes=3),
        lambda: toy_v2(supervised="last", num_residual_blocks=(1,)),
        lambda: toy_v2(kernel_initializer=keras.initializers.RandomNormal(stddev=0.1)),
    ],
)
def test_every_kind_of_model_comes_back(make, tmp_path):
    model = make()
    model.save_to_preset(tmp_path / "preset")
    loaded = keras_stackgan.from_preset(tmp_path / "preset")
    assert type(loaded) is type(model) and loaded.text_encoder is None
    if model.num_classes:
        keywords = {"labels": [0, 2]}
    else:
        keywords = {"embeddings": embeddings()} if model.conditional else {}
    assert difference(model, loaded, **keywords) <= 1
    again = keras_stackgan.from_preset(tmp_path / "preset", trainable=True)
    assert json.dumps(again.get_config()["kernel_initializer"]) == json.dumps(
        loaded.get_config()["kernel_initializer"]
    )


def test_what_was_loaded_is_saved_without_further_loss(tmp_path):
    toy_v2(dtype="mixed_bfloat16").save_to_preset(tmp_path / "preset")
    first = StackGANv2.from_preset(tmp_path / "preset")
    # Mixed precision is of training.
    assert first.dtype_policy.name == "float32"
    first.save_to_preset(tmp_path / "again" / "preset")
    assert contents(tmp_path / "again" / "preset") == contents(tmp_path / "preset")
    second = StackGANv2.from_preset(tmp_path / "again" / "preset")
    assert difference(first, second, embeddings=embeddings()) == 0


def test_a_precision_can_be_chosen(tmp_path):
    toy_v2().save_to_preset(tmp_path / "preset")
    plain = StackGANv2.from_preset(tmp_path / "preset")
    mixed = keras_stackgan.from_preset(tmp_path / "preset", dtype="mixed_bfloat16")
    assert mixed.generator.dtype_policy.name == "mixed_bfloat16"
    assert 0 < difference(plain, mixed, embeddings=embeddings()) < 40
    with pytest.raises(ValueError, match="`dtype` must be the name.*Received: 'float17'"):
        StackGANv2.from_preset(tmp_path / "preset", dtype="float17")


def test_a_subclass_of_ones_own_comes_back(tmp_path):
    @keras.saving.register_keras_serializable("preset_tests")
    class OwnGAN(StackGANv2):
        pass

    model = OwnGAN((16,), 2, 2, 8)
    model.save_to_preset(tmp_path / "own")
    assert type(StackGANv2.from_preset(tmp_path / "own")) is OwnGAN

    class Unregistered(StackGANv2):
        pass

    with pytest.raises(ValueError, match="must be registered.*Unregistered"):
        Unregistered((16,), 2, 2, 8).save_to_preset(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_float16_moves_pictures_by_less_than_two_gray_levels(tmp_path):
    # Wider than the other toys, where sums are long; the numbers are float16's and nothing else.
    model = toy_v2(image_sizes=(16, 32, 64), generator_filters=32)
    model.save_to_preset(tmp_path / "preset")
    loaded = StackGANv2.from_preset(tmp_path / "preset")
    pictures = [m.generate(embeddings=embeddings(), num_images=4) for m in (model, loaded)]
    moved = np.abs(pictures[0].astype(int) - pictures[1])
    assert pictures[0].std() > 10 and moved.max() <= 2 and moved.mean() < 0.2
    arrays = read_arrays(tmp_path / "preset" / "model.weights.h5")
    for name, weight in ((w.path.split("/", 1)[1], w) for w in model.averaged_generator.weights):
        exact = weight.numpy()
        kept = exact.astype("float16").astype("float32") if exact.ndim > 1 else exact
        np.testing.assert_array_equal(arrays[f"generator/{name}"], kept)


def test_names_do_not_depend_on_name_scopes(saved, tmp_path):
    with keras.name_scope("outer"):
        model = toy_v2()
        loaded = StackGANv2.from_preset(saved[1])
    model.save_to_preset(tmp_path / "preset")
    arrays = [
        read_arrays(folder / "model.weights.h5") for folder in (saved[1], tmp_path / "preset")
    ]
    assert list(arrays[0]) == list(arrays[1])
    assert loaded.text_encoder is not None


def test_numbers_beyond_float16_are_kept(tmp_path):
    model = toy_v2()
    kernel = next(w for w in model.averaged_generator.weights if len(w.shape) == 4)
    kernel.assign(kernel.numpy() * 1e6)
    model.save_to_preset(tmp_path / "preset")
    loaded = StackGANv2.from_preset(tmp_path / "preset")
    found = next(w for w in loaded.averaged_generator.weights if len(w.shape) == 4)
    np.testing.assert_array_equal(found.numpy(), kernel.numpy())


@pytest.mark.slow
def test_jax_without_tensorflow_draws_what_tensorflow_draws(
    saved, tmp_path, run_without_tensorflow
):
    model, directory = saved
    printed = run_without_tensorflow(
        f"""
        import sys
        import numpy as np
        import keras_stackgan
        model = keras_stackgan.from_preset({str(directory)!r})
        pictures = model.generate("a red bird", num_images=4, seed=5)
        np.save("pictures.npy", pictures)
        model.save_to_preset("again")
        print("tensorflow" in sys.modules)
        """
    )
    assert printed == "False\n"
    ours = model.generate("a red bird", num_images=4, seed=5).astype(int)
    assert np.abs(ours - np.load(tmp_path / "pictures.npy")).max() <= 1
    again, first = contents(tmp_path / "again"), contents(directory)
    assert again["model.weights.h5"] == first["model.weights.h5"]
    assert again["text_encoder/config.json"] == first["text_encoder/config.json"]


# === Training further ===


def step_once(model, size=32):
    batch = {"images": tf.zeros((4, size, size, 3), "uint8"), "embeddings": embeddings()}
    before = [v.numpy() for v in model.generator_variables]
    model.train_on_batch(batch)
    pairs = zip(model.generator_variables, before, strict=True)
    assert any(not np.array_equal(new, old) for new, old in pairs)


def test_a_drawing_model_says_how_to_train(saved):
    loaded = StackGANv2.from_preset(saved[1])
    with pytest.raises(ValueError, match=r"from_preset\(\.\.\., trainable=True\)"):
        loaded.compile()


def test_statistics_of_a_drawing_model_can_be_measured(saved):
    from keras_stackgan.models import recalibrate_batch_statistics

    loaded = StackGANv2.from_preset(saved[1])
    before = [w.numpy() for w in loaded.averaged_generator.non_trainable_weights]
    batch = {"embeddings": embeddings()}
    recalibrate_batch_statistics(loaded, tf.data.Dataset.from_tensors(batch), steps=1)
    after = [w.numpy() for w in loaded.averaged_generator.non_trainable_weights]
    assert max(np.abs(a - b).max() for a, b in zip(after, before, strict=True)) > 1e-3


def test_training_goes_on_from_the_average_with_fresh_judges(tmp_path):
    model = toy_v2()
    model.save_to_preset(tmp_path / "preset")
    loaded = StackGANv2.from_preset(tmp_path / "preset", trainable=True)
    assert_equal_weights(loaded.generator, loaded.averaged_generator)
    # Of the same initializer as a new model's: orthogonal kernels.
    kernel = loaded.discriminators[0].weights[0].numpy()
    product = kernel.reshape(-1, kernel.shape[-1]).T @ kernel.reshape(-1, kernel.shape[-1])
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-4)
    loaded.compile(run_eagerly=True)
    before = [w.numpy() for w in loaded.generator.trainable_weights]
    step_once(loaded)
    moved = zip(before, loaded.generator.trainable_weights, strict=True)
    assert all(np.abs(a - b.numpy()).max() > 0 for a, b in moved)


@pytest.mark.slow
def test_training_goes_on_with_the_presets_own_judges(saved):
    model, directory = saved
    loaded = StackGANv2.from_preset(directory, trainable=True)
    assert_equal_weights(loaded.generator, model.generator)
    for ours, theirs in zip(loaded.discriminators, model.discriminators, strict=True):
        assert_equal_weights(ours, theirs)
    loaded.compile(run_eagerly=True)
    step_once(loaded)


@pytest.mark.slow
def test_both_stages_of_v1_train_on(tmp_path):
    toy_v1().save_to_preset(tmp_path / "preset", include_training=True)
    loaded = StackGANv1.from_preset(tmp_path / "preset", trainable=True)
    for stage, size in ((1, 16), (2, 32)):
        loaded.compile(stage=stage, run_eagerly=True)
        step_once(loaded, size)


def test_presets_load_into_a_strategy(saved):
    from helpers import mirrored_strategy

    with mirrored_strategy().scope():
        loaded = StackGANv2.from_preset(saved[1], trainable=True)
    assert difference(saved[0], loaded, captions=["a red bird"]) <= 1


# === Writing ===


def test_the_same_model_gives_the_same_bytes(saved, tmp_path):
    model, directory = saved
    first = contents(directory)
    model.save_to_preset(tmp_path / "toy", METADATA, include_training=True)
    assert contents(tmp_path / "toy") == first
    # A preset may be replaced, and what only the old one had is gone.
    model.save_to_preset(tmp_path / "toy", METADATA)
    assert set(first) - set(contents(tmp_path / "toy")) == {"training.weights.h5"}


def test_only_what_drawing_needs_is_saved(tmp_path):
    model = toy_v2()
    model.save_to_preset(tmp_path / "preset")
    assert set(contents(tmp_path / "preset")) == {
        "README.md",
        "config.json",
        "metadata.json",
        "model.weights.h5",
    }
    numbers = sum(a.size for a in read_arrays(tmp_path / "preset" / "model.weights.h5").values())
    assert numbers == model.averaged_generator.count_params() + 2 * 8


def test_another_folder_is_left_alone(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError, match="folder.*which holds something else"):
        toy_v2().save_to_preset(tmp_path / "folder")
    assert contents(tmp_path) == {"folder/letter.txt": b"dear"}


def test_a_write_that_fails_leaves_the_old_preset(tmp_path, monkeypatch):
    from keras_stackgan.presets import preset as module

    model = toy_v2()
    model.save_to_preset(tmp_path / "preset")
    before = contents(tmp_path)

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "model_card", fail)
    with pytest.raises(OSError, match="No space"):
        model.save_to_preset(tmp_path / "preset", {"description": "Another."})
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "metadata, message",
    [
        ("birds", "a str and no dict"),
        ({"licence": "MIT"}, "the field 'licence'; known are description"),
        ({"description": ""}, "no sentence"),
        ({"captions": "a bird"}, "no list of sentences"),
        ({"dataset": "toys"}, "no dict"),
        ({"training": {"steps": float("nan")}}, "JSON cannot hold"),
        ({"training": {"model": object()}}, "JSON cannot hold"),
        ({"figures": [{"name": "score", "value": 1}]}, "the command that measured it"),
        ({"figures": {}}, "no list"),
    ],
)
def test_metadata_is_checked(saved, tmp_path, metadata, message):
    with pytest.raises(ValueError, match=message):
        saved[0].save_to_preset(tmp_path / "preset", metadata)
    assert not any(tmp_path.iterdir())


def test_what_cannot_be_saved_is_one_clear_error(tmp_path):
    model = toy_v2()
    model.text_encoder = lambda texts: np.zeros((len(texts), 8))
    with pytest.raises(ValueError, match="`text_encoder` of a preset must be"):
        model.save_to_preset(tmp_path / "preset")
    model.text_encoder = toy_encoder()
    model.text_encoder._dim = 9
    with pytest.raises(ValueError, match="embedding_dim=8. Received: dim=9"):
        model.save_to_preset(tmp_path / "preset")
    model.text_encoder = None
    weight = model.averaged_generator.weights[0]
    weight.assign(np.full(weight.shape, np.nan))
    with pytest.raises(ValueError, match="must be finite.*generator/conditioning"):
        model.save_to_preset(tmp_path / "preset")
    assert not any(tmp_path.iterdir())


# === Damaged, foreign, newer ===


def refused(preset, match, cls=AdversarialModel, trainable=False, error=ValueError):
    with pytest.raises(error, match=match) as caught:
        cls.from_preset(preset, trainable=trainable)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["config.json", "model.weights.h5", "text_encoder/config.json", "metadata.json"]
)
@pytest.mark.parametrize("how", ["missing", "cut", "turned", "foreign"])
def test_damaged_files_are_named(preset, name, how):
    path = preset / name
    content = path.read_bytes()
    path.unlink()
    middle = len(content) // 2
    if how == "cut":
        path.write_bytes(content[:middle])
    elif how == "turned":
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    elif how == "foreign":
        path.write_bytes(b"GIF89a" * 20)
    if name == "metadata.json" and how == "turned":
        path.write_bytes(content.replace(b'"sha256": "', b'"sha256": "0'))
        name = "README.md|config.json"
    refused(preset, f"whole preset.*({name})", trainable=True)


def test_training_weights_count_where_they_are_loaded(preset):
    (preset / "training.weights.h5").write_bytes(b"")
    StackGANv2.from_preset(preset)
    refused(preset, "training.weights.h5 has 0 bytes", trainable=True)


def test_an_edited_card_does_not_count(preset):
    (preset / "README.md").write_text("# Mine")
    StackGANv2.from_preset(preset)


def test_later_versions_and_other_formats(preset):
    edit_config(preset, version=2)
    (preset / "metadata.json").unlink()
    refused(preset, "format has version 2.*reads version 1; update keras_stackgan")
    edit_config_only = json.loads((preset / "config.json").read_text())
    edit_config_only["format"] = "keras_hub"
    (preset / "config.json").write_text(json.dumps(edit_config_only))
    refused(preset, "the format is 'keras_hub'")
    (preset / "config.json").write_text("{}")
    refused(preset, "there is no 'format'")


@pytest.mark.parametrize(
    "class_name",
    ["other>GAN", "keras_stackgan>StackGANv2Generator", "Dense", "os>system", 3, None],
)
def test_classes_that_are_no_models(preset, class_name):
    edit_config(preset, class_name=class_name)
    refused(preset, "is not known")


@pytest.mark.parametrize(
    "change",
    [
        {"image_sizes": [17]},
        {"image_sizes": None},
        {"generator_filters": "many"},
        {"no_such_argument": 1},
        {"dtype": "float17"},
        {"kernel_initializer": {"class_name": "Lambda", "config": {"function": "os.system"}}},
        {
            "kernel_initializer": {
                "module": "os",
                "class_name": "system",
                "config": {"command": "touch hacked"},
                "registered_name": None,
            }
        },
    ],
)
def test_configs_that_make_no_model(preset, change, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = json.loads((preset / "config.json").read_text())["config"]
    edit_config(preset, config={**config, **change})
    refused(preset, "whole preset", trainable=True)
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize("change", ["drop", "add", "reshape"])
def test_weights_of_another_model(preset, change):
    path = preset / "model.weights.h5"
    arrays = read_arrays(path)
    name = next(iter(arrays))
    if change == "drop":
        del arrays[name]
    elif change == "add":
        arrays["generator/zzz"] = np.zeros(3)
    else:
        arrays[name] = arrays[name][:1]
    write_arrays(path, arrays)
    rewrite(preset, "model.weights.h5", path.read_bytes())
    refused(preset, "the weight '(embedding_mean|generator/zzz)' has shape")


def test_weights_that_are_no_hdf5(preset):
    rewrite(preset, "model.weights.h5", b"PK" * 500)
    refused(preset, "must be a whole HDF5 file")


def test_a_damaged_text_encoder_of_the_right_checksum(preset):
    rewrite(preset, "text_encoder/config.json", b"{}")
    refused(preset, "text encoder")


def test_metadata_that_names_files_elsewhere(preset):
    metadata = json.loads((preset / "metadata.json").read_text())
    metadata["files"]["../secret"] = {"bytes": 1, "sha256": "0" * 64}
    (preset / "metadata.json").write_text(json.dumps(metadata))
    refused(preset, r"\.\./secret lies outside")


def test_metadata_of_another_shape(preset):
    for text in ("[]", '{"files": 3}', '{"files": {}, "description": "x"}', "[" * 10000):
        (preset / "metadata.json").write_text(text)
        refused(preset, "metadata.json|'int' object")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"description": None}, "description=None, which is no sentence"),
        ({"description": 5}, "description=5, which is no sentence"),
        ({"versions": None}, "versions=None, which is no dict"),
        ({"parameters": "many"}, "parameters='many', which is no whole number"),
        ({"license": ["x"]}, r"license=\['x'\], which is no sentence"),
        ({"captions": "a red bird"}, "captions='a red bird', which is no list"),
        ({"training": []}, r"training=\[\], which is no dict"),
        ({"figures": {}}, "figures={}, which is no list"),
        ({"figures": [{"name": "x", "value": 1}]}, "the figure .*; each has a name"),
        ({"figures": [{"name": "x", "value": np.nan, "command": "c"}]}, "not finite"),
    ],
)
def test_metadata_of_others_is_checked(preset, change, message):
    metadata = json.loads((preset / "metadata.json").read_text())
    (preset / "metadata.json").write_text(json.dumps({**metadata, **change}))
    for load in (keras_stackgan.from_preset, keras_stackgan.presets.describe):
        with pytest.raises(ValueError, match=f"a whole preset.*metadata.json has .*{message}"):
            load(preset)


def test_metadata_of_later_fields_is_read(preset):
    metadata = json.loads((preset / "metadata.json").read_text())
    (preset / "metadata.json").write_text(json.dumps({**metadata, "mood": None}))
    assert keras_stackgan.presets.describe(preset)["metadata"]["mood"] is None


@pytest.mark.parametrize("change", [{"generator_filters": 2**14}, {"discriminator_filters": 2**14}])
def test_models_far_beyond_their_weights_are_not_made(preset, change, monkeypatch):
    made, make = [0], keras.initializers.GlorotUniform.__call__

    def counted(self, shape, dtype=None):
        made[0] += int(np.prod(shape))
        assert made[0] < 2**28, "that is gigabytes"
        return make(self, shape, dtype)

    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", counted)
    config = json.loads((preset / "config.json").read_text())["config"]
    edit_config(preset, config={**config, **change})
    refused(preset, "far more weights than its weights file holds")


def test_encoders_beyond_their_weights_are_not_made(preset, monkeypatch):
    monkeypatch.setattr("keras_stackgan.text.hashed_ngrams._network", None)
    entry = json.loads((preset / "text_encoder" / "config.json").read_text())
    entry["config"]["num_buckets"] = 3_000_000
    rewrite(preset, "text_encoder/config.json", json.dumps(entry).encode())
    refused(preset, r"\[3000000, 8, 8\]. Received: kernels of the shapes \[\(64, 8\)")


def test_presets_of_another_class(saved):
    refused(saved[1], "presets of StackGANv1.*one of StackGANv2; use StackGANv2", StackGANv1)
