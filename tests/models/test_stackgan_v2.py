"""StackGAN-v2: published sizes, every switch of the constructor, what each changes in a step."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_models import batch, small_v2

from keras_stackgan import losses
from keras_stackgan.layers import BatchNormalization, ConvBlock, UpsampleBlock
from keras_stackgan.models.stackgan_v2 import StackGANv2Discriminator, StackGANv2Generator

KINDS = {
    "text": {},
    "label": {"embedding_dim": None, "num_classes": 3},
    "unconditional": {"embedding_dim": None},
}


@pytest.fixture(autouse=True)
def no_tracing():
    """Tracing takes longer than these models do."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def still():
    """An optimizer that changes nothing, so that terms can be computed again."""
    return keras.optimizers.SGD(0.0)


def batch_of(model, rows=4, **more):
    made = batch(size=model.image_sizes[-1], rows=rows, **more)
    if model.embedding_dim is None:
        del made["embeddings"]
    if model.num_classes is not None:
        made["labels"] = np.arange(rows, dtype="int32") % model.num_classes
    return made


def one_step(model, *optimizers, rows=4, **settings):
    model.compile(*optimizers, run_eagerly=True, **settings)
    logs = model.train_on_batch(batch_of(model, rows), return_dict=True)
    assert all(np.isfinite(value) for value in logs.values()), logs
    return logs


def generate(model, **kwargs):
    if model.embedding_dim is not None:
        kwargs["embeddings"] = np.ones((1, model.embedding_dim))
    elif model.num_classes is not None:
        kwargs["labels"] = [model.num_classes - 1]
    return model.generate(**kwargs)


def weight_counts(network):
    return tuple(
        sum(int(np.prod(w.shape)) for w in weights)
        for weights in (network.trainable_weights, network.non_trainable_weights)
    )


# === Published sizes (zeros instead of random weights: only shapes matter) ===


def test_discriminators_channels_can_be_limited():
    model = small_v2(image_sizes=(16, 32, 64, 128), generator_filters=16, discriminator_filters=2,
                     discriminator_max_filters=16)  # fmt: skip
    trunk = model.discriminators[-1].trunk
    assert [layer.filters for layer in trunk] == [2, 4, 8, 16, 16]
    assert type(model).from_config(model.get_config()).discriminator_max_filters == 16
    unlimited = small_v2(image_sizes=(128,), discriminator_filters=2).discriminators[0].trunk
    assert [layer.filters for layer in unlimited] == [2, 4, 8, 16, 32, 16]


@pytest.mark.parametrize(
    ("sizes", "embedding_dim", "expected"),
    [
        ((64, 128, 256), 1024, (21_239_696, 71_104)),
        ((64, 128, 256, 512), 1024, (21_290_792, 71_296)),
        ((64, 128, 256), None, (16_472_208, 71_104)),
        ((64, 128, 256, 512), None, (16_515_240, 71_296)),
    ],
)
def test_generator_has_the_published_size(sizes, embedding_dim, expected):
    generator = StackGANv2Generator(sizes, embedding_dim=embedding_dim, kernel_initializer="zeros")
    assert weight_counts(generator) == expected


def test_parts_of_the_generator_have_the_published_sizes():
    generator = StackGANv2Generator(kernel_initializer="zeros")
    parts = [generator.conditioning, *generator.stages, *generator.image_heads]
    counts = [weight_counts(part)[0] for part in parts]
    assert counts == [524_800, 20_074_240, 480_384, 157_248, 1_728, 864, 432]


@pytest.mark.parametrize(
    ("size", "with_text", "without"),
    [
        (64, (5_723_906, 2_816), (2_765_569, 1_792)),
        (128, (18_834_178, 5_888), (15_875_841, 4_864)),
        (256, (71_269_122, 12_032), (68_310_785, 11_008)),
        (512, (280_996_610, 24_320), (278_038_273, 23_296)),
        pytest.param(
            *(1024, (1_119_881_986, 48_896), (1_116_923_649, 47_872)), marks=pytest.mark.slow
        ),
    ],
)
def test_discriminators_have_the_published_sizes(size, with_text, without):
    keywords = {"kernel_initializer": "zeros", "dtype": "bfloat16"}
    discriminator = StackGANv2Discriminator(size, condition_dim=128, **keywords)
    assert weight_counts(discriminator) == with_text
    del discriminator
    discriminator = StackGANv2Discriminator(size, conditional=False, **keywords)
    assert weight_counts(discriminator) == without


