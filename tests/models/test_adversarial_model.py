"""The training step under `fit`: logs, seeds, freezing, saving, callbacks, what it refuses."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_models import assert_same_state, batch, dataset, small_v1, small_v2, state

from keras_stackgan import losses
from keras_stackgan.layers import DifferentiableAugmentation


def sgd(rate=0.01):
    return keras.optimizers.SGD(rate)


def test_fit_logs_every_term_by_name_and_stage():
    model = small_v2()
    model.compile(r1_weight=0.1, r1_interval=1)
    history = model.fit(dataset(), verbose=0).history
    for label in ("16", "32"):
        for name in (
            *(f"d_loss_{label}", f"g_loss_{label}", f"d_r1_loss_{label}"),
            *(f"real_score_{label}", f"mismatched_score_{label}", f"fake_score_{label}"),
            *(f"d_gradient_norm_{label}", f"real_unconditional_score_{label}"),
        ):
            assert np.isfinite(history[name][0]), name
        terms = [v[0] for k, v in history.items() if k.startswith("d_") and f"loss_{label}" in k]
        np.testing.assert_allclose(sum(terms), 2 * history[f"d_loss_{label}"][0], rtol=1e-5)
    total = history["g_loss_16"][0] + history["g_loss_32"][0] + history["kl_loss"][0]
    np.testing.assert_allclose(history["g_loss"][0], total, rtol=1e-5)
    assert "loss" not in history
    assert model.step == 2


def test_each_optimizer_updates_its_own_network():
    model = small_v2()
    model.compile(generator_optimizer=sgd(0.0), discriminator_optimizer=sgd(0.1))
    before = [v.numpy() for v in model.generator.trainable_variables]
    judges = [v.numpy() for v in model.discriminators[1].trainable_variables]
    model.fit(dataset(), verbose=0)
    for old, new in zip(before, model.generator.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    moved = [
        np.abs(old - new.numpy()).max()
        for old, new in zip(judges, model.discriminators[1].trainable_variables, strict=True)
    ]
    assert min(moved) > 0


def test_generator_learns_against_updated_discriminators():
    """The order of the updates matters: judged by frozen discriminators the loss is another."""
    losses = []
    for rate in (0.0, 0.5):
        model = small_v2()
        model.compile(
            generator_optimizer=sgd(0.0), discriminator_optimizer=sgd(rate), run_eagerly=True
        )
        losses.append(model.fit(dataset(batches=1), verbose=0).history["g_loss"][0])
    assert abs(losses[0] - losses[1]) > 1e-2


def test_same_seed_same_run_and_another_seed_another():
    def train(seed):
        model = small_v2()
        model.compile(seed=seed, run_eagerly=True)
        model.fit(dataset(), verbose=0)
        return model

    first = train(3)
    assert_same_state(first, train(3))
    other = train(4)
    assert any((a != b).any() for a, b in zip(state(first), state(other), strict=True))


def test_noise_differs_by_step_and_purpose():
    model = small_v2()
    model.compile(run_eagerly=True)
    draws = [model.draw(name, (4, 5), n) for n in (0, 1) for name in ("noise", "real_augmentation")]
    model.batch_counter.assign(1)
    draws.append(model.draw("noise", (4, 5), 0))
    for i, a in enumerate(draws):
        for b in draws[i + 1 :]:
            assert not np.allclose(a, b)
    model.batch_counter.assign(0)
    np.testing.assert_array_equal(draws[0], model.draw("noise", (4, 5), 0))


def test_noise_in_the_batch_is_used_as_given():
    model = small_v2()
    model.compile(run_eagerly=True)
    noise = np.full((4, 5), 0.25, "float32")
    inputs = model.prepare(batch(noise=noise), 0)
    np.testing.assert_array_equal(inputs["noise"], noise)
    several = np.stack([noise, 2 * noise], axis=1)
    inputs = model.prepare(batch(noise=several), 1)
    np.testing.assert_array_equal(inputs["noise"], 2 * noise)


def test_pictures_are_scaled_and_shrunk_by_area():
    model = small_v2()
    model.compile(run_eagerly=True)
    made = batch()
    small, large = model.prepare(made, 0)["images"]
    np.testing.assert_allclose(large, made["images"] / 127.5 - 1.0, atol=1e-6)
    blocks = large.numpy().reshape(4, 16, 2, 16, 2, 3).mean((2, 4))
    np.testing.assert_allclose(small, blocks, atol=1e-6)


def test_validation_data_changes_nothing_and_logs_losses():
    plain, validated = small_v2(), small_v2()
    for model in (plain, validated):
        model.compile()
    plain.fit(dataset(), epochs=2, verbose=0)
    history = validated.fit(dataset(), epochs=2, validation_data=dataset(1), verbose=0).history
    assert_same_state(plain, validated)
    assert np.isfinite(history["val_d_loss_32"]).all()
    assert np.isfinite(history["val_g_loss"]).all()
    assert "val_g_gradient_norm" not in history
    again = validated.evaluate(dataset(1), verbose=0, return_dict=True)
    np.testing.assert_allclose(again["g_loss"], history["val_g_loss"][1], rtol=1e-6)


def test_moving_average_follows_weights_and_statistics():
    model = small_v2()
    model.compile(ema_decay=0.75, run_eagerly=True)
    before = [w.numpy() for w in model.averaged_generator.weights]
    model.fit(dataset(1), verbose=0)
    for old, live, average in zip(
        before, model.generator.weights, model.averaged_generator.weights, strict=True
    ):
        np.testing.assert_allclose(average.numpy(), 0.75 * old + 0.25 * live.numpy(), atol=1e-6)


def test_no_decay_keeps_the_average_equal_to_the_generator():
    model = small_v2()
    model.compile(ema_decay=0.0, run_eagerly=True)
    model.fit(dataset(), verbose=0)
    for live, average in zip(
        model.generator.weights, model.averaged_generator.weights, strict=True
    ):
        np.testing.assert_allclose(average.numpy(), live.numpy(), atol=1e-7)


def test_warmed_up_average_starts_fast():
    from keras_stackgan.models import ema

    assert float(ema.decay_at(tf.constant(0), 0.999, True)) == pytest.approx(0.1)
    assert float(ema.decay_at(tf.constant(10**6), 0.999, True)) == pytest.approx(0.999)
    assert ema.decay_at(tf.constant(0), 0.999, False) == 0.999


class Pairs(keras.callbacks.Callback):
    """A live weight and its average, before training and after each batch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_begin(self, logs=None):
        networks = (self.model.generator, self.model.averaged_generator)
        self.seen.append([network.trainable_weights[0].numpy() for network in networks])

    def on_train_batch_end(self, batch, logs=None):
        self.on_train_begin()


