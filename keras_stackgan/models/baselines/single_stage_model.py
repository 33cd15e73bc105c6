"""What the systems before StackGAN have in common: one generator, one discriminator."""

from keras_stackgan.models import ema, generation, loss_terms, network_checks, step_inputs
from keras_stackgan.models.adversarial_model import AdversarialModel


class SingleStageModel(AdversarialModel):
    """A model with one picture size, one discriminator and, perhaps, text.

    Subclasses set `image_size`, `latent_dim`, `embedding_dim` (`None` without text) and call
    `_set_networks`.
    """

    num_classes = None
    embedding_dim = None

    def _set_networks(self, make_generator, discriminator):
        """Takes a function of a name that makes the generator, and the discriminator."""
        self.generator = make_generator("generator")
        self.averaged_generator = make_generator("averaged_generator")
        ema.copy_weights(self.generator, self.averaged_generator)
        self.discriminators = [discriminator]
        self._finish_construction(self.embedding_dim)

    @property
    def conditional(self):
        return self.embedding_dim is not None

    @property
    def output_sizes(self):
        """Side of the pictures."""
        return (self.image_size,)

    @property
    def stage_labels(self):
        return [str(self.image_size)]

    @property
    def loss_terms(self):
        return {loss_terms.CONDITION if self.conditional else loss_terms.UNCONDITIONAL_HEAD}

    # === Training ===

    def prepare(self, batch, number, training=True):
        inputs = self.common_inputs(batch, number, training)
        shape = (step_inputs.num_rows(batch), self.latent_dim)
        inputs["noise"] = self.latent_noise(batch, shape, number, training)
        return inputs

    def latent_noise(self, batch, shape, number, training=True):
        """The batch's own noise if it has any, else a draw of the model's distribution."""
        if self.noise_distribution == "uniform" and "noise" not in batch:
            return 2.0 * self.draw("noise", shape, number, "uniform", training) - 1.0
        return self.given_or_drawn(batch, "noise", shape, number, training)

    def generate_fakes(self, inputs, training=True):
        return self.generator(inputs, training=training)

    def condition(self, inputs, fakes):
        return inputs["embeddings"] if self.conditional else None

    def discriminator_losses(self, stage, inputs, fakes, training=True):
        logits = self.judge(stage, inputs, fakes, training)
        # GAN-CLS halves mismatched and fake pairs, so that both weigh as much as the real ones.
        weighting = "halves" if self.recipe.mismatched is not None else "sum"
        return self.weighted_terms(*logits, weighting), self.scores(*logits)

    def generator_losses(self, inputs, fakes, training=True):
        terms = self.adversarial_terms(inputs, fakes, training)
        return {**terms, **self.conditioning_terms(inputs, fakes)}

    # === Generating ===

    def generation_inputs(self, rows, seed, first, count, augmentation):
        # Nothing is augmented here, whatever is asked.
        del augmentation
        uniform = self.noise_distribution == "uniform"
        draw = generation.uniform_noise if uniform else generation.noise
        inputs = {"noise": draw(seed, first, count, self.latent_dim, "noise")}
        if rows is not None:
            inputs["embeddings"] = self.standardize(rows)
        return inputs


def widening(filters, image_size):
    """Channels at 4x4, 8x8, ... pixels, up to half of the picture's side.

    They halve with every doubling and end with `filters`. The published networks have 64 pixels
    and begin with eight times as many; larger pictures have that many at several sizes.
    """
    count = network_checks.halvings(image_size)
    return [filters * min(8, 2**k) for k in reversed(range(count))]