# === Kinds of condition, numbers of stages ===


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_trains_every_weight_and_generates(kind):
    model = small_v2(**KINDS[kind])
    assert model.conditional is (kind != "unconditional")
    trained = [model.generator, *model.discriminators]
    before = [[w.numpy() for w in network.trainable_weights] for network in trained]
    logs = one_step(model)
    assert ("kl_loss" in logs) is model.conditional
    # The paper ties colors where there is no text.
    assert model.recipe.color_weight == (0.0 if model.conditional else 50.0)
    assert ("color_loss" in logs) is not model.conditional
    for network, weights in zip(trained, before, strict=True):
        for weight, old in zip(network.trainable_weights, weights, strict=True):
            assert np.abs(weight.numpy() - old).max() > 0, weight.path
    first, last = generate(model, num_images=2, stages="all")
    assert first.shape == (2, 16, 16, 3) and last.shape == (2, 32, 32, 3)
    assert first.dtype == last.dtype == np.uint8


def test_labels_are_read_as_one_hot_vectors():
    model = small_v2(**KINDS["label"])
    model.compile(run_eagerly=True)
    seen = model.prepare(batch_of(model), 0)["embeddings"]
    np.testing.assert_array_equal(seen, np.eye(3)[[0, 1, 2, 0]])
    assert model.embedding_dim is None and model.embedding_mean is None


@pytest.mark.parametrize(
    "sizes",
    [(16,), (32, 64), (64, 64, 64), (16, 16, 32, 32), (16, 16, 16, 16, 32)],
)
def test_one_to_five_stages_train_and_generate(sizes):
    model = small_v2(image_sizes=sizes, generator_filters=16, discriminator_filters=2)
    logs = one_step(model, rows=2)
    assert len(model.discriminators) == len(model.stage_labels) == len(sizes)
    for label in model.stage_labels:
        assert f"d_loss_{label}" in logs and f"g_loss_{label}" in logs
    pictures = generate(model, stages="all")
    assert [x.shape for x in pictures] == [(1, size, size, 3) for size in sizes]


@pytest.mark.slow
def test_five_doubling_stages_train_and_generate():
    sizes = (64, 128, 256, 512, 1024)
    model = small_v2(image_sizes=sizes, generator_filters=16, discriminator_filters=1)
    one_step(model, rows=2)
    assert generate(model).shape == (1, 1024, 1024, 3)


def test_repeated_size_does_not_upsample_and_is_named_by_stage():
    """The paper's ablation "all256", in small."""
    model = small_v2(image_sizes=(16, 16))
    assert model.stage_labels == ["16_stage1", "16_stage2"]
    assert [d.name for d in model.discriminators] == [
        "discriminator_16_stage1",
        "discriminator_16_stage2",
    ]
    assert type(model.generator.stages[1].last) is ConvBlock
    assert type(small_v2().generator.stages[1].last) is UpsampleBlock
    logs = one_step(model)
    assert {"d_loss_16_stage1", "g_loss_16_stage2"} <= set(logs)
    first, second = generate(model, num_images=2, stages="all")
    assert first.shape == second.shape == (2, 16, 16, 3)
    assert np.abs(first.astype(int) - second).max() > 0


# === Switches ===


def test_supervising_the_last_stage_alone_leaves_no_dead_heads():
    model = small_v2(supervised="last")
    assert len(model.discriminators) == len(model.generator.image_heads) == 1
    assert model.stage_labels == ["32"] and model.output_sizes == (32,)
    before = [w.numpy() for w in model.generator.trainable_weights]
    logs = one_step(model)
    assert "d_loss_32" in logs and "d_loss_16" not in logs
    for weight, old in zip(model.generator.trainable_weights, before, strict=True):
        assert np.abs(weight.numpy() - old).max() > 0, weight.path
    last = generate(model, num_images=2)
    assert last.shape == (2, 32, 32, 3)
    np.testing.assert_array_equal(generate(model, num_images=2, stages="all")[0], last)
    # Stages are counted by the pictures that come out.
    np.testing.assert_array_equal(generate(model, num_images=2, stages=1), last)


