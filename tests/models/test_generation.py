"""`generate`: what a picture depends on, what is computed, what is refused, and JAX."""

import numpy as np
import pytest
import tensorflow as tf
from small_models import small_v1, small_v2

from keras_stackgan.models import generation
from keras_stackgan.models.folding import folded_generator

EMBEDDINGS = np.random.default_rng(3).normal(size=(3, 8)).astype("float32")


@pytest.fixture
def eager():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def perturbed(model):
    """Moves every weight and statistic, so that pictures vary and no two networks agree."""
    rng = np.random.default_rng(11)
    for network in (model.generator, model.averaged_generator):
        for weight in network.weights:
            noise = rng.normal(size=weight.shape).astype("float32")
            positive = weight.path.endswith("moving_variance")
            weight.assign(np.exp(0.3 * noise) if positive else weight.numpy() + 0.3 * noise)
    return model


@pytest.fixture(scope="module")
def model():
    return perturbed(small_v2())


def assert_close(first, second):
    """Equal up to one gray level: batches of other sizes round otherwise."""
    assert first.shape == second.shape and first.dtype == second.dtype == np.uint8
    assert np.abs(first.astype(int) - second.astype(int)).max() <= 1


def assert_different(first, second):
    assert first.shape == second.shape
    assert np.abs(first.astype(int) - second.astype(int)).mean() > 2


# === What a picture depends on ===


def test_a_picture_does_not_depend_on_how_many_are_made(eager, model):
    one = model.generate(embeddings=EMBEDDINGS[:1], num_images=7, seed=5)
    assert one.shape == (7, 32, 32, 3)
    for i in range(1, 7):
        assert_different(one[i], one[0])
    assert_close(model.generate(embeddings=EMBEDDINGS[:1], num_images=3, seed=5), one[:3])
    for batch_size in (1, 3):
        again = model.generate(
            embeddings=EMBEDDINGS[:1], num_images=7, seed=5, batch_size=batch_size
        )
        assert_close(again, one)


def test_seed_decides(eager, model):
    first = model.generate(embeddings=EMBEDDINGS, seed=5)
    np.testing.assert_array_equal(model.generate(embeddings=EMBEDDINGS, seed=5), first)
    assert_different(model.generate(embeddings=EMBEDDINGS, seed=6), first)


def test_pictures_of_one_condition_lie_together(eager, model):
    same = np.repeat(EMBEDDINGS, 2, axis=0)
    together = model.generate(embeddings=EMBEDDINGS, num_images=2)
    np.testing.assert_array_equal(together, model.generate(embeddings=same))
    assert_different(together, model.generate(embeddings=np.tile(EMBEDDINGS, (2, 1))))


def test_without_augmentation_the_code_is_the_mean(eager, model):
    quiet = model.generate(embeddings=EMBEDDINGS, augmentation=False)
    assert_different(quiet, model.generate(embeddings=EMBEDDINGS))
    inputs = {
        "noise": generation.noise(0, 0, 3, 5, "noise"),
        "embeddings": EMBEDDINGS,
        "augmentation_noise": np.zeros((3, 6), "float32"),
    }
    expected = model.averaged_generator(inputs, training=False)["images"][-1]
    assert_close(quiet, np.asarray(generation.to_uint8(expected)))


def test_the_averaged_generator_draws_with_its_moving_statistics(eager, model):
    inputs = model.generation_inputs(EMBEDDINGS, 9, 0, 3, True)
    pictures = model.generate(embeddings=EMBEDDINGS, seed=9)

    def drawn_by(network, training):
        return np.asarray(generation.to_uint8(network(inputs, training=training)["images"][-1]))

    assert_close(pictures, drawn_by(model.averaged_generator, False))
    assert_different(pictures, drawn_by(model.generator, False))
    statistics = [w.numpy() for w in model.averaged_generator.non_trainable_weights]
    assert_different(pictures, drawn_by(model.averaged_generator, True))
    for weight, value in zip(
        model.averaged_generator.non_trainable_weights, statistics, strict=True
    ):
        weight.assign(value)


