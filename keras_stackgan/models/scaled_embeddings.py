"""Embeddings brought to the scale of the noise beside them."""

import numpy as np
from keras import ops


class ScaledEmbeddings:
    """The mean and scale that a model's embeddings are standardized by: weights of the model."""

    def _make_embedding_scale(self, embedding_dim):
        self.embedding_mean = self.embedding_scale = None
        if embedding_dim is not None:
            self.embedding_mean = self.add_weight(
                name="embedding_mean", shape=(embedding_dim,), initializer="zeros", trainable=False
            )
            self.embedding_scale = self.add_weight(
                name="embedding_scale", shape=(embedding_dim,), initializer="ones", trainable=False
            )

    def adapt_embeddings(self, embeddings):
        """Standardizes embeddings from now on by the mean and deviation of these.

        Sentence encoders give vectors of unit norm, whose entries are small next to the noise; the
        words then take long to be heard. The two vectors are weights of the model.

        Args:
            embeddings: float array `(n, embedding_dim)`, n >= 2, of the training captions.

        Raises:
            ValueError: If the model has no embeddings, or these are not finite or of another width.

        Example:

        ```python
        model.adapt_embeddings(encoder(captions))
        ```
        """
        if self.embedding_mean is None:
            raise ValueError("`adapt_embeddings` needs a model made with `embedding_dim`.")
        embeddings = ops.convert_to_numpy(embeddings)
        wanted = self.embedding_mean.shape[0]
        if embeddings.ndim != 2 or embeddings.shape[1] != wanted or len(embeddings) < 2:
            raise ValueError(
                f"`embeddings` must have shape (n, {wanted}) with n >= 2. "
                f"Received: shape {embeddings.shape}."
            )
        if not np.isfinite(embeddings).all():
            raise ValueError("`embeddings` must be finite. Received: NaN or infinite entries.")
        deviation = embeddings.std(axis=0)
        # An entry that never changed says nothing of how far it may: it keeps its scale.
        varied = deviation > 1e-6 * np.maximum(1.0, np.abs(embeddings).max(axis=0))
        self.embedding_mean.assign(embeddings.mean(axis=0))
        self.embedding_scale.assign(np.where(varied, 1.0 / (deviation + 1e-6), 1.0))

    def standardize(self, embeddings):
        """Applies what `adapt_embeddings` measured; the identity before."""
        embeddings = ops.cast(embeddings, self.loss_dtype)
        if self.embedding_mean is None:
            return embeddings
        mean = ops.cast(self.embedding_mean, embeddings.dtype)
        return (embeddings - mean) * ops.cast(self.embedding_scale, embeddings.dtype)
