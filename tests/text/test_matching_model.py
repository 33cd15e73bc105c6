import keras
import numpy as np
import pytest

from keras_stackgan.data import matching_dataset, write_toy_flowers
from keras_stackgan.metrics import retrieval_precision
from keras_stackgan.text import CharCNNRNN, HashedNgramEncoder, MatchingModel


def make_encoder(**kwargs):
    return HashedNgramEncoder(**{"num_buckets": 256, "hidden_dim": 32, "dim": 16, **kwargs})


def small(encoder=None, **kwargs):
    keras.utils.set_random_seed(0)
    encoder = make_encoder() if encoder is None else encoder
    keywords = {"dim": 16, "image_size": 16, **kwargs}
    return MatchingModel(encoder, **keywords)


def batch(encoder, seed=0, rows=6):
    rng = np.random.default_rng(seed)
    texts = [f"a bird of kind {number}" for number in range(rows)]
    hard = encoder.inputs_of([f"a bird of color {number}" for number in range(rows)])
    return {
        "images": rng.integers(0, 256, (rows, 16, 16, 3), "uint8"),
        "texts": encoder.inputs_of(texts),
        "hard_texts": hard[:, None],
        "hard_mask": np.ones((rows, 1), "float32"),
        "records": np.arange(rows, dtype="int32"),
        "captions": np.arange(rows, dtype="int32"),
    }


@pytest.fixture(scope="module")
def flowers(tmp_path_factory):
    return write_toy_flowers(tmp_path_factory.mktemp("flowers") / "flowers", count=160, size=20)


@pytest.fixture(scope="module")
def trained(flowers):
    model = small()
    model.compile(keras.optimizers.Adam(3e-3))
    dataset = matching_dataset(flowers[:120], model.encoder, 16, 24, num_hard=1)
    before = model.encoder.fingerprint()
    history = model.fit(dataset, epochs=6, steps_per_epoch=10, verbose=0, shuffle=False).history
    return model, before, history


def pictures_of(records):
    dataset = matching_dataset(
        records,
        make_encoder(),
        16,
        len(records),
        steps=1,
        num_hard=0,
        shuffle=False,
        brightness=0.0,
        random_crop=False,
        load_scale=1.0,
    )
    return next(iter(dataset))["images"].numpy()


def test_training_finds_captions_of_new_pictures(trained, flowers):
    model, before, history = trained
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert history["accuracy"][-1] > 2 * history["accuracy"][0]
    assert model.encoder.fingerprint() != before
    held_out = flowers[120:]
    captions = [record.captions[0] for record in held_out]
    vectors = model.picture_vectors(pictures_of(held_out), batch_size=16)
    texts = model.text_vectors(captions, batch_size=16)
    assert vectors.shape == texts.shape == (40, 16)
    # Chance is .1.
    assert retrieval_precision(vectors, texts, captions, candidates=10) > 0.4


def test_the_encoder_gives_what_the_model_gives(trained, flowers):
    model, *_ = trained
    caption = flowers[0].captions[0]
    np.testing.assert_allclose(model.encoder(caption), model.text_vectors(caption), atol=1e-5)


def test_pictures_of_any_size_and_kind(trained):
    model, *_ = trained
    pictures = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), "uint8")
    vectors = model.picture_vectors(pictures)
    np.testing.assert_allclose(model.picture_vectors(pictures / 127.5 - 1), vectors, atol=1e-5)
    larger = pictures.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_allclose(model.picture_vectors(larger), vectors, atol=1e-5)


def test_a_saved_model_is_the_same(trained, tmp_path, flowers):
    model, *_ = trained
    model.save(tmp_path / "matching.keras")
    loaded = keras.models.load_model(tmp_path / "matching.keras")
    assert loaded.encoder.fingerprint() == model.encoder.fingerprint()
    pictures = pictures_of(flowers[:3])
    np.testing.assert_array_equal(loaded.picture_vectors(pictures), model.picture_vectors(pictures))
    assert float(loaded.log_scale) == float(model.log_scale)
    assert isinstance(loaded.optimizer, keras.optimizers.Adam)


@pytest.mark.parametrize("loss", ["contrastive", "structured_hinge"])
def test_every_part_learns(loss):
    model = small(make_encoder(dim=8), loss=loss, picture_network=own_network())
    model.compile(keras.optimizers.Adam(1e-2), run_eagerly=True)
    before = [keras.ops.convert_to_numpy(v).copy() for v in model.trainable_variables]
    model.fit(batch(model.encoder), batch_size=6, verbose=0)
    assert model.log_scale.trainable == (loss == "contrastive")
    unchanged = [
        v.path
        for v, old in zip(model.trainable_variables, before, strict=True)
        if (keras.ops.convert_to_numpy(v) == old).all()
    ]
    assert not unchanged
    heads = model.text_head.kernel.shape, model.picture_head.kernel.shape
    assert heads == ((8, 16), (5, 16))


def own_network():
    return keras.Sequential(
        [keras.Input((16, 16, 3)), keras.layers.Conv2D(5, 3), keras.layers.GlobalMaxPooling2D()]
    )


def loss_of(model, inputs):
    return float(model.compute_loss(x=inputs, y_pred=model(inputs)))


@pytest.mark.parametrize("loss", ["contrastive", "structured_hinge"])
def test_wrong_captions_count_where_they_are(loss):
    model = small(loss=loss)
    inputs = batch(model.encoder)
    without = {k: v for k, v in inputs.items() if not k.startswith("hard")}
    masked = {**inputs, "hard_mask": 0 * inputs["hard_mask"]}
    assert loss_of(model, masked) == pytest.approx(loss_of(model, without), rel=1e-5)
    assert loss_of(model, inputs) > loss_of(model, without)


@pytest.mark.parametrize("name", ["records", "captions"])
def test_what_may_be_true_is_not_wrong(name):
    model = small()
    inputs = batch(model.encoder)
    numbers = inputs[name].copy()
    numbers[1] = numbers[0]
    assert loss_of(model, {**inputs, name: numbers}) < loss_of(model, inputs)


def test_the_papers_encoder_trains_too():
    encoder = CharCNNRNN(dim=8)
    model = small(encoder)
    model.compile(run_eagerly=True)
    before = encoder.fingerprint()
    history = model.fit(batch(encoder, rows=3), batch_size=3, verbose=0).history
    assert np.isfinite(history["loss"]).all() and encoder.fingerprint() != before


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError, match="`encoder` must have `network`"):
        MatchingModel(object())
    with pytest.raises(ValueError, match="`loss` must be one of 'contrastive'"):
        small(loss="cosine")
    with pytest.raises(ValueError, match="`picture_network` must be a built Keras model"):
        small(picture_network=keras.Sequential([keras.Input((16, 16, 3))]))
