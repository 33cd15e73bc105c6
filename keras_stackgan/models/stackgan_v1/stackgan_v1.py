"""StackGAN-v1: Stage-I first, then Stage-II on its pictures."""

import keras
from keras import ops

from keras_stackgan.models import ema, generation, network_checks, step_inputs, twins
from keras_stackgan.models.adversarial_model import AdversarialModel
from keras_stackgan.models.stackgan_v1 import arguments, networks, scaling
from keras_stackgan.models.stackgan_v1.model_properties import ModelProperties


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv1(ModelProperties, AdversarialModel):
    """Two generators, one after the other: `compile(stage=1)`, `fit`, `compile(stage=2)`, `fit`.

    Args:
        stage1_size: int, a power of two of at least 16. Side of Stage-I's pictures in pixels.
        image_size: int, a power of two. Side of Stage-II's; equal to `stage1_size` for the paper's
            ablation with Stage-I alone.
        generator_filters: int. Width of both generators.
        discriminator_filters: int, or a tuple with one for each stage. Channels of the
            discriminators' first layer. Large pictures cost a discriminator most, so on small
            machines later stages are well served by less.
        discriminator_max_filters: int or `None`. No layer of theirs has more channels; `None` lets
            them double with every halving, as published.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size of the code that conditioning augmentation makes.
        latent_dim: int. Size of the noise.
        num_residual_blocks: int >= 0. Of Stage-II.
        form: `"paper"` for the authors' TensorFlow code, `"pytorch"` for their COCO release.
        conditioning_augmentation: bool. Whether conditions are sampled around their mean.
        stage2_conditioning_augmentation: bool. The same for Stage-II alone; `False` gives it the
            plain embedding.
        text_at_stage2: bool. Whether Stage-II's generator reads the text again.
        generator_normalization: `"batch"`, or `"bias"` for biases alone: then no picture depends on
            the rest of its batch. See `scale_stage2`.
        discriminator_normalization: `"batch"` or `None`.
        discriminator_projection_dim: int or `None`. If set, a projection of what the discriminators
            read is also multiplied with their features.
        augmentation_mean_scale: float. Factor of the condition's mean.
        augmentation_log_variance_bias: float. Added to its log variance, also in the paper's form,
            which predicts half of that, log sigma.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels; `None` for the form's.
        discriminator_kernel_initializer: initializer of the discriminators' kernels, if it is to be
            another. Without batch norm `None` is an orthogonal one that keeps the variance.
        **kwargs: Keywords of `keras.Model`, such as `dtype="mixed_bfloat16"`.

    Raises:
        ValueError: If a size, width or switch is not as described.

    Example:

    ```python
    model = StackGANv1(stage1_size=16, image_size=64, generator_filters=8,
                       discriminator_filters=4, embedding_dim=8)
    images = np.random.randint(0, 256, (8, 64, 64, 3), "uint8")
    dataset = tf.data.Dataset.from_tensors({"images": images, "embeddings": tf.ones((8, 8))})
    for stage in (1, 2):
        model.compile(stage=stage)
        model.fit(dataset)
    model.generate(embeddings=np.ones((1, 8)), num_images=4, seed=0).shape  # (4, 64, 64, 3)
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242).
    """

    def __init__(
        self,
        stage1_size=64,
        image_size=256,
        generator_filters=128,
        discriminator_filters=64,
        embedding_dim=1024,
        conditioning_dim=128,
        latent_dim=100,
        num_residual_blocks=4,
        form="paper",
        conditioning_augmentation=True,
        stage2_conditioning_augmentation=True,
        text_at_stage2=True,
        discriminator_max_filters=None,
        generator_normalization="batch",
        discriminator_normalization="batch",
        discriminator_projection_dim=None,
        augmentation_mean_scale=1.0,
        augmentation_log_variance_bias=0.0,
        synchronized_batch_norm=False,
        kernel_initializer=None,
        discriminator_kernel_initializer=None,
        **kwargs,
    ):
        # First of all: so far nothing else is a local variable.
        given = dict(locals())
        super().__init__(**kwargs)
        arguments.set_arguments(self, given)
        self.stage, self.fine_tune_stage1 = 1, False
        self.diversity_weight, self.diversity_bound = 0.0, 0.15

        # === Networks ===
        self.generator = networks.make_generator(self, "generator")
        self.averaged_generator = networks.make_generator(self, "averaged_generator")
        ema.copy_weights(self.generator, self.averaged_generator)
        self.discriminators = [
            networks.make_discriminator(self, size, stage + 1)
            for stage, size in enumerate(self.output_sizes)
        ]
        self._finish_construction(self.embedding_dim)

    def scale_stage2(self):
        """Brings a fresh Stage-II without batch norm to unit scale on Stage-I's pictures.

        Call it when Stage-I is trained and before Stage-II is; unscaled, its first pictures may be
        saturated, and its discriminator wins at once. With batch norm, and once Stage-II has
        trained, it changes nothing.

        Raises:
            ValueError: If the model has no Stage-II.

        Example:

        ```python
        model = StackGANv1(16, 64, generator_filters=8, discriminator_filters=4, embedding_dim=8,
                           generator_normalization="bias")
        model.compile(stage=1)  # Then `fit`.
        model.scale_stage2()
        model.compile(stage=2)  # And `fit`.
        ```

        Reference:
            [Salimans & Kingma, 2016](https://arxiv.org/abs/1602.07868), section 3.
        """
        scaling.scale_stage2(self)

    # === Training ===

    def compile(
        self,
        *args,
        stage=1,
        fine_tune_stage1=False,
        diversity_weight=0.0,
        diversity_bound=0.15,
        **kwargs,
    ):
        """Sets up one stage's training, with fresh optimizers; every default is the paper's.

        Args:
            *args: optimizers. See `AdversarialModel.compile`.
            stage: 1 or 2. Which stage trains; in the second the first is fixed, but goes on to use
                batch statistics, as in the authors' releases.
            fine_tune_stage1: bool. Whether Stage-I's weights also train in the second stage, on its
                loss.
            diversity_weight: float >= 0. See `StackGANv2.compile`.
            diversity_bound: float > 0. The same.
            **kwargs: See `AdversarialModel.compile`. `unconditional_weight` is for Stage-II of
                `form="pytorch"` alone. With `mismatched="text"` that form pairs each picture with
                the next row's text as its release does: where two rows that follow have one text,
                a picture's own counts as mismatched.

        Raises:
            ValueError: If a setting is not as described, or this model has no use for it.
        """
        settings = {
            **arguments.check_stage(stage, fine_tune_stage1, self.output_sizes),
            **twins.check_settings(diversity_weight, diversity_bound, self.conditional),
        }
        with self._own_settings(settings):
            super().compile(*args, **kwargs)

    def prepare(self, batch, number, training=True):
        inputs = self.common_inputs(batch, number, training)
        rows = step_inputs.num_rows(batch)
        inputs["noise"] = self.given_or_drawn(
            batch, "noise", (rows, self.latent_dim), number, training
        )
        kind = "truncated_normal" if self._form.truncated_noise else "normal"
        names = ["augmentation_noise"] if self.conditioning_augmentation else []
        if self.stage == 2 and self.augments_stage2 and self.text_at_stage2:
            names.append("stage2_augmentation_noise")
        for name in names:
            inputs[name] = self.given_or_drawn(
                batch, name, (rows, self.conditioning_dim), number, training, kind=kind
            )
        return inputs

    def generate_fakes(self, inputs, training=True):
        rows = None
        if training and self.diversity_weight:
            rows = twins.check_rows(inputs["noise"].shape[0])
            inputs = twins.add_twins(inputs, rows)
        outputs = self.generator.stage1(inputs, training=training)
        if self.stage == 2:
            image = outputs["image"]
            if not self.fine_tune_stage1:
                image = ops.stop_gradient(image)
            stage1 = outputs
            outputs = self.generator.stage2(
                self.generator.stage2_inputs(inputs, image), training=training
            )
            if "mean" not in outputs:
                # Text once: the discriminators of the PyTorch form read Stage-I's mean.
                outputs["mean"] = ops.stop_gradient(stage1["mean"])
        fakes = {"images": [outputs.pop("image")], **outputs}
        return fakes if rows is None else twins.split_twins(fakes, rows)

    def condition(self, inputs, fakes):
        """The raw embedding (paper), or the generator's mean, which takes no gradient here."""
        if self.form == "paper":
            return inputs["embeddings"]
        return ops.stop_gradient(fakes["mean"])

    def mismatches(self, stage, inputs, fakes):
        by_text = self.recipe.mismatched is not None and "mismatched_images" not in inputs
        if self.form == "paper" or not by_text:
            return super().mismatches(stage, inputs, fakes)
        # The release pairs each picture but the last with the next one's text, whatever it is.
        condition = self.condition(inputs, fakes)
        others = [condition[k + 1 :] for k in range(self.recipe.num_mismatched)]
        return {"mismatched_conditions": others}

    def discriminator_losses(self, stage, inputs, fakes, training=True):
        real, mismatched, fake = self.judge(stage, inputs, fakes, training)
        # The release judges mismatched pairs with their text only.
        mismatched = [{"conditional": logits["conditional"]} for logits in mismatched]
        weighting = "thirds" if self._judges_alone else "halves"
        terms = self.weighted_terms(real, mismatched, fake, weighting)
        return terms, self.scores(real, mismatched, fake)

    def generator_losses(self, inputs, fakes, training=True):
        terms = self.adversarial_terms(inputs, fakes, training)
        terms.update(
            twins.diversity_terms(inputs, fakes, self.diversity_weight, self.diversity_bound)
        )
        return {**terms, **self.conditioning_terms(inputs, fakes)}

    # === Generating ===

    def generation_inputs(self, rows, seed, first, count, augmentation):
        inputs = {
            "embeddings": self.standardize(rows),
            "noise": generation.noise(seed, first, count, self.latent_dim, "noise"),
        }
        reads_twice = self.text_at_stage2 and len(self.output_sizes) == 2
        wanted = {
            "augmentation_noise": self.conditioning_augmentation,
            "stage2_augmentation_noise": self.augments_stage2 and reads_twice,
        }
        for name, used in wanted.items():
            if augmentation and used:
                inputs[name] = generation.noise(
                    seed, first, count, self.conditioning_dim, name, self._form.truncated_noise
                )
        return inputs

    # === Config ===

    def get_config(self):
        return {**super().get_config(), **network_checks.configured(self, arguments.NAMES)}
