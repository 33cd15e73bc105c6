"""StackGAN-v1's settings beyond its paper: no batch norm, louder words, twins, unit scale."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from small_models import batch, small_v1

from keras_stackgan.layers import BatchNormalization

FORMS = ("paper", "pytorch")
WITHOUT_NORMS = {
    "generator_normalization": "bias",
    "discriminator_normalization": None,
    "kernel_initializer": "orthogonal",
}


@pytest.fixture(autouse=True)
def no_tracing():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def norms(network):
    layers = network._flatten_layers(include_self=False)
    return [layer for layer in layers if isinstance(layer, BatchNormalization)]


def train(model, **settings):
    model.compile(
        keras.optimizers.Adam(1e-3),
        mismatched="text",
        run_eagerly=True,
        jit_compile=False,
        **settings,
    )
    return model.train_on_batch(batch(), return_dict=True)


@pytest.mark.parametrize("form", FORMS)
def test_without_batch_norm_both_stages_train_and_pictures_stand_alone(form):
    model = small_v1(
        form=form, discriminator_projection_dim=3, discriminator_max_filters=16, **WITHOUT_NORMS
    )
    assert not any(norms(n) for n in (model.generator, *model.discriminators))
    for stage in (1, 2):
        logs = train(model, stage=stage, r1_weight=1.0, r1_interval=1)
        assert all(np.isfinite(value) for value in logs.values())
    inputs = model.prepare({k: tf.constant(v) for k, v in batch().items()}, 0)
    together = model.generate_fakes(inputs)["images"][0]
    alone = {k: v[:1] for k, v in inputs.items() if k != "images"}
    np.testing.assert_allclose(model.generate_fakes(alone)["images"][0], together[:1], atol=1e-5)
    assert model.generate(embeddings=np.ones((1, 8))).shape == (1, 32, 32, 3)


@pytest.mark.parametrize("form", FORMS)
def test_every_weight_of_discriminators_without_batch_norm_trains(form):
    model = small_v1(form=form, discriminator_projection_dim=3, **WITHOUT_NORMS)
    for stage, discriminator in enumerate(model.discriminators, start=1):
        before = [w.numpy() for w in discriminator.trainable_weights]
        train(model, stage=stage)
        for weight, old in zip(discriminator.trainable_weights, before, strict=True):
            assert np.abs(weight.numpy() - old).max() > 0, weight.path


def test_width_of_discriminators_is_capped():
    def widths(limit):
        model = small_v1(image_size=128, discriminator_max_filters=limit)
        kernels = [w for w in model.discriminators[1].trainable_weights if w.name == "kernel"]
        return max(w.shape[-1] for w in kernels), [x.name for x in model.discriminators[1].trunk]

    assert widths(None) == (
        64,
        [*(f"downsample_{s}" for s in (64, 32, 16, 8, 4)), "narrow_8", "bottleneck"],
    )
    assert widths(16)[1] == [*(f"downsample_{s}" for s in (64, 32, 16, 8, 4)), "bottleneck"]
    # The layer in front of the bottleneck block is linear, as in the release.
    capped = small_v1(image_size=128, discriminator_max_filters=16).discriminators[1]
    assert max(layer.filters for layer in capped.trunk) == 16
    assert capped.trunk[-2].activation is None and capped.trunk[-3].activation == "leaky_relu"


def test_initializers_of_discriminators():
    def gains(**changes):
        model = small_v1(**changes)
        return [
            initializer if isinstance(initializer, str) else getattr(initializer, "gain", None)
            for initializer in (
                model.generator.stage1.kernel_initializer,
                model.discriminators[0].kernel_initializer,
            )
        ]

    given = keras.initializers.Orthogonal(gain=1.5)
    assert gains(kernel_initializer=given) == [1.5, 1.5]
    assert gains(kernel_initializer=given, discriminator_normalization=None) == [
        1.5,
        pytest.approx(1.387, abs=1e-3),
    ]
    other = keras.initializers.Orthogonal(gain=0.5)
    assert gains(kernel_initializer=given, discriminator_kernel_initializer=other) == [1.5, 0.5]
    assert gains() == [None, None]


@pytest.mark.parametrize("form", FORMS)
def test_words_are_louder_and_noise_is_quieter_in_both_stages(form):
    embeddings = np.random.default_rng(0).normal(size=(3, 8)).astype("float32")
    plain = small_v1(form=form)
    loud = small_v1(form=form, augmentation_mean_scale=2.0, augmentation_log_variance_bias=-3.0)
    loud.set_weights(plain.get_weights())
    for stage in ("stage1", "stage2"):
        _, mean, log_variance = getattr(plain.generator, stage).conditioning(embeddings)
        _, louder, quieter = getattr(loud.generator, stage).conditioning(embeddings)
        np.testing.assert_allclose(louder, 2.0 * mean, rtol=1e-6)
        # In the paper's form too, where the layer itself predicts log sigma.
        np.testing.assert_allclose(quieter, log_variance - 3.0, rtol=1e-6)


# === Twins ===


@pytest.mark.parametrize("stage", [1, 2])
@pytest.mark.parametrize("form", FORMS)
def test_diversity_counts_in_both_stages_and_leaves_the_pictures(stage, form):
    model = small_v1(form=form, **WITHOUT_NORMS)
    logs = train(model, stage=stage, diversity_weight=3.0)
    assert -3.0 * 0.15 <= logs["diversity_loss"] < 0
    inputs = model.prepare({k: tf.constant(v) for k, v in batch().items()}, 0)
    with_twins = model.generate_fakes(inputs)
    model.diversity_weight = 0.0
    plain = model.generate_fakes(inputs)
    assert "twins" not in plain
    for name in ("mean", "log_variance"):
        np.testing.assert_allclose(with_twins[name], plain[name], atol=1e-6)
    (image,), (twin,) = with_twins["images"], with_twins["twins"]
    np.testing.assert_allclose(image, plain["images"][0], atol=1e-6)
    assert twin.shape == (1, *image.shape[1:]) and np.abs(twin - image[:1]).max() > 1e-4


def test_keras_file_keeps_the_weight_of_diversity(tmp_path):
    model = small_v1(num_residual_blocks=0, **WITHOUT_NORMS)
    train(model, stage=2, diversity_weight=3.0, diversity_bound=0.2)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert (loaded.stage, loaded.diversity_weight, loaded.diversity_bound) == (2, 3.0, 0.2)


def test_settings_are_as_before_where_compile_fails():
    model = small_v1()
    with pytest.raises(ValueError, match="diversity_weight=-1.0"):
        model.compile(stage=2, diversity_weight=-1.0)
    with pytest.raises(ValueError, match="color_weight"):
        model.compile(stage=2, diversity_weight=1.0, color_weight=1.0)
    assert (model.stage, model.diversity_weight) == (1, 0.0)


# === Unit scale of Stage-II ===


def second_pictures(model, network=None):
    inputs = {
        "noise": keras.random.normal((16, 5), seed=3),
        "embeddings": keras.random.normal((16, 8), seed=4),
    }
    return (network or model.generator)(inputs)["images"]


@pytest.mark.parametrize("changes", [{}, {"text_at_stage2": False}, {"form": "pytorch"}])
def test_fresh_second_stage_is_brought_to_unit_scale(changes):
    settings = {**WITHOUT_NORMS, "kernel_initializer": keras.initializers.Orthogonal(gain=4.0)}
    model = small_v1(**{**settings, "generator_filters": 8, **changes})
    rough, fine = second_pictures(model)
    assert float(ops.mean(ops.abs(fine) > 0.99)) > 0.5
    model.scale_stage2()
    same, fine = second_pictures(model)
    np.testing.assert_array_equal(same, rough)
    assert 0.2 < float(ops.std(fine)) < 0.75
    assert float(ops.mean(ops.abs(fine) > 0.99)) < 0.02
    averaged = second_pictures(model, model.averaged_generator)[1]
    np.testing.assert_allclose(averaged, fine, atol=1e-6)


def test_a_second_stage_that_has_trained_or_has_batch_norm_is_left_alone():
    for changes in (WITHOUT_NORMS, {}):
        model = small_v1(**changes)
        if changes:
            train(model, stage=2)
        before = [w.numpy() for w in model.generator.weights]
        model.scale_stage2()
        for weight, old in zip(model.generator.weights, before, strict=True):
            np.testing.assert_array_equal(weight, old)


def test_one_stage_has_none_to_scale():
    with pytest.raises(ValueError, match=r"two stages.*\(16,\) pixels"):
        small_v1(image_size=16).scale_stage2()


# === Arguments ===


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("generator_normalization", None),
        ("discriminator_normalization", "bias"),
        ("discriminator_projection_dim", 0),
        ("discriminator_max_filters", 1.5),
        ("augmentation_mean_scale", 0.0),
    ],
)
def test_wrong_options_are_named(argument, value):
    name = argument.removeprefix("augmentation_")
    with pytest.raises(ValueError, match=f"`{name}` must be.*{name}={value!r}"):
        small_v1(**{argument: value})


def test_options_are_in_the_config():
    changes = {
        "generator_normalization": "bias",
        "discriminator_normalization": None,
        "discriminator_projection_dim": 3,
        "discriminator_max_filters": 16,
        "augmentation_mean_scale": 2.0,
        "augmentation_log_variance_bias": -3.0,
        "discriminator_kernel_initializer": "orthogonal",
    }
    model = small_v1(**changes)
    config = model.get_config()
    assert {name: config[name] for name in changes} == changes
    again = type(model).from_config(config)
    assert again.get_config() == config
    for ours, theirs in zip(
        [again.generator.stage2, *again.discriminators],
        [model.generator.stage2, *model.discriminators],
        strict=True,
    ):
        assert type(ours).from_config(ours.get_config()).get_config() == theirs.get_config()
        assert [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]