def test_pictures_follow_the_weights(model):
    first = model.generate(embeddings=EMBEDDINGS)
    beta = model.averaged_generator.stages[0].norm.beta
    before = beta.numpy()
    beta.assign(before + 1.0)
    assert_different(model.generate(embeddings=EMBEDDINGS), first)
    beta.assign(before)
    np.testing.assert_array_equal(model.generate(embeddings=EMBEDDINGS), first)


# === Conditions ===


def test_captions_pass_the_text_encoder(eager, model):
    seen = []

    def encoder(captions):
        seen.append(captions)
        return [EMBEDDINGS[len(caption) % 3] for caption in captions]

    model.text_encoder = encoder
    try:
        one = model.generate("red", num_images=2)
        several = model.generate(["red", "blue", "black"])
    finally:
        model.text_encoder = None
    assert seen == [["red"], ["red", "blue", "black"]]
    np.testing.assert_array_equal(one, model.generate(embeddings=EMBEDDINGS[:1], num_images=2))
    np.testing.assert_array_equal(several, model.generate(embeddings=EMBEDDINGS))


def test_labels(eager):
    model = perturbed(small_v2(embedding_dim=None, num_classes=3))
    pictures = model.generate(labels=[2, 0], num_images=2)
    assert pictures.shape == (4, 32, 32, 3)
    np.testing.assert_array_equal(model.generate(labels=np.array([2, 2, 0, 0])), pictures)
    np.testing.assert_array_equal(model.generate(labels=2), model.generate(labels=[2]))
    # Kernels for one picture may sum in another order than those for four.
    np.testing.assert_allclose(model.generate(labels=2).astype(int), pictures[:1], atol=1)
    assert_different(model.generate(labels=0), pictures[:1])


def test_unconditional(eager):
    model = perturbed(small_v2(embedding_dim=None))
    pictures = model.generate(num_images=5, seed=3)
    assert pictures.shape == (5, 32, 32, 3)
    assert_different(pictures[0], pictures[1])
    assert_close(model.generate(num_images=5, seed=3, batch_size=2), pictures)


# === Stages ===


def test_stages_of_the_second_version(eager):
    model = perturbed(small_v2())
    small, large = model.generate(embeddings=EMBEDDINGS, stages="all")
    assert small.shape == (3, 16, 16, 3) and large.shape == (3, 32, 32, 3)
    np.testing.assert_array_equal(model.generate(embeddings=EMBEDDINGS), large)
    np.testing.assert_array_equal(model.generate(embeddings=EMBEDDINGS, stages=2), large)
    assert_first_stage_alone(model, folded_generator(model).stages[1], small)


def test_stages_of_the_first_version(eager):
    model = perturbed(small_v1())
    small, large = model.generate(embeddings=EMBEDDINGS, stages="all")
    assert small.shape == (3, 16, 16, 3) and large.shape == (3, 32, 32, 3)
    np.testing.assert_array_equal(model.generate(embeddings=EMBEDDINGS), large)
    assert_first_stage_alone(model, folded_generator(model).stage2, small)


def assert_first_stage_alone(model, second_stage, expected):
    """Stage 1 is computed without the second stage, which here raises."""

    def call(*args, **kwargs):
        raise RuntimeError("the second stage was computed")

    second_stage.call = call
    np.testing.assert_array_equal(model.generate(embeddings=EMBEDDINGS, stages=1), expected)
    with pytest.raises(RuntimeError, match="the second stage was computed"):
        model.generate(embeddings=EMBEDDINGS, stages=2)


# === Output, memory, tracing ===


def test_gray_levels_are_rounded_and_bounded():
    levels = np.array([-7.0, -1.0, -0.997, -0.996, 0.0039, 0.004, 0.99, 1.0, 1.5], "float32")
    expected = [0, 0, 0, 1, 128, 128, 254, 255, 255]
    np.testing.assert_array_equal(generation.to_uint8(levels), expected)
    every = np.arange(256)
    np.testing.assert_array_equal(generation.to_uint8(every / 127.5 - 1.0), every)


