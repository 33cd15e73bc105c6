import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan import StackGANv2, losses
from keras_stackgan.text import HashedNgramEncoder, Matcher, MatchingModel

CAPTIONS = ["a red bird", "a blue bird", "a small flower", "a red bird"]


def make_model(**kwargs):
    keras.utils.set_random_seed(0)
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
    return MatchingModel(encoder, **{"dim": 8, "image_size": 16, **kwargs})


@pytest.fixture(scope="module")
def model():
    return make_model()


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 3)).astype("float32")


def make_gan(**kwargs):
    keywords = {"generator_filters": 4, "discriminator_filters": 4, "conditioning_dim": 4}
    return StackGANv2(
        image_sizes=(16,),
        embedding_dim=8,
        latent_dim=4,
        num_residual_blocks=1,
        **keywords,
        **kwargs,
    )


def expected_loss(model, pictures, captions, hardest_weight):
    vectors = model.picture_vectors(pictures), model.text_vectors(captions)
    same = np.array([[a == b for a in captions] for b in captions])
    loss = losses.contrastive(*vectors, np.exp(float(model.log_scale)), same)
    return loss + hardest_weight * losses.hardest_hinge(*vectors, same=same)


@pytest.mark.parametrize("dim", [8, 12])
@pytest.mark.parametrize("hardest_weight", [0.0, 2.0])
def test_is_the_loss_of_the_models_vectors(dim, hardest_weight, pictures):
    model = make_model(dim=dim)
    matcher = model.matcher(hardest_weight=hardest_weight)
    found = matcher(tf.constant(pictures), tf.constant(model.encoder(CAPTIONS)))
    expected = expected_loss(model, pictures, CAPTIONS, hardest_weight)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_undoes_the_standardization_of_the_model_it_guides(model, pictures):
    gan = make_gan()
    matcher = Matcher(model, gan)
    embeddings = model.encoder(CAPTIONS)
    # After the matcher was made.
    gan.adapt_embeddings(embeddings + np.arange(8) + np.random.default_rng(0).normal(size=(4, 8)))
    standardized = gan.standardize(tf.constant(embeddings))
    assert abs(standardized - embeddings).numpy().max() > 1
    found = matcher(tf.constant(pictures), standardized)
    np.testing.assert_allclose(found, Matcher(model)(pictures, embeddings), rtol=1e-4)


def test_gradients_reach_larger_pictures_in_graphs_and_under_xla(model, pictures):
    matcher = model.matcher()
    embeddings = tf.constant(model.encoder(CAPTIONS))
    large = tf.constant(pictures.repeat(2, axis=1).repeat(2, axis=2))

    def step(images):
        with tf.GradientTape() as tape:
            tape.watch(images)
            loss = matcher(images, embeddings)
        return loss, tape.gradient(loss, images)

    loss, gradient = step(large)
    assert np.abs(gradient).max() > 0
    for jit_compile in (False, True):
        again, other = tf.function(step, jit_compile=jit_compile)(large)
        np.testing.assert_allclose(again, loss, rtol=1e-4)
        np.testing.assert_allclose(other, gradient, atol=1e-5)


def test_is_frozen(pictures):
    model = make_model()
    matcher, embeddings = model.matcher(), model.encoder(CAPTIONS)
    before, fingerprint = float(matcher(pictures, embeddings)), matcher.fingerprint()
    for variable in model.picture_network.variables:
        variable.assign(keras.ops.zeros_like(variable))
    assert float(matcher(pictures, embeddings)) == before
    assert matcher.fingerprint() == fingerprint != model.matcher().fingerprint()


def fit(gan, embeddings, steps=2):
    rng = np.random.default_rng(0)
    inputs = {
        "images": rng.integers(0, 256, (4 * steps, 16, 16, 3), "uint8"),
        "embeddings": np.tile(embeddings, (steps, 1)),
    }
    dataset = tf.data.Dataset.from_tensor_slices(inputs).batch(4, drop_remainder=True)
    return gan.fit(dataset, verbose=0).history


def test_guides_a_stackgan(model):
    gan = make_gan()
    embeddings = model.encoder(CAPTIONS)
    gan.adapt_embeddings(embeddings)
    matcher = model.matcher(gan)
    fingerprint = matcher.fingerprint()
    gan.compile(matcher=matcher, matching_weight=1.0)
    history = fit(gan, embeddings)
    assert 0 < history["matching_loss"][-1] < 100
    assert matcher.fingerprint() == fingerprint


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_guides_a_stackgan_on_two_devices(model, jit_compile):
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        gan = make_gan()
        gan.adapt_embeddings(model.encoder(CAPTIONS))
        gan.compile(matcher=model.matcher(gan), matching_weight=1.0, jit_compile=jit_compile)
    history = fit(gan, model.encoder(CAPTIONS))
    assert 0 < history["matching_loss"][-1] < 100


def test_a_saved_model_finds_its_matcher(tmp_path, model):
    model.save(tmp_path / "matching.keras")
    gan = make_gan()
    gan.adapt_embeddings(model.encoder(CAPTIONS))
    matcher = Matcher(str(tmp_path / "matching.keras"), gan, hardest_weight=0.5)
    gan.compile(matcher=matcher, matching_weight=1.0)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras").recipe.matcher
    pictures = np.random.default_rng(1).uniform(-1, 1, (4, 16, 16, 3)).astype("float32")
    standardized = gan.standardize(tf.constant(model.encoder(CAPTIONS)))
    np.testing.assert_allclose(loaded(pictures, standardized), matcher(pictures, standardized))
    assert loaded.get_config() == matcher.get_config()


def test_a_matcher_that_cannot_be_found_again_says_so(tmp_path, model):
    with pytest.raises(ValueError, match="only where it came from a file"):
        Matcher.from_config(model.matcher().get_config())
    model.save(tmp_path / "matching.keras")
    config = Matcher(tmp_path / "matching.keras").get_config()
    with pytest.raises(ValueError, match="with other weights"):
        Matcher.from_config({**config, "fingerprint": "0" * 64})


def test_bad_arguments_are_refused(model):
    with pytest.raises(ValueError, match="`hardest_weight` must be 0 or more"):
        model.matcher(hardest_weight=-1)
    keywords = {"image_sizes": (16,), "generator_filters": 4, "discriminator_filters": 4}
    unconditional = StackGANv2(embedding_dim=None, latent_dim=4, **keywords)
    with pytest.raises(ValueError, match="made with `embedding_dim`"):
        model.matcher(unconditional)
    with pytest.raises(ValueError, match="of dim 8. Received: one with embedding_dim=6"):
        model.matcher(StackGANv2(embedding_dim=6, conditioning_dim=4, latent_dim=4, **keywords))