def test_warm_up_reaches_the_average():
    model, watch = small_v2(), Pairs()
    model.compile(sgd(0.5), ema_decay=0.999, ema_warmup=True, run_eagerly=True)
    model.fit(dataset(3), verbose=0, callbacks=[watch])
    for k in range(3):
        decay, before, (live, average) = (1 + k) / (10 + k), watch.seen[k][1], watch.seen[k + 1]
        np.testing.assert_allclose(average, decay * before + (1 - decay) * live, atol=1e-6)


def test_accumulated_batches_move_the_average_once():
    model, watch = small_v2(), Pairs()
    optimizer = keras.optimizers.SGD(0.5, gradient_accumulation_steps=2)
    model.compile(optimizer, ema_decay=0.75, run_eagerly=True)
    model.fit(dataset(6), verbose=0, callbacks=[watch])
    average = watch.seen[0][1]
    for k in (2, 4, 6):
        np.testing.assert_array_equal(watch.seen[k - 1][1], watch.seen[k - 2][1])
        average = 0.75 * average + 0.25 * watch.seen[k][0]
        np.testing.assert_allclose(watch.seen[k][1], average, atol=1e-6)
    assert model.step == 3


@pytest.mark.parametrize("make, decay", [(small_v1, 0.0), (small_v2, 0.999)])
def test_averages_as_published(make, decay):
    model = make()
    model.compile(run_eagerly=True)
    assert model.recipe.ema_decay == decay


def test_gradient_accumulation_equals_one_larger_batch():
    """Two half batches with one update are one whole batch, where nothing depends on the batch."""
    noise = np.random.default_rng(5).normal(size=(8, 5)).astype("float32")
    augmentation = np.random.default_rng(6).normal(size=(8, 6)).astype("float32")
    whole = batch(rows=8, noise=noise, augmentation_noise=augmentation)
    whole["mismatched_images"] = batch(rows=8, seed=9)["images"]
    models = []
    for steps in (None, 2):
        model = small_v2(discriminator_normalization=None)
        without_batch_statistics(model)
        model.compile(keras.optimizers.SGD(0.05, gradient_accumulation_steps=steps))
        rows = 8 // (steps or 1)
        model.fit(tf.data.Dataset.from_tensor_slices(whole).batch(rows), verbose=0)
        models.append(model)
    assert models[1].step == 1
    for a, b in zip(
        models[0].discriminators[1].trainable_variables,
        models[1].discriminators[1].trainable_variables,
        strict=True,
    ):
        np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-6)


