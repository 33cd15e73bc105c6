"""A trained matching net, frozen, as a guide of generators."""

import hashlib
import os

import keras
import numpy as np
from keras import ops

from keras_stackgan import losses
from keras_stackgan.text.picture_network import area_resized


@keras.saving.register_keras_serializable("keras_stackgan")
class Matcher:
    """Tells a generator how well its pictures match the sentences they were made from.

    Call it with generated pictures and the embeddings that the generator had, as
    `StackGANv2.compile(matcher=..., matching_weight=...)` does, for a loss: `contrastive` over the
    batch, and `hardest_hinge`, for which only the most similar other text counts. Rows of equal
    embeddings never count as wrong for each other. The embeddings must be of the encoder that was
    trained in the matching model.

    A model passes its matcher embeddings as `adapt_embeddings` standardized them; with
    `generator_model` that is undone. The weights are copies: training the matching model further
    changes nothing, and no optimizer finds them.

    A model that is saved with a matcher remembers the file it came from, and its weights'
    fingerprint. With a matcher of a model in memory it must be loaded with `compile=False`.

    Args:
        model: `MatchingModel`, or the path of one saved as `.keras`.
        generator_model: the model to be guided, or `None` where `adapt_embeddings` is not used.
        hardest_weight: float >= 0. Weight of `hardest_hinge`.

    Call args:
        images: float tensor in [-1, 1], `(batch, size, size, 3)`, of any size.
        embeddings: float tensor `(batch, encoder.dim)`.

    Returns:
        A scalar.

    Raises:
        ValueError: an argument is not as described.

    Example:

    ```python
    model.compile(matcher=Matcher("matching.keras", model), matching_weight=1.0)
    ```

    Reference:
        [Xu et al., 2018](https://arxiv.org/abs/1711.10485), section 3.2.
    """

    def __init__(self, model, generator_model=None, hardest_weight=1.0):
        self.file = None
        if isinstance(model, (str, os.PathLike)):
            self.file = os.fspath(model)
            model = keras.models.load_model(self.file, compile=False)
        if not hardest_weight >= 0:
            raise ValueError(
                f"`hardest_weight` must be 0 or more. Received: hardest_weight={hardest_weight!r}."
            )
        self.hardest_weight = float(hardest_weight)
        self.image_size, self.embedding_dim = model.image_size, model.encoder.dim
        self.scale = float(np.exp(np.minimum(ops.convert_to_numpy(model.log_scale), 4.6)))
        self._networks = [
            (
                network,
                _copies(network.trainable_variables),
                _copies(network.non_trainable_variables),
            )
            for network in (model.picture_network, model.picture_head)
            if network is not None
        ]
        self._text_kernel = _copies(model.text_head.weights)[0] if model.text_head else None
        # Read when they are used: `adapt_embeddings` may come later.
        self._standardization = _standardization(generator_model, self.embedding_dim)

    def __call__(self, images, embeddings):
        pictures = area_resized(ops.cast(images, "float32"), self.image_size)
        for network, trainable, other in self._networks:
            pictures, _ = network.stateless_call(trainable, other, pictures, training=False)
        texts = ops.cast(embeddings, "float32")
        difference = ops.max(ops.abs(texts[:, None] - texts[None]), axis=-1)
        same = difference < 1e-6
        if self._standardization is not None:
            mean, scale = (ops.cast(values, "float32") for values in self._standardization)
            texts = texts / scale + mean
        if self._text_kernel is not None:
            texts = ops.matmul(texts, self._text_kernel)
        loss = losses.contrastive(pictures, texts, self.scale, same)
        if self.hardest_weight:
            loss += self.hardest_weight * losses.hardest_hinge(pictures, texts, same=same)
        return loss

    def fingerprint(self):
        """Returns 64 hexadecimal digits that change whenever the weights do."""
        digest = hashlib.sha256(f"{self.image_size} {self.scale}".encode())
        arrays = [array for _, *groups in self._networks for group in groups for array in group]
        for array in arrays + [self._text_kernel] * (self._text_kernel is not None):
            if array.dtype.kind != "f":
                # The state of a dropout's random numbers: another in every process, and not used.
                continue
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def get_config(self):
        standardization = self._standardization
        if standardization is not None:
            standardization = [ops.convert_to_numpy(values).tolist() for values in standardization]
        return {
            "file": self.file,
            "fingerprint": self.fingerprint(),
            "standardization": standardization,
            "hardest_weight": self.hardest_weight,
        }

    @classmethod
    def from_config(cls, config):
        if config["file"] is None:
            raise ValueError(
                "A matcher can be made again only where it came from a file. Received: one of a "
                "model in memory. Load with compile=False and compile with a matcher, or save the "
                "matching model and give its file: Matcher('matching.keras', model)."
            )
        matcher = cls(config["file"], hardest_weight=config["hardest_weight"])
        if matcher.fingerprint() != config["fingerprint"]:
            raise ValueError(
                f"The matching model must be the one that was trained with. Received: "
                f"'{config['file']}' with other weights. Put the old file back, or load with "
                "compile=False."
            )
        if config["standardization"] is not None:
            matcher._standardization = [
                np.asarray(values, "float32") for values in config["standardization"]
            ]
        return matcher


def _groups(network):
    return _copies(network.trainable_variables), _copies(network.non_trainable_variables)


def _copies(variables):
    return [np.array(ops.convert_to_numpy(variable)) for variable in variables]


def _standardization(generator_model, embedding_dim):
    if generator_model is None:
        return None
    if generator_model.embedding_mean is None:
        raise ValueError("`generator_model` must be a model made with `embedding_dim`.")
    found = generator_model.embedding_mean.shape[0]
    if found != embedding_dim:
        raise ValueError(
            f"`generator_model` must take embeddings of the matching model's encoder, of dim "
            f"{embedding_dim}. Received: one with embedding_dim={found}."
        )
    return [generator_model.embedding_mean, generator_model.embedding_scale]
