"""The measures against their definitions, models that are made to collapse, files, resume."""

import json
import logging

import keras
import numpy as np
import pytest
import resumable_run
import tensorflow as tf
from PIL import Image
from resumable_run import STEPS_PER_EPOCH, digest, make_data, make_model

from keras_stackgan import StackGANv1, StackGANv2
from keras_stackgan.callbacks import TrainingHealth, health_measures
from keras_stackgan.callbacks.training_health import health_panels
from keras_stackgan.layers.batch_normalization import penalty_scope


def batch(rows=8, size=16):
    rng = np.random.default_rng(5)
    return {
        "images": rng.integers(0, 256, (rows, size, size, 3)).astype("uint8"),
        "embeddings": rng.normal(size=(rows, 8)).astype("float32"),
    }


def lively(model):
    """Weights so large that text and noise show."""
    rng = np.random.default_rng(11)
    for network in (model.generator, model.averaged_generator):
        for weight in network.trainable_weights:
            weight.assign(weight.numpy() + 0.3 * rng.normal(size=weight.shape))
    return model


def check(model, folder, given=None, **settings):
    """One check of a model that does not train."""
    settings = {"warm_up": 0, "patience": 1, **settings}
    health = TrainingHealth(folder, batch() if given is None else given, **settings)
    health.set_model(model)
    health.on_train_begin()
    return health.write()


def fit(model, callbacks, steps=6):
    model.fit(make_data(), steps_per_epoch=steps, verbose=0, callbacks=callbacks)


# === Measures ===


def test_gap_and_scores_are_those_of_the_discriminator():
    model = lively(make_model())
    tensors = health_measures.to_tensors(model, batch())
    before = digest(model)
    found = health_measures.judge(model, tensors)
    assert digest(model) == before
    inputs = model.prepare(tensors, 0, training=False)
    with penalty_scope():
        fakes = model.generate_fakes(inputs, training=True)
        discriminator = model.discriminators[0]
        code = fakes["mean"].numpy()
        real = discriminator(inputs["images"][0], code, training=True)
        other = discriminator(inputs["images"][0], np.roll(code, -1, axis=0), training=True)
        fake = discriminator(fakes["images"][0], code, training=True)
    unconditional = [logits["unconditional"].numpy() for logits in (real, fake)]
    real, other, fake = (logits["conditional"].numpy() for logits in (real, other, fake))
    gaps = real - other
    assert found["text_gap_16"] == pytest.approx(gaps.mean(), rel=1e-3, abs=1e-5)
    assert found["text_gap_error_16"] == pytest.approx(gaps.std(ddof=1) / 8**0.5, rel=1e-3)

    def probability(logits):
        return 1 / (1 + np.exp(-logits))

    assert found["real_score_16"] == pytest.approx(probability(real).mean(), rel=1e-4)
    assert found["fake_score_16"] == pytest.approx(probability(fake).mean(), rel=1e-4)
    losses = [
        -np.log(probability(r)).mean() - np.log(1 - probability(f)).mean()
        for r, f in ((real, fake), unconditional)
    ]
    assert found["chance_share_16"] == pytest.approx(min(losses) / (2 * np.log(2)), rel=1e-4)


def test_neighbors_with_the_same_text_are_no_mismatch():
    model = lively(make_model())
    given = batch()
    # Rows 0 and 1 alike: six pairs, and that of the last with the first.
    given["embeddings"][1] = given["embeddings"][0]
    tensors = health_measures.to_tensors(model, given)
    np.testing.assert_array_equal(health_measures.different(model, tensors), [False] + [True] * 7)


def test_distances_are_mean_differences_in_gray_levels():
    model = lively(make_model())
    tensors = health_measures.to_tensors(model, batch())
    found = health_measures.compare_pictures(model, tensors, 2, 3, seed=4)
    rows = [
        model.generate(embeddings=batch()["embeddings"][k : k + 1], num_images=3, seed=4)
        for k in (0, 1)
    ]
    first, second = (row.astype(float) for row in rows)
    assert found["text_distance"] == pytest.approx(np.abs(first - second).mean(), abs=0.1)
    noise = [
        np.abs(row[a] - row[b]).mean()
        for row in (first, second)
        for a, b in ((0, 1), (0, 2), (1, 2))
    ]
    assert found["noise_distance"] == pytest.approx(np.mean(noise), abs=0.1)
    assert min(found.values()) > 3