def in_inference_mode(layer, inputs, training=None):
    return keras.layers.BatchNormalization.call(layer, inputs, training=False)


def without_batch_statistics(model):
    """Lets the generator's normalization use its moving statistics, which then stay fixed."""
    from keras_stackgan.layers import BatchNormalization

    for network in (model.generator, model.averaged_generator):
        for layer in network._flatten_layers():
            if isinstance(layer, BatchNormalization):
                layer.call = functools.partial(in_inference_mode, layer)


def test_several_discriminator_steps_take_slices_of_the_batch():
    model = small_v2(embedding_dim=None)
    model.compile(
        discriminator_steps=2, adversarial_loss="wasserstein", color_weight=0.0, run_eagerly=True
    )
    images = batch(rows=8)["images"]
    model.fit(tf.data.Dataset.from_tensors({"images": images}), verbose=0)
    assert int(model.discriminator_optimizers[0].iterations.numpy()) == 2
    assert int(model.generator_optimizer.iterations.numpy()) == 1
    with pytest.raises(ValueError, match="discriminator_steps=2"):
        model.fit(tf.data.Dataset.from_tensors({"images": images[:5]}), verbose=0)


def test_r1_is_taken_when_due_with_its_stages_weight():
    weights = (0.5, 2.0)
    model = small_v2(discriminator_normalization=None)
    model.compile(sgd(0.0), r1_weight=weights, r1_interval=3, run_eagerly=True)
    rng = np.random.default_rng(0)
    made = batch(
        noise=rng.normal(size=(4, 5)).astype("float32"),
        augmentation_noise=rng.normal(size=(4, 6)).astype("float32"),
    )
    data = tf.data.Dataset.from_tensors(made)
    found = [model.fit(data, verbose=0).history for _ in range(4)]
    inputs = model.prepare(made, 0)
    fakes = model.generate_fakes(inputs)
    for stage, label in enumerate(("16", "32")):

        def judge(images, stage=stage):
            return sum(model.discriminators[stage](images, fakes["mean"], training=True).values())

        due = 0.5 * 3 * weights[stage] * float(losses.r1(judge, inputs["images"][stage]))
        taken = [logs[f"d_r1_loss_{label}"][0] for logs in found]
        np.testing.assert_allclose(taken, [due, 0, 0, due], rtol=1e-3)


def test_gradient_penalty_is_logged_and_trained():
    model = small_v2(embedding_dim=None, discriminator_normalization=None)
    model.compile(adversarial_loss="wasserstein", gradient_penalty_weight=10.0, run_eagerly=True)
    history = model.fit(dataset(), verbose=0).history
    assert history["d_gradient_penalty_loss_32"][0] > 0


@pytest.mark.parametrize("loss", ["bce", "hinge", "least_squares", "wasserstein"])
def test_every_adversarial_loss_trains(loss):
    model = small_v2(image_sizes=(16,))
    model.compile(adversarial_loss=loss, run_eagerly=True)
    assert np.isfinite(model.fit(dataset(1), verbose=0).history["g_loss"]).all()


def test_matcher_guides_the_generator():
    def matcher(images, embeddings):
        return tf.reduce_mean(tf.square(images - tf.reduce_mean(embeddings)))

    model = small_v2()
    model.compile(sgd(), matcher=matcher, matching_weight=2.0, run_eagerly=True)
    inputs = model.prepare(batch(), 0)
    fakes = model.generate_fakes(inputs)
    terms = model.generator_losses(inputs, fakes)
    expected = 2.0 * matcher(fakes["images"][-1], inputs["embeddings"])
    np.testing.assert_allclose(terms["matching_loss"], expected, rtol=1e-6)