def test_without_conditioning_augmentation_the_code_is_the_mean():
    model = small_v2(image_sizes=(16,), conditioning_augmentation=False)
    inputs = {"noise": np.ones((2, 5), "float32"), "embeddings": np.ones((2, 8), "float32")}
    assert "log_variance" not in model.generator(inputs)
    assert model.generator.conditioning.dense.units == 2 * 6
    logs = one_step(model)
    assert "kl_loss" not in logs
    np.testing.assert_array_equal(generate(model), generate(model, augmentation=False))


def softplus_mean(logits):
    return float(np.mean(np.logaddexp(0.0, np.asarray(logits, "float64"))))


def recomputed_terms(model, made, stage=1):
    """Each unweighted term of one discriminator and of the generator against it, by its formula."""
    inputs = model.prepare(made, 0)
    outputs = model.generator(inputs, training=True)
    discriminator, mean = model.discriminators[stage], outputs.get("mean")

    def judge(images, condition):
        return {k: v.numpy() for k, v in discriminator(images, condition, training=True).items()}

    images = inputs["images"][stage]
    judged = {"real": judge(images, mean), "fake": judge(outputs["images"][stage], mean)}
    if "mismatched_images" in inputs:
        judged["mismatched"] = judge(inputs["mismatched_images"][stage], mean)
    elif mean is not None:
        judged["mismatched"] = judge(images, tf.roll(mean, -1, axis=0))
    terms = {}
    for pair, logits in judged.items():
        for head, values in logits.items():
            # Without text a mismatched picture is a real one.
            is_real = pair == "real" or (pair == "mismatched" and head == "unconditional")
            terms[pair, head] = softplus_mean(-values if is_real else values)
    for head, values in judged["fake"].items():
        terms["generator", head] = softplus_mean(-values)
    return terms


def test_without_unconditional_head_other_pairs_count_half():
    model = small_v2(unconditional_head=False)
    model.compile(still(), run_eagerly=True)
    terms = recomputed_terms(model, batch_of(model))
    logs = one_step(model, still())
    for name, factor in (("real", 1.0), ("mismatched", 0.5), ("fake", 0.5)):
        expected = factor * terms[name, "conditional"]
        np.testing.assert_allclose(logs[f"d_{name}_loss_32"], expected, rtol=1e-4)
        assert f"d_{name}_unconditional_loss_32" not in logs
    total = terms["real", "conditional"]
    total += (terms["mismatched", "conditional"] + terms["fake", "conditional"]) / 2
    np.testing.assert_allclose(logs["d_loss_32"], total, rtol=1e-4)
    np.testing.assert_allclose(logs["g_loss_32"], terms["generator", "conditional"], rtol=1e-4)


def test_with_unconditional_head_all_six_terms_are_added():
    model, weight = small_v2(), 0.25
    settings = {"unconditional_weight": weight, "text_weight": 1.5}
    model.compile(still(), run_eagerly=True, **settings)
    terms = recomputed_terms(model, batch_of(model))
    logs = one_step(model, still(), **settings)
    weights = {"conditional": 1.5, "unconditional": weight}
    total = sum(weights[head] * value for (pair, head), value in terms.items() if pair[0] != "g")
    np.testing.assert_allclose(logs["d_loss_32"], total, rtol=1e-4)
    total = sum(weight * terms["generator", head] for head, weight in weights.items())
    np.testing.assert_allclose(logs["g_loss_32"], total, rtol=1e-4)


def test_unconditional_model_judges_real_and_fake_only():
    model = small_v2(**KINDS["unconditional"])
    model.compile(still(), run_eagerly=True)
    terms = recomputed_terms(model, batch_of(model))
    logs = one_step(model, still())
    total = terms["real", "unconditional"] + terms["fake", "unconditional"]
    np.testing.assert_allclose(logs["d_loss_32"], total, rtol=1e-4)
    assert not [name for name in logs if "mismatched" in name or "conditional_loss" in name[:14]]


def test_discriminators_without_normalization():
    model = small_v2(discriminator_normalization=None)
    for discriminator in model.discriminators:
        layers = list(discriminator._flatten_layers())
        assert not [layer for layer in layers if isinstance(layer, BatchNormalization)]
        assert not discriminator.non_trainable_weights
        assert any(w.path.endswith("bias") for w in discriminator.trunk[0].weights)
    one_step(model)


