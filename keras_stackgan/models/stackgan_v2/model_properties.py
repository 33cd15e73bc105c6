"""What follows from the arguments of `StackGANv2`: sizes, stages that train, their weights."""

from keras_stackgan.models import loss_terms, network_checks


class ModelProperties:
    """The properties by which `AdversarialModel` knows the stages of a `StackGANv2`."""

    @property
    def conditional(self):
        return self.condition_dim is not None

    @property
    def condition_dim(self):
        return self.embedding_dim if self.num_classes is None else self.num_classes

    @property
    def output_sizes(self):
        """Side of the pictures that come out, one for each discriminator."""
        return self.image_sizes if self.supervised == "all" else self.image_sizes[-1:]

    @property
    def output_labels(self):
        """The names of the discriminators' stages, also of those that are frozen."""
        names = network_checks.stage_names(self.image_sizes)
        return names if self.supervised == "all" else names[-1:]

    @property
    def stage_labels(self):
        return self.output_labels[self.frozen_stages :]

    @property
    def training_sizes(self):
        return self.output_sizes[self.frozen_stages :]

    @property
    def active_discriminators(self):
        return list(self.discriminators[self.frozen_stages :])

    @property
    def generator_variables(self):
        if not self.frozen_stages:
            return self.generator.trainable_variables
        first, layers = self.frozen_stages, self.generator
        parts = [*layers.stages[first:], *layers.image_heads[first:]]
        return [v for part in parts for v in part.trainable_variables]

    @property
    def loss_terms(self):
        found = {loss_terms.CONDITION, loss_terms.AUGMENTATION} if self.conditional else set()
        if self.unconditional_head or not self.conditional:
            found.add(loss_terms.UNCONDITIONAL_HEAD)
        return {*found, loss_terms.STAGES} if len(self.output_sizes) > 1 else found

    @property
    def discriminator_features(self):
        """The network that the discriminators look through; theirs, as it may have been loaded."""
        for discriminator in getattr(self, "discriminators", ()):
            frozen = discriminator.frozen_features
            return None if frozen is None else frozen.network
        return self._given_features()

    @property
    def discriminators_read_text(self):
        return bool(self.discriminator_conditioning_dim or self.discriminator_projection_dim)