def test_every_picture_that_a_discriminator_sees_is_augmented():
    layer = DifferentiableAugmentation(("color", "translation"))
    model = small_v2(discriminator_normalization=None)
    model.compile(discriminator_augmentation=layer, run_eagerly=True)
    inputs = model.prepare(batch(mismatched_images=batch(seed=9)["images"]), 0)
    fakes = model.generate_fakes(inputs)
    plain = {k: v for k, v in inputs.items() if not k.endswith("_augmentation")}
    for key in ("images", "mismatched_images"):
        plain[key] = [layer(x, inputs["real_augmentation"]) for x in inputs[key]]
        assert np.abs(plain[key][1] - inputs[key][1]).max() > 0.1
    drawn = {**fakes, "images": [layer(x, inputs["fake_augmentation"]) for x in fakes["images"]]}
    pairs = [
        (
            model.discriminator_losses(stage, inputs, fakes)[0],
            model.discriminator_losses(stage, plain, drawn)[0],
        )
        for stage in (0, 1)
    ]
    pairs.append((model.generator_losses(inputs, fakes), model.generator_losses(plain, drawn)))
    for found, expected in pairs:
        for name, value in expected.items():
            np.testing.assert_allclose(found[name], value, rtol=1e-5, err_msg=name)
    assert "real_augmentation" not in model.prepare(batch(), 0, training=False)
    assert np.isfinite(model.fit(dataset(), verbose=0).history["g_loss"]).all()


# === Bad input ===


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"embeddings": None}, "no 'embeddings'"),
        ({"images": None}, "no 'images'"),
        ({"images": np.zeros((4, 24, 24, 3), "uint8")}, r"\(batch, 32, 32, 3\).*24, 24"),
        ({"images": np.zeros((4, 32, 32, 1), "uint8")}, r"32, 32, 1"),
        ({"images": np.zeros((0, 32, 32, 3), "uint8")}, "empty batch"),
        ({"embeddings": np.zeros((4, 9), "float32")}, r"embedding_dim=8.*\(4, 9\)"),
    ],
)
def test_bad_batches_are_named(change, message):
    made = {k: v for k, v in {**batch(), **change}.items() if v is not None}
    if len(made.get("images", [1])) == 0:
        made["embeddings"] = made["embeddings"][:0]
    model = small_v2()
    model.compile(run_eagerly=True)
    with pytest.raises(ValueError, match=message):
        model.train_on_batch(made)


def test_batch_that_is_no_dict_is_refused():
    model = small_v2()
    model.compile(run_eagerly=True)
    with pytest.raises(ValueError, match="must be a dict"):
        model.fit(np.zeros((4, 32, 32, 3), "uint8"), verbose=0)


@pytest.mark.parametrize("bad", [np.nan, 255.0])
def test_float_pictures_must_be_finite_and_in_range(bad):
    made = batch()
    made["images"] = made["images"].astype("float32") / 127.5 - 1.0
    made["images"][1, 2, 3, 0] = bad
    model = small_v2()
    model.compile()
    before = state(model)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be finite and lie in"):
        model.train_on_batch(made)
    for old, new in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_text_mismatches_need_two_rows():
    model = small_v2()
    model.compile(mismatched="text", run_eagerly=True)
    with pytest.raises(ValueError, match="more than num_mismatched=1"):
        model.train_on_batch(batch(rows=1))


def test_picture_mismatches_need_pictures():
    model = small_v2()
    model.compile(mismatched="images", run_eagerly=True)
    with pytest.raises(ValueError, match="mismatched_images"):
        model.train_on_batch(batch())


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"adversarial_loss": "bse"}, "adversarial_loss"),
        ({"mismatched": "both"}, "mismatched"),
        ({"ema_decay": 1.0}, "ema_decay"),
        ({"kl_weight": -1.0}, "kl_weight"),
        ({"r1_weight": (1.0, 1.0, 1.0)}, "r1_weight"),
        ({"matching_weight": 1.0}, "matcher"),
        ({"jit_compile": "yes"}, "jit_compile"),
        ({"frozen_stages": 2}, "frozen_stages"),
        ({"generator_optimizer": "adamm"}, "generator_optimizer"),
        ({"discriminator_steps": 0}, "discriminator_steps"),
    ],
)
def test_bad_settings_are_named(setting, message):
    model = small_v2()
    with pytest.raises(ValueError, match=message):
        model.compile(**setting)
        model.train_on_batch(batch())


# === Saving ===