def test_discriminators_with_their_own_text_layers_read_the_embedding():
    fakes = {"mean": "the generator's mean"}
    plain = small_v2(image_sizes=(16,))
    assert plain.condition({"embeddings": "the embedding"}, fakes) == fakes["mean"]
    for change in ("discriminator_conditioning_dim", "discriminator_projection_dim"):
        model = small_v2(image_sizes=(16,), **{change: 7})
        assert model.condition({"embeddings": "the embedding"}, fakes) == "the embedding"
        head = model.discriminators[0].head
        own_code = change == "discriminator_conditioning_dim"
        layer = head.text if own_code else head.text_projection
        assert tuple(layer.kernel.shape) == (8, 7)
        # The joint convolution reads 8 features and that code, or the embedding itself.
        assert head.joint.convolution.kernel.shape[2] == 8 + (7 if own_code else 8)
        one_step(model)


def test_mean_scale_and_log_variance_bias_reach_the_generator():
    inputs = {"noise": np.ones((3, 5), "float32"), "embeddings": batch(rows=3)["embeddings"]}
    plain = small_v2(image_sizes=(16,)).generator(inputs)
    scaled = {"augmentation_mean_scale": 3.0, "augmentation_log_variance_bias": -2.0}
    changed = small_v2(image_sizes=(16,), **scaled)
    loud = changed.generator(inputs)
    np.testing.assert_allclose(loud["mean"], 3.0 * plain["mean"], rtol=1e-5)
    np.testing.assert_allclose(loud["log_variance"], plain["log_variance"] - 2.0, rtol=1e-5)


@pytest.mark.parametrize(
    ("number", "expected"), [(2, [2, 2, 1]), (0, [0, 0, 0]), (3, [3, 3, 1]), ((0, 3, 2), [0, 3, 2])]
)
def test_residual_blocks_of_each_stage(number, expected):
    generator = StackGANv2Generator(
        (16, 16, 16, 16), 8, embedding_dim=None, latent_dim=4, num_residual_blocks=number
    )
    assert [len(stage.residuals) for stage in generator.stages[1:]] == expected


def test_color_term_ties_the_last_three_stages():
    model = small_v2(image_sizes=(16,) * 4, generator_filters=8)
    model.compile(color_weight=7.0, run_eagerly=True)
    inputs = model.prepare(batch_of(model), 0)
    fakes = model.generate_fakes(inputs)
    _, second, third, fourth = fakes["images"]
    expected = losses.color_consistency(third, second) + losses.color_consistency(fourth, third)
    terms = model.generator_losses(inputs, fakes)
    np.testing.assert_allclose(terms["color_loss"], 7.0 * expected, rtol=1e-5)
    single = small_v2(image_sizes=(16,), embedding_dim=None)
    assert "color_loss" not in one_step(single)


def test_two_frozen_stages_are_not_tied():
    model = small_v2(image_sizes=(16,) * 3)
    model.compile(frozen_stages=2, color_weight=7.0, refinement_weight=3.0, run_eagerly=True)
    inputs = model.prepare(batch_of(model), 0)
    fakes = model.generate_fakes(inputs)
    (_, before), (last,) = fakes["frozen_images"], fakes["images"]
    terms = model.generator_losses(inputs, fakes)
    for name, distance in (
        ("color_loss", 7.0 * losses.color_consistency(last, before)),
        ("refinement_loss", 3.0 * losses.refinement(last, before)),
    ):
        np.testing.assert_allclose(terms[name], distance, rtol=1e-5)


