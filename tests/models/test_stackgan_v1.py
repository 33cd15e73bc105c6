"""StackGAN-v1: published sizes of both forms, training by stages, the papers' ablations."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_models import assert_same_state, batch, dataset, small_v1

from keras_stackgan import StackGANv1
from keras_stackgan.layers import ConvBlock
from keras_stackgan.models.stackgan_v1 import (
    StackGANv1Discriminator,
    StackGANv1Stage1Generator,
    StackGANv1Stage2Generator,
)

FORMS = ("paper", "pytorch")


@pytest.fixture(autouse=True)
def no_tracing():
    """Tracing takes longer than these models do."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def step(model, size=32, rows=4, **settings):
    model.compile(run_eagerly=True, **settings)
    logs = model.train_on_batch(batch(size=size, rows=rows), return_dict=True)
    assert all(np.isfinite(value) for value in logs.values()), logs
    return logs


def values(weights):
    return [w.numpy() for w in weights]


def changed(weights, before):
    """Names of the weights that are not what they were."""
    pairs = zip(weights, before, strict=True)
    return {w.path for w, old in pairs if np.abs(w.numpy() - old).max() > 0}


def paths(weights):
    return {w.path for w in weights}


def moving(network):
    """The weights that a step must move; a bias in front of batch norm has no gradient."""
    return [w for w in network.trainable_weights if not w.path.endswith("stage1/dense/bias")]


# === Published sizes (zeros instead of random weights: only shapes matter) ===


def weight_counts(*networks):
    return tuple(
        sum(int(np.prod(w.shape)) for network in networks for w in getattr(network, kind))
        for kind in ("trainable_weights", "non_trainable_weights")
    )


def test_paper_form_has_the_published_sizes():
    zeros = {"kernel_initializer": "zeros"}
    assert weight_counts(StackGANv1Stage1Generator(**zeros))[0] == 14_264_192
    assert weight_counts(StackGANv1Stage2Generator(**zeros))[0] == 26_290_080
    assert weight_counts(StackGANv1Discriminator(64, **zeros))[0] == 4_029_824
    assert weight_counts(StackGANv1Discriminator(256, **zeros))[0] == 48_603_520


@pytest.mark.parametrize(
    ("generator_filters", "discriminator_filters", "blocks", "expected"),
    [
        (
            *(128, 64, 4),
            {
                "stage1": (10_301_248, 34_688),
                "stage2": (26_290_080, 46_400 - 34_688),
                "both": (36_591_328, 46_400),
                64: (5_715_713, 2_816),
                256: (71_269_122, 12_032),
            },
        ),
        (
            *(192, 96, 2),  # the COCO release
            {
                "stage1": (20_020_832, 52_032),
                "stage2": (37_130_480, 63_456 - 52_032),
                "both": (57_151_312, 63_456),
                64: (12_407_425, 4_224),
                256: (159_889_538, 18_048),
            },
        ),
    ],
)
def test_pytorch_form_has_the_published_sizes(
    generator_filters, discriminator_filters, blocks, expected
):
    keywords = {"form": "pytorch", "kernel_initializer": "zeros", "dtype": "bfloat16"}
    stage1 = StackGANv1Stage1Generator(filters=generator_filters, **keywords)
    stage2 = StackGANv1Stage2Generator(
        filters=generator_filters, num_residual_blocks=blocks, **keywords
    )
    assert weight_counts(stage1) == expected["stage1"]
    assert weight_counts(stage2) == expected["stage2"]
    assert weight_counts(stage1, stage2) == expected["both"]
    for size in (64, 256):
        discriminator = StackGANv1Discriminator(
            size,
            discriminator_filters,
            condition_dim=128,
            unconditional=size == 256,
            **keywords,
        )
        assert weight_counts(discriminator) == expected[size]


# === Training by stages ===