@pytest.mark.parametrize("make", [small_v2, small_v1])
def test_keras_file_loses_nothing(make, tmp_path):
    model = make()
    model.compile(ema_decay=0.9, seed=5)
    model.fit(dataset(), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_same_state(model, loaded)
    assert loaded.recipe == model.recipe
    for each in (model, loaded):
        each.fit(dataset(), verbose=0)
    assert_same_state(model, loaded)


def test_weights_file_holds_the_optimizers(tmp_path):
    model = small_v2()
    model.compile(run_eagerly=True)
    model.fit(dataset(), verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")
    keras.utils.set_random_seed(7)
    fresh = type(model).from_config(model.get_config())
    fresh.compile(run_eagerly=True)
    fresh.load_weights(tmp_path / "model.weights.h5")
    assert_same_state(model, fresh)


# === Compiling again, freezing, reuse ===


def test_second_compile_starts_with_fresh_optimizers():
    model = small_v2()
    model.compile(run_eagerly=True)
    model.fit(dataset(), verbose=0)
    old = model.generator_optimizer
    model.compile(run_eagerly=True)
    assert model.generator_optimizer is not old
    assert int(model.generator_optimizer.iterations.numpy()) == 0
    assert len(model.metrics) == len({m.name for m in model.metrics})
    model.fit(dataset(), verbose=0)


def test_one_optimizer_instance_serves_two_models():
    optimizer = keras.optimizers.Adam(1e-3)
    for _ in range(2):
        model = small_v2()
        model.compile(optimizer, run_eagerly=True)
        model.fit(dataset(1), verbose=0)
        assert int(model.generator_optimizer.iterations.numpy()) == 1
    assert not optimizer.built


def test_frozen_stages_keep_their_weights_and_train_no_discriminator():
    model = small_v2()
    model.compile(frozen_stages=1, run_eagerly=True)
    assert model.stage_labels == ["32"]
    assert len(model.discriminator_optimizers) == 1
    first = model.generator.stages[0].trainable_variables
    frozen = [*first, *model.generator.conditioning.trainable_variables]
    frozen += model.discriminators[0].trainable_variables
    before = [v.numpy() for v in frozen]
    last = model.generator.image_heads[1].trainable_variables[0].numpy()
    history = model.fit(dataset(), verbose=0).history
    assert "d_loss_16" not in history
    for old, new in zip(before, frozen, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    assert np.abs(model.generator.image_heads[1].trainable_variables[0].numpy() - last).max() > 0


def test_grown_model_starts_from_the_smaller_one():
    small = small_v2(image_sizes=(16,))
    small.compile(run_eagerly=True)
    small.fit(dataset(), verbose=0)
    small.adapt_embeddings(np.random.default_rng(0).normal(size=(20, 8)))
    grown = small.grow((16, 32))
    embeddings = np.ones((1, 8))
    np.testing.assert_array_equal(
        small.generate(embeddings=embeddings), grown.generate(embeddings=embeddings, stages=1)
    )
    grown.compile(run_eagerly=True)
    assert np.isfinite(grown.fit(dataset(), verbose=0).history["g_loss"]).all()
    with pytest.raises(ValueError, match="must begin with"):
        small.grow((32, 64))


def test_generator_can_be_reused_in_a_functional_model():
    model = small_v2()
    model.compile(run_eagerly=True)
    model.fit(dataset(), verbose=0)
    inputs = {
        "noise": keras.Input((5,), name="noise"),
        "embeddings": keras.Input((8,), name="embeddings"),
        "augmentation_noise": keras.Input((6,), name="augmentation_noise"),
    }
    outputs = model.averaged_generator(inputs)["images"][-1]
    wrapped = keras.Model(inputs, keras.layers.Flatten()(outputs))
    made = {"noise": np.ones((2, 5)), "embeddings": np.ones((2, 8))}
    made["augmentation_noise"] = np.zeros((2, 6))
    expected = model.averaged_generator(made)["images"][-1]
    np.testing.assert_allclose(wrapped(made), np.reshape(expected, (2, -1)), atol=1e-6)
    model.fit(dataset(), verbose=0)


def test_adapted_embeddings_are_standardized_in_training_and_generating():
    model = small_v2()
    model.compile(run_eagerly=True)
    embeddings = np.random.default_rng(0).normal(3.0, 0.1, size=(50, 8)).astype("float32")
    model.adapt_embeddings(embeddings)
    seen = model.prepare(batch(rows=50, embeddings=embeddings), 0)["embeddings"]
    np.testing.assert_allclose(np.mean(seen, 0), 0.0, atol=1e-4)
    np.testing.assert_allclose(np.std(seen, 0), 1.0, atol=1e-3)
    with pytest.raises(ValueError, match=r"shape \(n, 8\)"):
        model.adapt_embeddings(np.zeros((5, 3)))
