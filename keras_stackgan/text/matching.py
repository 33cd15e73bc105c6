"""A picture network and a text encoder, trained together on captioned pictures."""

import keras
import numpy as np
from keras import ops

from keras_stackgan import losses
from keras_stackgan.layers.utils import check_choice, check_count
from keras_stackgan.text.attribute_training import check_trainable
from keras_stackgan.text.matcher import Matcher
from keras_stackgan.text.picture_network import area_resized, as_pictures, picture_network

LOSSES = ("contrastive", "structured_hinge")
# exp(4.6) is about 100: CLIP's bound.
_MAX_LOG_SCALE = 4.6


@keras.saving.register_keras_serializable("keras_stackgan")
class MatchingModel(keras.Model):
    """Brings pictures and the sentences that are true of them to near vectors.

    The general form of the papers' joint embedding: `fit` trains the text encoder without labels,
    in place. Afterwards `encoder` serves a StackGAN, `matcher` guides its generator, and the
    vectors of both sides give R-precision (`keras_stackgan.metrics.retrieval_precision`).

    Batches are those of `keras_stackgan.data.matching_dataset`. In a batch, equal captions and
    captions of one picture never count as wrong for each other, and wrong captions made of the
    right one do (`hard_texts`). With `"structured_hinge"` every other row counts as wrong, as
    published.

    Args:
        encoder: a text encoder with `network`, a Keras model, and `inputs_of(texts)`, what it
            takes; such as `HashedNgramEncoder` or `CharCNNRNN`.
        picture_network: Keras model from float pictures in [-1, 1], `(batch, image_size,
            image_size, 3)`, to `(batch, features)`, or `None` for a small one of its own. Where
            the features are not `dim` many, a linear layer follows.
        dim: int. Size of the vectors that meet. Where the encoder's have another size, a linear
            layer brings them to it.
        image_size: int. Side of the pictures that the picture network takes.
        loss: `"contrastive"` (cosines, with a learned temperature) or `"structured_hinge"`
            (products; the loss of the papers' encoder).
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `images`, uint8, or float in [-1, 1], of any size; `texts`, the encoder's
            inputs; and perhaps `hard_texts`, more of them, `(batch, count, ...)`.
        training: bool.

    Returns:
        A dict of vectors `(batch, dim)`: `pictures`, `texts`, and `hard_texts` `(batch, count,
        dim)` if there are.

    Raises:
        TypeError: `encoder` cannot be trained.
        ValueError: another argument is not as described.

    Example:

    ```python
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
    model = MatchingModel(encoder, dim=8, image_size=16)
    model.compile()
    texts = encoder.inputs_of(["a red bird", "a blue bird"])
    model.fit({"images": np.zeros((2, 16, 16, 3), "uint8"), "texts": texts}, verbose=0)
    model.text_vectors(["a red bird"]).shape  # (1, 8)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05395), the joint embedding;
        [Xu et al., 2018](https://arxiv.org/abs/1711.10485), section 3.2, the matching loss.
    """

    def __init__(
        self,
        encoder,
        picture_network=None,
        dim=128,
        image_size=64,
        loss="contrastive",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_trainable(encoder)
        self.encoder = encoder
        self.dim = check_count("dim", dim)
        self.image_size = check_count("image_size", image_size)
        self.loss_name = check_choice("loss", loss, LOSSES)

        # === Networks ===
        self.text_network = encoder.network
        self.picture_network = _checked_network(picture_network, self.image_size, self.dim)
        self.text_head = _head("text_head", encoder.dim, self.dim)
        features = self.picture_network.output_shape[-1]
        self.picture_head = _head("picture_head", features, self.dim)
        self.log_scale = self.add_weight(
            (),
            keras.initializers.Constant(2.5),
            dtype="float32",
            trainable=loss == "contrastive",
            name="log_scale",
        )
        self._accuracy = keras.metrics.Mean(name="accuracy")
        self.built = True

    def call(self, inputs, training=None):
        vectors = {
            "pictures": self.embed_pictures(inputs["images"], training),
            "texts": self.embed_texts(inputs["texts"], training),
        }
        if "hard_texts" in inputs:
            texts = inputs["hard_texts"]
            # The batch is the unknown size of the two.
            flat = ops.reshape(texts, (-1, *texts.shape[2:]))
            hard = self.embed_texts(flat, training)
            vectors["hard_texts"] = ops.reshape(hard, (-1, texts.shape[1], self.dim))
        return vectors

    def embed_pictures(self, images, training=False):
        """Returns the vectors of a batch of pictures, as a tensor."""
        images = area_resized(as_pictures(images), self.image_size)
        vectors = self.picture_network(images, training=training)
        return vectors if self.picture_head is None else self.picture_head(vectors)

    def embed_texts(self, inputs, training=False):
        """Returns the vectors of a batch of the encoder's inputs, as a tensor."""
        vectors = self.text_network(inputs, training=training)
        return vectors if self.text_head is None else self.text_head(vectors)

    # === Training ===

    def compile(self, optimizer=None, **kwargs):
        """See `keras.Model.compile`; by default Adam(1e-3), and no XLA."""
        kwargs.setdefault("jit_compile", False)
        super().compile(optimizer or keras.optimizers.Adam(1e-3), **kwargs)

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if self.loss_name == "structured_hinge":
            loss = losses.structured_hinge(y_pred["pictures"], y_pred["texts"])
            loss += self._hard_hinge(x, y_pred)
        else:
            loss = losses.contrastive(**self._compared(x, y_pred))
        # Optimizers sum over replicas.
        strategy = getattr(self, "distribute_strategy", None)
        return loss / (1 if strategy is None else strategy.num_replicas_in_sync)

    def _compared(self, x, vectors):
        same = None
        for name in ("records", "captions"):
            if name in x:
                equal = x[name][:, None] == x[name][None]
                same = equal if same is None else ops.logical_or(same, equal)
        return {
            "image_vectors": vectors["pictures"],
            "text_vectors": vectors["texts"],
            "scale": ops.exp(ops.minimum(self.log_scale, _MAX_LOG_SCALE)),
            "same": same,
            "hard_vectors": vectors.get("hard_texts"),
            "hard_mask": x.get("hard_mask"),
        }

    def _hard_hinge(self, x, vectors):
        """What a picture pays for wrong captions that come near its own."""
        if "hard_texts" not in vectors:
            return 0.0
        pictures = vectors["pictures"]
        right = ops.sum(pictures * vectors["texts"], axis=-1)[:, None]
        wrong = ops.sum(pictures[:, None] * vectors["hard_texts"], axis=-1)
        costs = ops.relu(wrong - right + 1.0)
        return ops.mean(costs * x["hard_mask"] if "hard_mask" in x else costs)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Adds `accuracy`: how often a picture's own caption is the best of the batch."""
        compared = self._compared(x, y_pred)
        if self.loss_name == "structured_hinge":
            scores = ops.matmul(y_pred["pictures"], ops.transpose(y_pred["texts"]))
        else:
            scores, _ = losses.contrastive_scores(**compared)
        right = ops.argmax(scores, axis=-1) == ops.arange(ops.shape(scores)[0])
        self._accuracy.update_state(ops.cast(right, "float32"))
        return self.get_metrics_result()

    # === Use ===

    def picture_vectors(self, images, batch_size=128):
        """Returns the vectors of pictures, float32 `(n, dim)`.

        Args:
            images: uint8 array, or float array in [-1, 1], `(n, size, size, 3)`, of any size.
            batch_size: int. Pictures at a time.
        """
        return self._batched(self.embed_pictures, images, batch_size)

    def text_vectors(self, captions, batch_size=256):
        """Returns the vectors of sentences, float32 `(n, dim)`.

        Args:
            captions: list of n strings.
            batch_size: int. Sentences at a time.
        """
        captions = [captions] if isinstance(captions, str) else list(captions)
        return self._batched(
            lambda texts: self.embed_texts(self.encoder.inputs_of(texts)), captions, batch_size
        )

    def _batched(self, function, values, batch_size):
        parts = [np.zeros((0, self.dim), "float32")]
        for first in range(0, len(values), batch_size):
            parts.append(ops.convert_to_numpy(function(values[first : first + batch_size])))
        return np.concatenate(parts)

    def matcher(self, generator_model=None, hardest_weight=1.0):
        """Returns the frozen guide that a StackGAN's `compile(matcher=...)` takes.

        Args:
            generator_model: the model to be guided, whose standardization of embeddings is undone;
                `None` where `adapt_embeddings` is not used.
            hardest_weight: float >= 0. See `Matcher`.

        Returns:
            A `Matcher` with the weights of this moment.
        """
        return Matcher(self, generator_model, hardest_weight)

    def get_config(self):
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "picture_network": keras.saving.serialize_keras_object(self.picture_network),
            "dim": self.dim,
            "image_size": self.image_size,
            "loss": self.loss_name,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for name in ("encoder", "picture_network"):
            config[name] = keras.saving.deserialize_keras_object(config[name], custom_objects)
        return cls(**config)


def _checked_network(network, image_size, dim):
    if network is None:
        return picture_network(image_size, dim)
    shape = getattr(network, "output_shape", None)
    if not isinstance(network, keras.Model) or shape is None or len(shape) != 2:
        raise ValueError(
            "`picture_network` must be a built Keras model from pictures to vectors "
            f"(batch, features). Received: {network!r} with output shape {shape}. Let it end with "
            "a pooling or a dense layer."
        )
    return network


def _head(name, received, dim):
    if received == dim:
        return None
    head = keras.layers.Dense(dim, use_bias=False, dtype="float32", name=name)
    head.build((None, received))
    return head