@pytest.mark.parametrize(
    ("mode", "pictures", "expected"),
    [
        ("auto", True, "images"),
        ("auto", False, "text"),
        ("text", True, "text"),
        ("images", True, "images"),
        (None, True, None),
    ],
)
def test_mismatched_pairs(mode, pictures, expected):
    model = small_v2(image_sizes=(16,))
    model.compile(still(), mismatched=mode, run_eagerly=True)
    made = batch_of(model)
    if pictures:
        made["mismatched_images"] = batch(size=16, seed=9)["images"]
    inputs = model.prepare(made, 0)
    assert ("mismatched_images" in inputs) is (expected == "images")
    terms = recomputed_terms(model, made, stage=0)
    logs = model.train_on_batch(made, return_dict=True)
    if expected is None:
        assert "d_mismatched_loss_16" not in logs and "mismatched_score_16" not in logs
        pairs = [v for k, v in terms.items() if k[0] in ("real", "fake")]
        np.testing.assert_allclose(logs["d_loss_16"], sum(pairs), rtol=1e-4)
    else:
        recomputed = terms["mismatched", "conditional"]
        np.testing.assert_allclose(logs["d_mismatched_loss_16"], recomputed, rtol=1e-4)


def test_several_mismatched_texts_count_as_their_mean():
    model = small_v2(image_sizes=(16,))
    model.compile(mismatched="text", num_mismatched=3, run_eagerly=True)
    inputs = model.prepare(batch_of(model), 0)
    fakes = model.generate_fakes(inputs)
    mean = fakes["mean"].numpy()
    conditions = model.mismatches(0, inputs, fakes)["mismatched_conditions"]
    assert len(conditions) == 3
    for k, condition in enumerate(conditions, start=1):
        np.testing.assert_array_equal(condition, np.roll(mean, -k, axis=0))
    terms, _ = model.discriminator_losses(0, inputs, fakes)
    judged = [
        model.discriminators[0](inputs["images"][0], condition, training=True)["conditional"]
        for condition in conditions
    ]
    expected = np.mean([softplus_mean(logits) for logits in judged])
    np.testing.assert_allclose(terms["mismatched"], expected, rtol=1e-4)


def test_kl_is_the_mean_or_the_sum_over_dimensions():
    terms = {}
    for reduction in ("mean", "sum"):
        model = small_v2(image_sizes=(16,))
        model.compile(kl_reduction=reduction, kl_weight=3.0, run_eagerly=True)
        inputs = model.prepare(batch_of(model), 0)
        fakes = model.generate_fakes(inputs)
        terms[reduction] = float(model.generator_losses(inputs, fakes)["kl_loss"])
    mean, log_variance = fakes["mean"].numpy(), fakes["log_variance"].numpy()
    expected = np.mean(-0.5 * (1 + log_variance - mean**2 - np.exp(log_variance)))
    np.testing.assert_allclose(terms["mean"], 3.0 * expected, rtol=1e-4)
    np.testing.assert_allclose(terms["sum"], 6 * terms["mean"], rtol=1e-4)


# === Config, summary ===


@pytest.mark.parametrize(
    "changes",
    [
        {},
        KINDS["label"],
        KINDS["unconditional"],
        {
            "image_sizes": (16, 32, 32),
            "num_residual_blocks": (0, 1),
            "supervised": "last",
            "conditioning_augmentation": False,
            "unconditional_head": False,
        },
        {
            "discriminator_normalization": None,
            "discriminator_conditioning_dim": 7,
            "discriminator_projection_dim": 5,
            "augmentation_mean_scale": 2.0,
            "augmentation_log_variance_bias": -1.0,
            "synchronized_batch_norm": True,
            "kernel_initializer": keras.initializers.HeNormal(),
            "discriminator_kernel_initializer": "glorot_uniform",
            "dtype": "mixed_bfloat16",
            "name": "mine",
        },
    ],
)
def test_config_round_trip(changes):
    model = small_v2(**{"image_sizes": (16,), **changes})
    config = model.get_config()
    for name, value in changes.items():
        if not name.startswith(("dtype", "kernel")):
            assert config[name] == value
    again = type(model).from_config(config)
    assert again.get_config() == config
    assert [(w.path, w.shape) for w in again.weights] == [(w.path, w.shape) for w in model.weights]
    # JSON has no tuples.
    written = json.dumps(config)
    loaded = type(model).from_config(json.loads(written))
    assert json.dumps(loaded.get_config()) == written


def test_summary_prints_every_network():
    model = small_v2()
    lines = []
    model.summary(print_fn=lambda line, **kwargs: lines.append(line), line_length=120)
    text = "\n".join(lines)
    for network in (model.generator, *model.discriminators):
        assert f'Model: "{network.name}"' in text
        assert f"Total params: {network.count_params():,}" in text
    for layer in (*model.generator.layers, *model.discriminators[1].layers):
        assert layer.name in text
    assert "averaged_generator" not in text and "unbuilt" not in text