def test_memory_is_bounded_by_the_batch_size(eager, monkeypatch):
    model, seen = small_v2(), []
    whole = model.generation_inputs

    def recorder(rows, seed, first, count, augmentation):
        seen.append((len(rows), int(first), count))
        return whole(rows, seed, first, count, augmentation)

    monkeypatch.setattr(model, "generation_inputs", recorder)
    pictures = model.generate(embeddings=EMBEDDINGS[:1], num_images=5, batch_size=2)
    assert len(pictures) == 5
    # One shape for all chunks, so that the function is traced once.
    assert seen == [(2, 0, 2), (2, 2, 2), (2, 4, 2)]
    del seen[:]
    model.generate(embeddings=EMBEDDINGS)
    model.generate(embeddings=EMBEDDINGS[:1])
    assert seen == [(4, 0, 4), (1, 0, 1)]


def test_few_functions_are_kept_for_all_numbers_of_pictures(eager):
    model = small_v2(image_sizes=(16,))
    most = model.generate(embeddings=EMBEDDINGS[:1], num_images=9, seed=2, batch_size=9)
    for count in range(1, 9):
        few = model.generate(embeddings=EMBEDDINGS[:1], num_images=count, seed=2, batch_size=9)
        assert_close(few, most[:count])
    keys = [key for key in model._generate_functions if isinstance(key, tuple)]
    assert sorted(key[2] for key in keys) == [1, 2, 4, 8, 9]


def test_the_function_is_traced_once_for_all_chunks_and_seeds(model, monkeypatch):
    network = folded_generator(model)
    traces, whole = [], network.call

    def recorder(*args, **kwargs):
        traces.append(1)
        return whole(*args, **kwargs)

    monkeypatch.setattr(network, "call", recorder)
    first = model.generate(embeddings=EMBEDDINGS, num_images=3, seed=1, batch_size=5)
    second = model.generate(embeddings=EMBEDDINGS[::-1], num_images=2, seed=2, batch_size=5)
    assert len(first) == 9 and len(second) == 6
    assert len(traces) == 1
    tf.config.run_functions_eagerly(True)
    eager = model.generate(embeddings=EMBEDDINGS, num_images=3, seed=1, batch_size=5)
    tf.config.run_functions_eagerly(False)
    assert_close(eager, first)