@pytest.mark.parametrize("form", FORMS)
def test_stages_train_one_after_the_other(form):
    model = small_v1(form=form)
    stage1, stage2 = model.generator.stage1, model.generator.stage2
    first, second = model.discriminators
    assert not first.unconditional and second.unconditional is (form == "pytorch")
    others = [*stage2.weights, *second.weights]
    before, before_others = values(moving(stage1)), values(others)
    logs = step(model, stage=1)
    assert {"d_loss_16", "g_loss_16", "kl_loss"} <= set(logs) and "d_loss_32" not in logs
    assert changed(moving(stage1), before) == paths(moving(stage1))
    assert not changed(others, before_others)

    frozen = [*stage1.trainable_weights, *first.weights]
    before_frozen, statistics = values(frozen), values(stage1.non_trainable_weights)
    before = values(stage2.trainable_weights)
    logs = step(model, stage=2)
    assert {"d_loss_32", "g_loss_32", "kl_loss"} <= set(logs) and "d_loss_16" not in logs
    assert not changed(frozen, before_frozen)
    # Stage-I goes on to use batch statistics, as in the releases.
    moved = changed(stage1.non_trainable_weights, statistics)
    assert moved == paths(stage1.non_trainable_weights)
    assert changed(stage2.trainable_weights, before) == paths(stage2.trainable_weights)
    rough, fine = model.generate(embeddings=np.ones((1, 8)), num_images=2, stages="all")
    assert rough.shape == (2, 16, 16, 3) and fine.shape == (2, 32, 32, 3)


@pytest.mark.parametrize("form", FORMS)
def test_fine_tuning_trains_the_first_stage_on_the_second_ones_loss(form):
    model = small_v1(form=form)
    stage1 = model.generator.stage1
    before, judge = values(moving(stage1)), values(model.discriminators[0].weights)
    step(model, stage=2, fine_tune_stage1=True)
    assert changed(moving(stage1), before) == paths(moving(stage1))
    assert not changed(model.discriminators[0].weights, judge)


@pytest.mark.parametrize(("form", "expected"), [("paper", 2), ("pytorch", 1)])
def test_fresh_noise_only_in_the_papers_form(form, expected):
    model = small_v1(form=form)
    noises, generate_fakes = [], model.generate_fakes

    def recorder(inputs, training=True):
        noises.append((inputs["noise"].numpy(), inputs["augmentation_noise"].numpy()))
        return generate_fakes(inputs, training)

    model.generate_fakes = recorder
    step(model, size=16)
    assert len(noises) == expected
    if form == "paper":
        for first, second in zip(*noises, strict=True):
            assert np.abs(first - second).max() > 0.1


def test_augmentation_noise_is_truncated_in_the_papers_form_only():
    largest = {}
    for form in FORMS:
        model = small_v1(form=form, conditioning_dim=200)
        model.compile(stage=2, run_eagerly=True)
        inputs = model.prepare(batch(), 0)
        names = ("augmentation_noise", "stage2_augmentation_noise")
        largest[form] = [float(np.abs(inputs[name]).max()) for name in names]
        assert not np.allclose(inputs[names[0]], inputs[names[1]])
    assert max(largest["paper"]) <= 2.0
    assert min(largest["pytorch"]) > 2.0


@pytest.mark.parametrize("form", FORMS)
def test_mismatched_pairs_are_the_next_rows_text(form):
    """The PyTorch release leaves the last picture out; ours of the paper's form goes round."""
    model = small_v1(form=form)
    model.compile(mismatched="text", run_eagerly=True)
    inputs = model.prepare(batch(), 0)
    fakes = model.generate_fakes(inputs)
    condition = np.asarray(inputs["embeddings"] if form == "paper" else fakes["mean"])
    rows = condition[1:] if form == "pytorch" else np.roll(condition, -1, axis=0)
    (found,) = model.mismatches(0, inputs, fakes)["mismatched_conditions"]
    np.testing.assert_array_equal(found, rows)

    terms, _ = model.discriminator_losses(0, inputs, fakes)
    discriminator = model.discriminators[0]
    features = discriminator.features(inputs["images"][0], training=True)
    logits = discriminator.head(features[: len(rows)], rows, training=True)["conditional"]
    expected = 0.5 * np.mean(np.logaddexp(0.0, logits))
    np.testing.assert_allclose(terms["mismatched"], expected, rtol=1e-5)