@pytest.mark.parametrize("loss", ["hinge", "least_squares", "wasserstein"])
def test_other_losses(tmp_path, loss):
    line = check(make_model(adversarial_loss=loss), tmp_path)
    assert ("chance_share_16" in line) == (loss != "wasserstein")
    assert np.isfinite(line["real_score_16"])


def test_unconditional_and_labels(tmp_path):
    settings = {"image_sizes": (16,), "generator_filters": 4, "discriminator_filters": 4}
    given = {"images": batch()["images"], "labels": np.arange(8) % 3}
    for classes in (None, 3):
        model = StackGANv2(**settings, embedding_dim=None, num_classes=classes)
        model.compile(run_eagerly=True)
        line = check(model, tmp_path / str(classes), given)
        assert line["noise_distance"] >= 0 and "real_score_16" in line
        assert ("text_distance" in line) == ("text_gap_16" in line) == (classes == 3)


def test_both_stages_of_v1(tmp_path):
    keras.utils.set_random_seed(1)
    model = StackGANv1(
        stage1_size=16,
        image_size=32,
        generator_filters=4,
        discriminator_filters=4,
        embedding_dim=8,
        conditioning_dim=6,
        latent_dim=5,
        num_residual_blocks=1,
    )
    for stage, size in ((1, 16), (2, 32)):
        model.compile(stage=stage, run_eagerly=True)
        line = check(model, tmp_path / str(stage), batch(size=32))
        assert f"text_gap_{size}" in line and "text_distance" in line


# === Collapses ===


def test_a_generator_that_ignores_its_text(tmp_path, caplog):
    model = lively(make_model())
    for network in (model.averaged_generator, model.generator):
        for weight in network.conditioning.weights:
            weight.assign(tf.zeros_like(weight))
    with caplog.at_level(logging.WARNING, logger="absl"):
        line = check(model, tmp_path)
    assert line["text_distance"] == 0.0 and line["noise_distance"] > 2
    # The discriminators read the generator's code, which no longer knows the text.
    assert line["findings"] == ["text_ignored", "text_unread"]
    said = caplog.text
    assert "the generator ignores the text" in said and "augmentation_mean_scale=2.0" in said
    assert "do not tell matching text from other text" in said


def test_a_generator_that_ignores_its_noise(tmp_path, caplog):
    keras.utils.set_random_seed(1)
    model = StackGANv2(
        image_sizes=(16,),
        generator_filters=4,
        discriminator_filters=4,
        embedding_dim=8,
        conditioning_dim=6,
        latent_dim=5,
        conditioning_augmentation=False,
    )
    model.compile(run_eagerly=True)
    lively(model)
    dense = model.averaged_generator.stages[0].dense.kernel
    kernel = dense.numpy()
    kernel[6:] = 0.0
    dense.assign(kernel)
    with caplog.at_level(logging.WARNING, logger="absl"):
        line = check(model, tmp_path)
    assert line["noise_distance"] == 0.0 and line["text_distance"] > 2
    assert "no_diversity" in line["findings"] and "text_ignored" not in line["findings"]
    assert "one caption gives one picture" in caplog.text


def test_a_discriminator_that_wins(tmp_path, caplog):
    keras.utils.set_random_seed(1)
    model = StackGANv2(
        image_sizes=(16,),
        generator_filters=4,
        discriminator_filters=4,
        embedding_dim=None,
        latent_dim=5,
    )
    model.compile(
        keras.optimizers.SGD(0.0), keras.optimizers.Adam(0.01, beta_1=0.5), jit_compile=False
    )
    given = {"images": batch()["images"], "noise": np.ones((8, 5), "float32")}
    given["noise"] *= np.random.default_rng(0).normal(size=(8, 5))
    health = TrainingHealth(tmp_path, given, every=5, warm_up=10, patience=2)
    dataset = tf.data.Dataset.from_tensors(given).repeat()
    before = check(model, tmp_path / "before", given)
    assert "discriminator_wins" not in before["findings"]
    with caplog.at_level(logging.WARNING, logger="absl"):
        model.fit(dataset, steps_per_epoch=60, verbose=0, callbacks=[health])
    assert "discriminator_wins" in health.history[-1]["findings"]
    assert caplog.text.count("the discriminator has won") == 1
    assert "DifferentiableAugmentation" in health.warned["discriminator_wins"]


# === When it warns ===


