"""StackGAN-v2 (StackGAN++): all stages trained together."""

import keras

from keras_stackgan import losses
from keras_stackgan.models import ema, generation, network_checks, step_inputs, twins
from keras_stackgan.models.adversarial_model import AdversarialModel
from keras_stackgan.models.stackgan_v2 import arguments, growth, networks
from keras_stackgan.models.stackgan_v2.model_properties import ModelProperties


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv2(ModelProperties, AdversarialModel):
    """A tree of generators and one discriminator a branch, trained together.

    Args:
        image_sizes: tuple of 1 to 5 ints. Side of each stage's picture in pixels: powers of two of
            at least 16, each twice the one before or equal to it (the paper's "all256").
        generator_filters: int. Channels of the first stage's last features; a multiple of
            `2 ** (stages - 1)`.
        discriminator_filters: int, or a tuple with one for each stage. Channels of the
            discriminators' first layer. Large pictures cost a discriminator most, so on small
            machines later stages are well served by less. More numbers than stages are
            for those that `grow` adds.
        discriminator_max_filters: int or `None`. No layer of theirs has more channels; `None` lets
            them double with every halving, as published.
        embedding_dim: int, size of the text embedding, or `None` for an unconditional model.
        num_classes: int or `None`. If set, the condition is a class label and `embedding_dim` is
            not used.
        conditioning_dim: int. Size of the code that conditioning augmentation makes.
        latent_dim: int. Size of the noise.
        num_residual_blocks: int for the second and third stage (later ones have at most one, as
            published), or a tuple with one int for each stage but the first. More numbers are for
            stages that `grow` adds.
        conditioning_augmentation: bool. Whether the condition is sampled around its mean.
        unconditional_head: bool. Whether discriminators also judge pictures without text.
        supervised: `"all"`, or `"last"` for the paper's ablation with one discriminator.
        image_skips: bool. Whether a stage adds to the enlarged picture of the one before it (not in
            the paper). Then `grow` adds stages that begin as that picture: a short training
            refines it, where otherwise it must first be drawn again.
        generator_normalization: `"batch"`, or `"bias"` for biases alone: then no picture depends on
            the rest of its batch. Give `kernel_initializer` a gain of about 1.8 with it, as gated
            linear units let half of their input pass.
        discriminator_normalization: `"batch"` or `None`.
        discriminator_conditioning_dim: int or `None`. Size of the discriminators' own text layer;
            `None` gives them the generator's mean, as published.
        discriminator_projection_dim: int or `None`. If set, a projection of the embedding is also
            multiplied with the discriminators' features.
        discriminator_features: functional `keras.Model` from pictures to feature maps, or `None`. A
            trained network, frozen and copied, whose features the discriminators see beside their
            own, as `AttributeClassifier.feature_maps` makes it (not in the paper). Shapes then come
            in fewer steps. See `layers.FrozenFeatures`.
        augmentation_mean_scale: float. Factor of the condition's mean.
        augmentation_log_variance_bias: float. Added to its log variance.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the generator's kernels.
        discriminator_kernel_initializer: initializer of the discriminators'.
        **kwargs: Keywords of `keras.Model`, such as `dtype="mixed_bfloat16"`.

    Raises:
        ValueError: If a size, width or switch is not as described.

    Example:

    ```python
    model = StackGANv2(image_sizes=(16, 32), generator_filters=4, discriminator_filters=4,
                       embedding_dim=8)
    model.compile()
    images = np.random.randint(0, 256, (8, 32, 32, 3), "uint8")
    dataset = tf.data.Dataset.from_tensors({"images": images, "embeddings": tf.ones((8, 8))})
    model.fit(dataset)
    model.generate(embeddings=np.ones((1, 8)), num_images=4, seed=0).shape  # (4, 32, 32, 3)
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916).
    """

    def __init__(
        self,
        image_sizes=(64, 128, 256),
        generator_filters=64,
        discriminator_filters=64,
        embedding_dim=1024,
        num_classes=None,
        conditioning_dim=128,
        latent_dim=100,
        num_residual_blocks=2,
        conditioning_augmentation=True,
        unconditional_head=True,
        supervised="all",
        image_skips=False,
        discriminator_max_filters=None,
        generator_normalization="batch",
        discriminator_normalization="batch",
        discriminator_conditioning_dim=None,
        discriminator_projection_dim=None,
        discriminator_features=None,
        augmentation_mean_scale=1.0,
        augmentation_log_variance_bias=0.0,
        synchronized_batch_norm=False,
        kernel_initializer="orthogonal",
        discriminator_kernel_initializer=None,
        **kwargs,
    ):
        # First of all: so far nothing else is a local variable.
        given = dict(locals())
        super().__init__(**kwargs)
        arguments.set_arguments(self, given)
        self.frozen_stages = 0
        self.diversity_weight, self.diversity_bound = 0.0, 0.15
        self.refinement_weight = 0.0

        # === Networks ===
        self.generator = networks.make_generator(self, "generator")
        self.averaged_generator = networks.make_generator(self, "averaged_generator")
        ema.copy_weights(self.generator, self.averaged_generator)
        stages = range(len(self.image_sizes))[-len(self.output_sizes) :]
        self.discriminators = [
            networks.make_discriminator(self, size, label, stage)
            for size, label, stage in zip(
                self.output_sizes, self.output_labels, stages, strict=True
            )
        ]
        self._finish_construction(self.embedding_dim)

    def grow(self, image_sizes):
        """Makes a model with more stages that starts from this one's weights.

        On small machines a first stage trains many times faster than the whole tree.

        Args:
            image_sizes: tuple of ints. This model's sizes, and further ones behind them.

        Returns:
            A `StackGANv2`, not compiled.

        Raises:
            ValueError: If the sizes do not begin with this model's, or the model's width or its
                numbers of residual blocks do not reach for so many stages.

        Example:

        ```python
        small = StackGANv2(image_sizes=(16,), generator_filters=4, embedding_dim=8)
        small.grow((16, 32)).image_sizes  # (16, 32)
        ```
        """
        return growth.grow(self, image_sizes)

    # === Training ===

    def compile(
        self,
        *args,
        frozen_stages=0,
        diversity_weight=0.0,
        diversity_bound=0.15,
        refinement_weight=0.0,
        **kwargs,
    ):
        """Sets optimizers and losses; every default is the paper's.

        Args:
            *args: optimizers. See `AdversarialModel.compile`.
            frozen_stages: int >= 0. The first so many stages, and their discriminators, keep their
                weights; they go on to use batch statistics.
            diversity_weight: float >= 0. What the generator earns for drawing a caption differently
                with other noise; a quarter of each batch is drawn twice for it. Needs batches of
                a size known beforehand. See `losses.diversity`.
            diversity_bound: float > 0. The diversity beyond which nothing is earned. Real pictures
                of one and the same description have about 0.1, any two about 0.4.
            refinement_weight: float >= 0. Of the squared distance between a picture, averaged down,
                and the one of the stage before; some hundreds hold halos back. See
                `losses.refinement`.
            **kwargs: See `AdversarialModel.compile`.

        Raises:
            ValueError: If a setting is not as described.
        """
        frozen_stages = arguments.check_frozen_stages(frozen_stages, len(self.output_sizes))
        settings = twins.check_settings(diversity_weight, diversity_bound, self.conditional)
        arguments.check_refinement_weight(refinement_weight, self.output_sizes)
        settings.update(frozen_stages=frozen_stages, refinement_weight=float(refinement_weight))
        with self._own_settings(settings):
            super().compile(*args, **kwargs)

    def paper_recipe(self):
        tied = not self.conditional and len(self.output_sizes) > 1
        return {"color_weight": 50.0 if tied else 0.0, "ema_decay": 0.999}

    def prepare(self, batch, number, training=True):
        inputs = self.common_inputs(batch, number, training)
        rows = step_inputs.num_rows(batch)
        inputs["noise"] = self.given_or_drawn(
            batch, "noise", (rows, self.latent_dim), number, training
        )
        if self.conditional and self.conditioning_augmentation:
            inputs["augmentation_noise"] = self.given_or_drawn(
                batch, "augmentation_noise", (rows, self.conditioning_dim), number, training
            )
        return inputs

    def generate_fakes(self, inputs, training=True):
        count = self.frozen_stages
        if training and self.diversity_weight:
            rows = twins.check_rows(inputs["noise"].shape[0])
            fakes = self.generator(twins.add_twins(inputs, rows), training=training)
            fakes = twins.split_twins(fakes, rows)
            fakes["twins"] = fakes["twins"][count:]
        else:
            fakes = self.generator(inputs, training=training)
        images = fakes.pop("images")
        return {**fakes, "frozen_images": images[:count], "images": images[count:]}

    def condition(self, inputs, fakes):
        """What the discriminators read: the generator's mean, or the embedding itself.

        The mean is not detached: the text also learns through the discriminators, as released.
        """
        if not self.conditional:
            return None
        return inputs["embeddings"] if self.discriminators_read_text else fakes["mean"]

    def discriminator_losses(self, stage, inputs, fakes, training=True):
        logits = self.judge(stage, inputs, fakes, training)
        return self.weighted_terms(*logits, self._weighting), self.scores(*logits)

    @property
    def _weighting(self):
        """The release halves mismatched and fake terms where nothing is judged without text."""
        halves = self.conditional and self.recipe.mismatched is not None
        judged_alone = self.unconditional_head and self.recipe.unconditional_weight
        return "halves" if halves and not judged_alone else "sum"

    def generator_losses(self, inputs, fakes, training=True):
        terms = self.adversarial_terms(inputs, fakes, training)
        # Between two frozen stages nothing learns.
        tied = [*fakes["frozen_images"][-1:], *fakes["images"]][-3:]
        for name, weight, distance in (
            ("color_loss", self.recipe.color_weight, losses.color_consistency),
            ("refinement_loss", self.refinement_weight, losses.refinement),
        ):
            if weight and len(tied) > 1:
                pairs = zip(tied, tied[1:], strict=False)
                terms[name] = weight * sum(distance(larger, smaller) for smaller, larger in pairs)
        terms.update(
            twins.diversity_terms(inputs, fakes, self.diversity_weight, self.diversity_bound)
        )
        return {**terms, **self.conditioning_terms(inputs, fakes)}

    # === Generating ===

    def generation_inputs(self, rows, seed, first, count, augmentation):
        inputs = {"noise": generation.noise(seed, first, count, self.latent_dim, "noise")}
        if rows is not None:
            inputs["embeddings"] = self.standardize(rows)
            if augmentation and self.conditioning_augmentation:
                inputs["augmentation_noise"] = generation.noise(
                    seed, first, count, self.conditioning_dim, "augmentation_noise"
                )
        return inputs

    # === Config ===

    def get_config(self):
        return {**super().get_config(), **network_checks.configured(self, arguments.NAMES)}
