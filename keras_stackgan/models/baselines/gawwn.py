"""GAWWN: text to picture, with the object where a box says."""

import keras
from keras import ops

from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models import box_checks, network_checks
from keras_stackgan.models.baselines.boxed_generation import BoxedGeneration
from keras_stackgan.models.baselines.gawwn_discriminator import GAWWNDiscriminator
from keras_stackgan.models.baselines.gawwn_generator import GAWWNGenerator, check_size
from keras_stackgan.models.baselines.single_stage_model import SingleStageModel
from keras_stackgan.models.lazy_tensorflow import tf
from keras_stackgan.models.other_rows import other_rows


@keras.saving.register_keras_serializable("keras_stackgan")
class GAWWN(BoxedGeneration, SingleStageModel):
    """The generative adversarial what-where network, conditioned on text and a bounding box.

    Batches have `boxes`, float `(batch, 4)`: left, top, width and height in units of the picture,
    as `caption_dataset(boxes=True)` gives them. Mismatched pairs are made by other rows' text.

    Args:
        image_size: int, a power of two of at least 32. Side of the pictures in pixels.
        generator_filters: int. Width of the generator.
        discriminator_filters: int. Channels of the discriminator's first layer.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size to which the discriminator compresses the embedding.
        latent_dim: int. Size of the noise.
        discriminator_normalization: `"batch"`, or `None` for biases in its place: with batches that
            are all real or all made, batch norm hides what they have in common.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all convolutions; `None` for the authors'.
        **kwargs: Keywords of `keras.Model`, such as `dtype="mixed_bfloat16"`.

    Raises:
        ValueError: If a size or width is not as described.

    Example:

    ```python
    model = GAWWN(image_size=32, generator_filters=4, discriminator_filters=4, embedding_dim=8)
    model.compile()
    batch = {
        "images": np.random.randint(0, 256, (8, 32, 32, 3), "uint8"),
        "embeddings": np.ones((8, 8), "float32"),
        "boxes": np.tile(np.float32([0.1, 0.2, 0.5, 0.6]), (8, 1)),
    }
    model.fit(tf.data.Dataset.from_tensors(batch))
    model.generate(embeddings=np.ones((1, 8)), boxes=(0.5, 0.5, 0.4, 0.4)).shape  # (1, 32, 32, 3)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1610.02454), section 4.1; widths, losses and the
        location's way through both networks as in the authors' `main_cub_bbox.lua` and
        `scripts/train_cub_bbox.sh`, where both widths are 128. Where the paper and the code
        differ (the paper adds the text to the discriminator's global path, the code concatenates
        it), this is the code; the paper's text itself was not at hand, so what it says is
        unverified. The release lets the generator learn from scores given before the
        discriminator's update; here, as everywhere in this package, they come after it.
    """

    def __init__(
        self,
        image_size=128,
        generator_filters=128,
        discriminator_filters=128,
        embedding_dim=1024,
        conditioning_dim=128,
        latent_dim=100,
        discriminator_normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = check_size(image_size)
        self.generator_filters = network_checks.check_count("generator_filters", generator_filters)
        self.discriminator_filters = network_checks.check_count(
            "discriminator_filters", discriminator_filters
        )
        self.embedding_dim = network_checks.check_count("embedding_dim", embedding_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.discriminator_normalization = check_choice(
            "discriminator_normalization", discriminator_normalization, ("batch", None)
        )
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = kernel_initializer
        keywords = {
            "embedding_dim": self.embedding_dim,
            "synchronized_batch_norm": self.synchronized_batch_norm,
            "kernel_initializer": kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self._set_networks(
            lambda name: GAWWNGenerator(
                self.image_size,
                self.generator_filters,
                latent_dim=self.latent_dim,
                name=name,
                **keywords,
            ),
            GAWWNDiscriminator(
                self.image_size,
                self.discriminator_filters,
                conditioning_dim=self.conditioning_dim,
                normalization=discriminator_normalization,
                name=f"discriminator_{self.image_size}",
                **keywords,
            ),
        )

    # === Training ===

    def _check_recipe(self, recipe):
        super()._check_recipe(recipe)
        if recipe["mismatched"] == "images":
            raise ValueError(
                "`mismatched` of GAWWN must be 'text', 'auto' (the same) or None: another picture "
                "has another box. Received: mismatched='images'."
            )
        if recipe["mismatched"] == "auto":
            recipe["mismatched"] = "text"

    def check_batch(self, batch):
        return box_checks.check_batch(super().check_batch(batch))

    def prepare(self, batch, number, training=True):
        inputs = super().prepare(batch, number, training)
        inputs["boxes"] = box_checks.checked(batch["boxes"], self.loss_dtype)
        return inputs

    def condition(self, inputs, fakes):
        """Embeddings and boxes, side by side."""
        return self._with_boxes(inputs["embeddings"], inputs["boxes"])

    @staticmethod
    def _with_boxes(embeddings, boxes):
        return ops.concatenate([embeddings, boxes], axis=-1)

    def other_conditions(self, inputs, fakes, count):
        # Another row's text with the picture's own box.
        texts, boxes = inputs["embeddings"], inputs["boxes"]
        others = other_rows(texts, count)
        return [self._with_boxes(tf.gather(texts, rows), boxes) for rows in others]

    def get_config(self):
        names = (
            "image_size generator_filters discriminator_filters embedding_dim conditioning_dim "
            "latent_dim discriminator_normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