@pytest.fixture
def scripted(monkeypatch):
    """Checks of a model at rest, whose pictures differ as the list of distances says."""

    def run(folder, distances, **settings):
        model = make_model()
        values = iter(distances)
        monkeypatch.setattr(health_measures, "judge", lambda *_: {})
        monkeypatch.setattr(
            health_measures, "compare_pictures", lambda *_: {"noise_distance": next(values)}
        )
        health = TrainingHealth(folder, batch(), every=1, **settings)
        health.set_model(model)
        health.on_train_begin()
        for k in range(len(distances)):
            model.batch_counter.assign(k + 1)
            health.on_train_batch_end(k, {"g_gradient_norm": 2.0, "g_loss": 1.0})
        return health

    return run


def warned_at(health):
    return [line["step"] for line in health.history if line["warnings"]]


@pytest.mark.parametrize(
    ("distances", "settings", "expected"),
    [
        ([0.0] * 9, {"warm_up": 0, "patience": 1}, [1]),
        ([0.0] * 9, {"warm_up": 0, "patience": 3}, [3]),
        ([0.0] * 9, {"warm_up": 4, "patience": 3}, [6]),
        ([0.0, 0.0, 9.0] * 3, {"warm_up": 0, "patience": 3}, []),
        ([0.0, 0.0, 9.0, 0.0, 0.0, 0.0], {"warm_up": 0, "patience": 3}, [6]),
        ([0.0] * 9, {"warm_up": 10, "patience": 1}, []),
    ],
)
def test_it_waits_and_warns_once(tmp_path, scripted, distances, settings, expected):
    health = scripted(tmp_path, distances, **settings)
    assert warned_at(health) == expected
    assert ("no_diversity" in health.warned) == bool(expected)
    assert [line["g_gradient_norm"] for line in health.history] == [2.0] * len(distances)


# === Files and resume ===


def lines(folder):
    made = [json.loads(line) for line in (folder / "health.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in made]


def test_files(tmp_path):
    model = make_model()
    health = TrainingHealth(tmp_path / "new", batch(), every=2)
    fit(model, [health], steps=5)
    assert [line["step"] for line in lines(tmp_path / "new")] == [2, 4, 5]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "health.jsonl",
        "health.png",
    ]
    last = lines(tmp_path / "new")[-1]
    assert {"g_gradient_norm", "d_gradient_norm_16", "text_gap_16"} <= set(last)
    picture = np.asarray(Image.open(tmp_path / "new" / "health.png"))
    assert picture.shape[2] == 3 and (picture != 255).any()
    titles = [panel.title for panel in health_panels(health.history)]
    assert len(titles) == 4 and all(panel.curves for panel in health_panels(health.history))


def test_it_changes_nothing_in_training(tmp_path):
    plain, watched = make_model(), make_model()
    fit(plain, [])
    fit(watched, [TrainingHealth(tmp_path, batch(), every=2)])
    assert digest(plain) == digest(watched)


class StopAt(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = self.model.step == STEPS_PER_EPOCH + 3


def test_a_resumed_run_has_the_same_lines(tmp_path):
    def health(name):
        return TrainingHealth(tmp_path / name, batch(), every=2, warm_up=4, patience=2)

    resumable_run.run(tmp_path / "a", more=[health("whole")])
    resumable_run.run(tmp_path / "b", more=[health("parts"), StopAt()])
    assert lines(tmp_path / "parts")[-1]["step"] == 7
    resumable_run.run(tmp_path / "b", more=[health("parts")])
    # The first part ended at a step of its own.
    parts = [line for line in lines(tmp_path / "parts") if line["step"] != 7]
    assert [line["step"] for line in parts] == [2, 4, 6, 8, 10, 12]
    assert parts == lines(tmp_path / "whole")


def test_damaged_file(tmp_path):
    (tmp_path / "health.jsonl").write_text('{"step": 3\n')
    with pytest.raises(ValueError, match="must be what `TrainingHealth` wrote"):
        check(make_model(), tmp_path)


# === Bad arguments ===


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"every": 0}, "`every` must be"),
        ({"num_captions": 1}, "`num_captions` must be .* at least 2"),
        ({"num_noises": 1}, "`num_noises` must be .* at least 2"),
        ({"patience": 0}, "`patience` must be"),
        ({"warm_up": -1}, "`warm_up` must be"),
    ],
)
def test_bad_settings(tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        TrainingHealth(tmp_path, batch(), **settings)


def test_bad_batches(tmp_path):
    model = make_model()
    given = batch()
    given["embeddings"][:] = 1.0
    with pytest.raises(ValueError, match="at least 4 pictures whose text differs.*0 of 8"):
        check(model, tmp_path, given)
    with pytest.raises(ValueError, match="The batch has no 'embeddings'"):
        check(model, tmp_path, {"images": given["images"]})