# === Bad arguments ===


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("image_sizes", (24,), "`image_sizes` must be a power of two of at least 16.*=24"),
        ("image_sizes", (8,), "`image_sizes` must be a power of two of at least 16.*=8"),
        ("image_sizes", (0,), "`image_sizes` must be a power of two of at least 16.*=0"),
        ("image_sizes", (-16,), "`image_sizes` must be a power of two of at least 16.*=-16"),
        ("image_sizes", (True,), "`image_sizes` must be a power of two of at least 16.*=True"),
        ("image_sizes", (None,), "`image_sizes` must be a power of two of at least 16.*=None"),
        ("image_sizes", (np.nan,), "`image_sizes` must be a power of two of at least 16.*=nan"),
        ("image_sizes", (16, 64), "`image_sizes` must be twice the one before.*64 after 16"),
        ("image_sizes", (32, 16), "`image_sizes` must be twice the one before.*16 after 32"),
        ("image_sizes", (16,) * 6, "`image_sizes` must name 1 to 5 stages. Received: 6"),
        ("image_sizes", (), "`image_sizes` must name 1 to 5 stages. Received: 0"),
        ("image_sizes", 64, "`image_sizes` must be a tuple.*=64"),
        ("generator_filters", 3, "`generator_filters`.*must be a multiple of 2.*=3"),
        ("generator_filters", 0, "`generator_filters` must be a whole number of at least 1.*=0"),
        ("generator_filters", -4, "`generator_filters` must be a whole number .*=-4"),
        ("generator_filters", 2.5, "`generator_filters` must be a whole number .*=2.5"),
        ("generator_filters", "4", "`generator_filters` must be a whole number .*='4'"),
        ("discriminator_filters", 0, "`discriminator_filters` must be a whole number .*=0"),
        ("discriminator_filters", None, "`discriminator_filters` must be a whole number .*=None"),
        ("embedding_dim", 0, "`embedding_dim` must be a whole number of at least 1.*=0"),
        ("num_classes", 0, "`num_classes` must be a whole number of at least 1.*=0"),
        ("conditioning_dim", -1, "`conditioning_dim` must be a whole number of at least 1.*=-1"),
        ("latent_dim", 0, "`latent_dim` must be a whole number of at least 1.*=0"),
        ("supervised", "some", "`supervised` must be one of 'all', 'last'.*='some'"),
        ("num_residual_blocks", -1, "`num_residual_blocks` must be a whole number .* 0.*=-1"),
        ("num_residual_blocks", 1.5, "`num_residual_blocks` must be a whole number .* 0.*=1.5"),
        ("num_residual_blocks", (), r"`num_residual_blocks` must have one number.*\(\)"),
        ("discriminator_normalization", "layer", "`discriminator_normalization` must be one of"),
        ("discriminator_conditioning_dim", 0, "`discriminator_conditioning_dim` must be .*=0"),
        ("discriminator_projection_dim", -1, "`discriminator_projection_dim` must be .*=-1"),
        ("augmentation_mean_scale", 0.0, "mean_scale` must be positive.*=0.0"),
        ("augmentation_mean_scale", np.nan, "`augmentation_mean_scale` must be a finite.*=nan"),
        ("augmentation_mean_scale", "loud", "`augmentation_mean_scale` must be a finite.*='loud'"),
        ("augmentation_log_variance_bias", None, "`augmentation_log_variance_bias` must .*=None"),
        ("unconditional_head", "no", "`unconditional_head` must be True or False.*='no'"),
        ("conditioning_augmentation", "False", "`conditioning_augmentation` must be .*='False'"),
        ("synchronized_batch_norm", 1, "`synchronized_batch_norm` must be True or False.*=1"),
    ],
)
def test_bad_arguments_are_named(argument, value, message):
    with pytest.raises(ValueError, match=message):
        small_v2(**{argument: value})


def test_discriminators_text_layers_need_text():
    for name in ("discriminator_conditioning_dim", "discriminator_projection_dim"):
        with pytest.raises(ValueError, match=f"`{name}` is for .*Received: {name}=4"):
            small_v2(embedding_dim=None, **{name: 4})