# === Bad input ===


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"captions": "red"}, r"`captions` need `model.text_encoder`.*\(n, 8\)"),
        ({"captions": []}, "`captions` must be a string or a list of strings"),
        ({"captions": 5}, "`captions` must be a string or a list of strings.*captions=5"),
        ({"captions": [3]}, r"`captions` must be a string or a list of strings.*\[3\]"),
        ({"captions": "red", "embeddings": EMBEDDINGS}, "exactly one of .*'captions', 'embeddin"),
        ({}, "exactly one of .*Received: none"),
        ({"labels": [1]}, r"exactly one of .*Received: \['labels'\]"),
        ({"embeddings": np.ones((2, 9))}, r"embedding_dim=8.*\(2, 9\)"),
        ({"embeddings": np.ones(8)}, r"embedding_dim=8.*\(8,\)"),
        ({"embeddings": [[1, 2], [3]]}, r"must be a float array \(n, embedding_dim=8\).*\[3\]"),
        ({"embeddings": ["a"]}, r"`embeddings` must be a float array.*\['a'\]"),
        ({"embeddings": np.ones((0, 8))}, r"with n >= 1.*\(0, 8\)"),
        ({"embeddings": EMBEDDINGS, "num_images": 0}, "`num_images` must be a whole .*=0"),
        ({"embeddings": EMBEDDINGS, "num_images": None}, "`num_images` must be .*=None"),
        ({"embeddings": EMBEDDINGS, "num_images": 1.5}, "`num_images` must be .*=1.5"),
        ({"embeddings": EMBEDDINGS, "batch_size": 0}, "`batch_size` must be a whole .*=0"),
        ({"embeddings": EMBEDDINGS, "stages": 0}, "'last', 'all' or a stage from 1 to 2.*0"),
        ({"embeddings": EMBEDDINGS, "stages": 3}, "'last', 'all' or a stage from 1 to 2.*3"),
        ({"embeddings": EMBEDDINGS, "stages": "first"}, "'last', 'all' or a stage.*'first'"),
        ({"embeddings": EMBEDDINGS, "stages": True}, "'last', 'all' or a stage.*True"),
    ],
)
def test_bad_input_is_named(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        model.generate(**arguments)


def test_an_encoder_gives_a_row_to_each_caption(model):
    model.text_encoder = lambda captions: EMBEDDINGS[:1]
    try:
        with pytest.raises(ValueError, match="one row a caption. Received: 1 rows for 3 captions"):
            model.generate(["red", "blue", "black"])
    finally:
        model.text_encoder = None


def test_bad_labels_are_named():
    model = small_v2(image_sizes=(16,), embedding_dim=None, num_classes=3)
    for labels in ([3], [-1], [], [[1]], [1.0], [True], "red"):
        with pytest.raises(ValueError, match="`labels` must be whole numbers from 0 to 2"):
            model.generate(labels=labels)
    with pytest.raises(ValueError, match=r"exactly one of \['labels'\].*'embeddings'"):
        model.generate(embeddings=EMBEDDINGS)


def test_unconditional_models_take_no_condition():
    model = small_v2(image_sizes=(16,), embedding_dim=None)
    with pytest.raises(ValueError, match="it is unconditional.*'embeddings'"):
        model.generate(embeddings=EMBEDDINGS)


# === Without TensorFlow ===


@pytest.mark.parametrize("name", ["v2", pytest.param("v1", marks=pytest.mark.slow)])
def test_jax_without_tensorflow_draws_the_same_pictures(
    eager, run_without_tensorflow, tmp_path, name
):
    model = perturbed(small_v2() if name == "v2" else small_v1())
    np.save(tmp_path / "embeddings.npy", EMBEDDINGS)
    np.savez(tmp_path / "weights.npz", *[w.numpy() for w in model.averaged_generator.weights])
    # Zeros instead of orthogonal kernels, which JAX compiles anew for each shape.
    run_without_tensorflow(
        f"""
        import keras, numpy as np
        from keras_stackgan import StackGANv1, StackGANv2

        base = {{"generator_filters": 4, "discriminator_filters": 4, "embedding_dim": 8,
                "conditioning_dim": 6, "latent_dim": 5, "kernel_initializer": "zeros"}}
        if "{name}" == "v2":
            model = StackGANv2(image_sizes=(16, 32), discriminator_kernel_initializer="zeros",
                               **base)
        else:
            model = StackGANv1(stage1_size=16, image_size=32, num_residual_blocks=1, **base)
        weights = np.load("weights.npz")
        for k, weight in enumerate(model.averaged_generator.weights):
            weight.assign(weights[f"arr_{{k}}"])
        pictures = model.generate(
            embeddings=np.load("embeddings.npy"), num_images=2, seed=4, batch_size=4
        )
        np.save("pictures.npy", pictures)
        assert keras.backend.backend() == "jax" and "tensorflow" not in sys.modules
        """
    )
    expected = model.generate(embeddings=EMBEDDINGS, num_images=2, seed=4)
    assert_different(expected[0], expected[1])
    assert_close(np.load(tmp_path / "pictures.npy"), expected)


@pytest.mark.parametrize("seed", [-1, 2**31, 1.5, None, True])
def test_a_seed_is_a_small_whole_number(seed):
    with pytest.raises(ValueError, match="`seed` must be a whole number"):
        small_v2(image_sizes=(16,)).generate(embeddings=np.ones((1, 8)), seed=seed)


def test_embeddings_must_be_finite():
    with pytest.raises(ValueError, match="must be finite"):
        small_v2(image_sizes=(16,)).generate(embeddings=np.full((1, 8), np.nan))
