import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.text import HashedNgramEncoder, TextEncoder

TEXTS = ["a red bird", "", "\u65e5\u672c\u306e\u9ce5", "a bird, its wings are BLUE!", "x" * 2000]


def small(**kwargs):
    return HashedNgramEncoder(**{"num_buckets": 64, "hidden_dim": 16, "dim": 8, **kwargs})


def test_vectors_in_the_graph_are_the_same():
    encoder = HashedNgramEncoder()
    strings = tf.constant([text.encode() for text in TEXTS])
    np.testing.assert_array_equal(tf.function(encoder.graph_encode)(strings), encoder(TEXTS))


def test_vectors_do_not_depend_on_the_batch():
    encoder, texts = small(), [f"a bird of kind {number}" for number in range(600)]
    seen = []
    vectors = encoder(texts, progress=lambda done, total: seen.append((done, total)))
    np.testing.assert_allclose(vectors[555], encoder(texts[555])[0], atol=1e-6)
    assert seen == [(256, 600), (512, 600), (600, 600)]


def test_untrained_vectors_know_likeness():
    vectors = HashedNgramEncoder()(
        ["a bird with red wings", "a small bird with red wings", "this flower has seven petals"]
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_untrained_vectors_are_neither_tiny_nor_large_and_silence_is_zero():
    vectors = HashedNgramEncoder()(TEXTS)
    assert (vectors[1] == 0).all()
    assert 0.05 < vectors[[0, 2, 3]].std() < 1


def test_weights_at_the_start_belong_to_the_seed():
    assert small().fingerprint() == small().fingerprint()
    assert small().fingerprint() != small(seed=1).fingerprint()
    assert small().fingerprint() == (
        "f3cfb4697733dd40d3ef3cdd52041574f492825a879f3434730fc93ee91dda4c"
    )


def test_saving_and_loading(tmp_path):
    encoder = small(seed=3, max_distance=2)
    weights = encoder.get_weights()
    weights["projection/bias"] += 1.0
    encoder.set_weights(weights)
    encoder.save(tmp_path / "encoder")
    loaded = TextEncoder.load(tmp_path / "encoder")
    assert isinstance(loaded, HashedNgramEncoder)
    assert loaded.fingerprint() == encoder.fingerprint()
    np.testing.assert_array_equal(loaded(TEXTS), encoder(TEXTS))


@pytest.mark.slow
def test_exported_module_encodes_without_the_class(tmp_path, run_in_new_process):
    encoder = small()
    module = tf.Module()
    module.kept = encoder.resources()
    signature = tf.TensorSpec((None,), tf.string)
    module.encode = tf.function(encoder.graph_encode, input_signature=[signature])
    tf.saved_model.save(module, str(tmp_path / "saved"))
    printed = run_in_new_process(
        f"""
        import tensorflow as tf
        module = tf.saved_model.load({str(tmp_path / "saved")!r})
        print(module.encode(tf.constant(["a red bird"])).numpy().tolist())
        """
    )
    np.testing.assert_allclose(eval(printed), encoder("a red bird"), atol=1e-6)


def test_encodes_on_jax_as_on_tensorflow(run_without_tensorflow):
    printed = run_without_tensorflow(
        """
        from keras_stackgan.text import HashedNgramEncoder
        encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
        print(encoder("a red bird").tolist())
        """
    )
    np.testing.assert_allclose(eval(printed), small()("a red bird"), atol=1e-6)


def test_trainers_find_what_they_count_on():
    encoder = small()
    assert isinstance(encoder.network, keras.Model)
    counts = encoder.inputs_of(TEXTS)
    assert counts.shape == (5, 64)
    np.testing.assert_array_equal(encoder.network(counts), encoder(TEXTS))
    assert len(encoder.network.trainable_variables) == 4


@pytest.mark.parametrize("name", ["num_buckets", "max_words", "max_distance", "hidden_dim", "dim"])
def test_sizes_are_whole_numbers(name):
    with pytest.raises(ValueError, match=f"`{name}` must be a whole number of at least 1"):
        small(**{name: 0})


def test_encoders_from_before_triples_stay_what_they_were():
    config = {"num_buckets": 64, "max_distance": 3, "hidden_dim": 16, "dim": 8, "seed": 0}
    encoder = HashedNgramEncoder.from_config(config)
    assert (encoder.max_words, encoder.clauses) == (2, False)
    expected = small(max_words=2, max_distance=3, clauses=False)
    np.testing.assert_array_equal(encoder(TEXTS), expected(TEXTS))
    assert HashedNgramEncoder.from_config(small().get_config()).max_words == 3


def test_weights_of_another_encoder_are_refused():
    with pytest.raises(ValueError, match="must be those of a HashedNgramEncoder"):
        small().set_weights(small(dim=4).get_weights())
