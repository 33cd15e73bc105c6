"""What follows from the arguments of `StackGANv1`: sizes, the stage that trains, its weights."""

from keras import ops

from keras_stackgan.models import loss_terms
from keras_stackgan.models.stackgan_v1 import forms


class ModelProperties:
    """The properties by which `AdversarialModel` knows the stages of a `StackGANv1`."""

    num_classes = None
    conditional = True

    @property
    def output_sizes(self):
        """Side of each stage's pictures."""
        if self.image_size == self.stage1_size:
            return (self.stage1_size,)
        return (self.stage1_size, self.image_size)

    @property
    def training_sizes(self):
        return (self.output_sizes[self.stage - 1],)

    @property
    def stage_labels(self):
        return [str(self.training_sizes[0])]

    @property
    def active_discriminators(self):
        return [self.discriminators[self.stage - 1]]

    @property
    def generator_variables(self):
        if self.stage == 1:
            return self.generator.stage1.trainable_variables
        variables = list(self.generator.stage2.trainable_variables)
        if self.fine_tune_stage1:
            variables += self.generator.stage1.trainable_variables
        return variables

    @property
    def loss_terms(self):
        found = {loss_terms.CONDITION, loss_terms.AUGMENTATION}
        return {*found, loss_terms.UNCONDITIONAL_HEAD} if self._judges_alone else found

    @property
    def warmup_step(self):
        """The model's step in Stage-I; in Stage-II that of its `compile`, where its weights begin.

        Files hold the optimizer's count, so a resumed run has the same.
        """
        if self.stage == 1:
            return super().warmup_step
        # This update is counted already, unless loss scaling left it out.
        return ops.maximum(self.generator_optimizer.iterations - 1, 0)

    @property
    def fresh_noise(self):
        return self._form.fresh_noise

    @property
    def augments_stage2(self):
        return self.conditioning_augmentation and self.stage2_conditioning_augmentation

    @property
    def _form(self):
        return forms.get(self.form)

    @property
    def _judges_alone(self):
        return self.active_discriminators[0].unconditional