def test_the_release_looks_for_no_other_texts(monkeypatch):
    model = small_v1(form="pytorch")
    model.compile(mismatched="text", num_mismatched=2, run_eagerly=True)
    inputs = model.prepare(batch(), 0)
    monkeypatch.setattr(StackGANv1, "other_conditions", lambda *args: pytest.fail("looked"))
    fakes = model.generate_fakes(inputs)
    found = model.mismatches(0, inputs, fakes)["mismatched_conditions"]
    assert [len(rows) for rows in found] == [3, 2]


def test_larger_pictures_are_shrunk_for_the_first_stage():
    model = small_v1()
    model.compile(stage=1, run_eagerly=True)
    made = batch(size=32)
    (images,) = model.prepare(made, 0)["images"]
    expected = (made["images"] / 127.5 - 1.0).reshape(4, 16, 2, 16, 2, 3).mean((2, 4))
    np.testing.assert_allclose(images, expected, atol=1e-6)
    step(model, size=16, stage=1)
    with pytest.raises(ValueError, match=r"\(batch, 32, 32, 3\).*\(4, 16, 16, 3\)"):
        step(model, size=16, stage=2)


# === The papers' ablations ===


@pytest.mark.parametrize("form", FORMS)
def test_text_once(form):
    model = small_v1(form=form, text_at_stage2=False)
    stage2 = model.generator.stage2
    assert stage2.conditioning is None and type(stage2.joint) is ConvBlock
    assert "kl_loss" not in step(model, stage=2)
    inputs = model.prepare(batch(), 0)
    assert "stage2_augmentation_noise" not in inputs
    # The PyTorch form's discriminator then reads Stage-I's mean.
    mean = model.generator.stage1(inputs, training=True)["mean"]
    expected = inputs["embeddings"] if form == "paper" else mean
    condition = model.condition(inputs, model.generate_fakes(inputs))
    np.testing.assert_allclose(condition, expected, rtol=1e-6)
    assert model.generate(embeddings=np.ones((1, 8))).shape == (1, 32, 32, 3)


def test_second_stage_without_augmentation():
    model = small_v1(stage2_conditioning_augmentation=False)
    assert model.generator.stage1.conditioning.stochastic
    assert not model.generator.stage2.conditioning.stochastic
    assert "kl_loss" in step(model, size=16, stage=1)
    assert "kl_loss" not in step(model, stage=2)


def test_no_augmentation_at_all():
    model = small_v1(conditioning_augmentation=False)
    assert not model.generator.stage1.conditioning.stochastic
    assert "kl_loss" not in step(model, stage=2)
    embeddings = np.ones((1, 8))
    np.testing.assert_array_equal(
        model.generate(embeddings=embeddings),
        model.generate(embeddings=embeddings, augmentation=False),
    )


@pytest.mark.parametrize("form", FORMS)
def test_first_stage_alone_at_the_full_size(form):
    model = small_v1(form=form, stage1_size=32, image_size=32)
    assert model.generator.stage2 is None and len(model.discriminators) == 1
    assert "g_loss_32" in step(model)
    (pictures,) = model.generate(embeddings=np.ones((1, 8)), stages="all")
    assert pictures.shape == (1, 32, 32, 3)
    with pytest.raises(ValueError, match=r"`stage` must be one of \[1\].*stage=2"):
        model.compile(stage=2)


# === Settings ===


def test_keras_file_keeps_stage_and_fine_tuning(tmp_path):
    model = small_v1(num_residual_blocks=0)
    step(model, stage=2, fine_tune_stage1=True, kl_weight=3.0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.stage == 2 and loaded.fine_tune_stage1
    assert loaded.recipe == model.recipe
    assert len(loaded.generator_variables) == len(model.generator_variables)
    assert_same_state(model, loaded)


@pytest.mark.parametrize(
    ("form", "settings", "message"),
    [
        ("paper", {"stage": 3}, r"`stage` must be one of \[1, 2\].*\(16, 32\).*stage=3"),
        ("paper", {"stage": 0}, r"`stage` must be one of \[1, 2\].*stage=0"),
        ("paper", {"stage": "2"}, r"`stage` must be one of \[1, 2\].*stage='2'"),
        ("paper", {"color_weight": 1.0}, "`color_weight` ties StackGAN-v2's.*color_weight=1.0"),
        ("paper", {"stage": 2, "unconditional_weight": 0.5}, "`unconditional_weight` needs.*=0.5"),
        ("pytorch", {"unconditional_weight": 0.5}, "`unconditional_weight` needs.*=0.5"),
        ("paper", {"fine_tune_stage1": True}, "`fine_tune_stage1` belongs to `stage=2`.*stage=1"),
    ],
)
def test_bad_settings_are_named(form, settings, message):
    with pytest.raises(ValueError, match=message):
        small_v1(form=form).compile(**settings)


def test_unconditional_weight_scales_the_second_stage_of_the_pytorch_form():
    logs = {}
    for weight in (1.0, 0.5):
        model = small_v1(form="pytorch")
        logs[weight] = step(model, stage=2, unconditional_weight=weight)
    name = "d_real_unconditional_loss_32"
    np.testing.assert_allclose(logs[0.5][name], 0.5 * logs[1.0][name], rtol=1e-5)


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("form", "tf", "`form` must be one of 'paper', 'pytorch'.*='tf'"),
        ("stage1_size", 8, "`stage1_size` must be a power of two of at least 16.*=8"),
        ("image_size", 48, "`image_size` must be a power of two of at least 16.*=48"),
        ("stage1_size", 64, "must be larger than `stage1_size`.*image_size=32, stage1_size=64"),
        ("generator_filters", 0, "`generator_filters` must be a whole number of at least 1.*=0"),
        ("discriminator_filters", -1, "`discriminator_filters` must be a whole number .*=-1"),
        ("embedding_dim", None, "`embedding_dim` must be a whole number of at least 1.*=None"),
        ("conditioning_dim", 0, "`conditioning_dim` must be a whole number of at least 1.*=0"),
        ("latent_dim", 1.5, "`latent_dim` must be a whole number of at least 1.*=1.5"),
        ("num_residual_blocks", -1, "`num_residual_blocks` must be a whole number .* 0.*=-1"),
    ],
)
def test_bad_arguments_are_named(argument, value, message):
    with pytest.raises(ValueError, match=message):
        small_v1(**{argument: value})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {
            "form": "pytorch",
            "image_size": 16,
            "conditioning_augmentation": False,
            "kernel_initializer": "he_normal",
        },
        {
            "stage2_conditioning_augmentation": False,
            "text_at_stage2": False,
            "num_residual_blocks": 0,
            "synchronized_batch_norm": True,
            "dtype": "mixed_bfloat16",
        },
    ],
)
def test_config_round_trip(changes):
    model = small_v1(**changes)
    config = model.get_config()
    for name, value in changes.items():
        if name != "dtype":
            assert config[name] == value
    again = type(model).from_config(config)
    assert again.get_config() == config
    assert [(w.path, w.shape) for w in again.weights] == [(w.path, w.shape) for w in model.weights]


def test_summary_prints_every_network():
    model = small_v1()
    lines = []
    model.summary(print_fn=lambda line, **kwargs: lines.append(line), line_length=120)
    text = "\n".join(lines)
    for network in (model.generator, *model.discriminators):
        assert f'Model: "{network.name}"' in text
        assert f"Total params: {network.count_params():,}" in text
    assert "stage1" in text and "stage2" in text and "unbuilt" not in text


def test_stage2_warms_its_average_up_and_goes_on_with_it(tmp_path):
    settings = {"stage": 2, "ema_decay": 0.9999, "ema_warmup": True, "run_eagerly": True}
    model, resumed = small_v1(), small_v1()
    model.batch_counter.assign(60000)
    for step in range(2):
        if step == 0:
            model.compile(**settings)
        else:
            model.save_weights(tmp_path / "begun.weights.h5")
        before = model.averaged_generator.stage2.trainable_weights[0].numpy()
        model.fit(dataset(1), verbose=0)
        networks = (model.averaged_generator, model.generator)
        average, live = (network.stage2.trainable_weights[0].numpy() for network in networks)
        decay = (1 + step) / (10 + step)
        np.testing.assert_allclose(average, decay * before + (1 - decay) * live, atol=1e-7)
    resumed.compile(**settings)
    resumed.load_weights(tmp_path / "begun.weights.h5")
    resumed.fit(dataset(1), verbose=0)
    assert_same_state(model, resumed)
