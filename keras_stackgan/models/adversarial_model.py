"""The training step of every model in this package."""

import functools

import keras

from keras_stackgan import losses
from keras_stackgan.layers.batch_normalization import penalty_scope
from keras_stackgan.models import generation, step_inputs
from keras_stackgan.models.compiled_model import CompiledModel
from keras_stackgan.models.export_methods import ExportMethods
from keras_stackgan.models.generation_methods import GenerationMethods
from keras_stackgan.models.lazy_tensorflow import tf
from keras_stackgan.models.preset_methods import PresetMethods
from keras_stackgan.models.step_helpers import StepHelpers
from keras_stackgan.models.step_parts import StepParts


class AdversarialModel(
    StepParts, StepHelpers, GenerationMethods, PresetMethods, ExportMethods, CompiledModel
):
    """A generator and one discriminator a stage, trained by turns.

    Subclasses set `generator`, `averaged_generator` and `discriminators`, and override `prepare`,
    `generate_fakes`, `discriminator_losses` and `generator_losses`; everything else is here.

    One step, as in both papers' algorithms: generate; update each discriminator on real,
    mismatched and generated pictures; update the generator against the updated discriminators;
    move the average.
    """

    # Whether the generator's update draws new noise (StackGAN-v1's TensorFlow form) or shares the
    # discriminators' pictures.
    fresh_noise = False

    # === What a model defines ===

    def condition(self, inputs, fakes):
        """What the discriminators read beside the picture, or `None`."""
        raise NotImplementedError

    def prepare(self, batch, number, training=True):
        """Brings a checked batch to what the losses take; `number` tells draws in a step apart."""
        raise NotImplementedError

    def generate_fakes(self, inputs, training=True):
        """Runs the generator: a dict with `images` (one a discriminator) and what losses need."""
        raise NotImplementedError

    def discriminator_losses(self, stage, inputs, fakes, training=True):
        """One discriminator's weighted terms by name, and its mean scores by name."""
        raise NotImplementedError

    def generator_losses(self, inputs, fakes, training=True):
        """The generator's weighted terms by their names in the logs."""
        raise NotImplementedError

    # === The step ===

    def train_step(self, batch):
        parts = self._split(self.check_batch(batch))
        logs = {}
        for number, part in enumerate(parts):
            inputs = step_inputs.tied(self.prepare(part, number))
            with tf.GradientTape() as tape:
                fakes = self._generate_fakes(inputs)
            for stage in range(len(self.active_discriminators)):
                logs.update(self._discriminator_step(stage, inputs, fakes))
        if self.fresh_noise or len(parts) > 1:
            inputs = step_inputs.tied(self.prepare(parts[-1], len(parts)))
            with tf.GradientTape() as tape:
                fakes = self._generate_fakes(inputs)
        logs.update(self._generator_step(tape, inputs, fakes))
        return self._log(logs)

    def _discriminator_step(self, stage, inputs, fakes):
        optimizer = self.discriminator_optimizers[stage]
        function = self._discriminator_gradients[stage]
        if self.recipe.r1_weight_of(stage, len(self.active_discriminators)):
            due = self.batch_counter.value % self.recipe.r1_interval == 0
            results = tf.cond(
                due,
                lambda: function(inputs, fakes, with_r1=True),
                lambda: function(inputs, fakes, with_r1=False),
            )
        else:
            results = function(inputs, fakes, with_r1=False)
        terms, scores, gradients = results
        label = self.stage_labels[stage]
        norm = self._gradient_norm(gradients, optimizer)
        logs = {f"d_loss_{label}": tf.add_n(list(terms.values()))}
        logs.update({f"d_{name}_loss_{label}": term for name, term in terms.items()})
        variables = self.active_discriminators[stage].trainable_variables
        self._apply(optimizer, gradients, variables, logs, norm)
        logs.update({f"{name}_score_{label}": score for name, score in scores.items()})
        logs[f"d_gradient_norm_{label}"] = norm
        return logs

    def _gradients_of_discriminator(self, stage, inputs, fakes, with_r1):
        variables = [v.value for v in self.active_discriminators[stage].trainable_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            terms, scores = self.discriminator_losses(stage, inputs, fakes)
            terms.update(self._penalties(stage, inputs, fakes, with_r1))
            scaled = self._scale(terms, self.discriminator_optimizers[stage])
        # A head whose weight is 0 is in no term.
        zero = tf.UnconnectedGradients.ZERO
        return terms, scores, tape.gradient(scaled, variables, unconnected_gradients=zero)

    def _penalties(self, stage, inputs, fakes, with_r1):
        recipe, discriminator = self.recipe, self.active_discriminators[stage]
        # Not augmented, unlike StyleGAN2-ADA's: the recipes' weights were found like this.
        real, condition = inputs["images"][stage], self.condition(inputs, fakes)

        def judge(images):
            logits = discriminator(images, condition, training=True)
            return sum(logits[head] for head in self.head_weights if head in logits)

        penalties = {}
        with penalty_scope():
            weight = recipe.r1_weight_of(stage, len(self.active_discriminators))
            if weight:
                # Taken every `r1_interval` steps with as many times the weight.
                factor = 0.5 * weight * recipe.r1_interval
                value = losses.r1(judge, real) if with_r1 else tf.zeros((), real.dtype)
                penalties["r1"] = factor * value
            if recipe.gradient_penalty_weight:
                value = losses.gradient_penalty(judge, real, fakes["images"][stage], inputs["mix"])
                penalties["gradient_penalty"] = recipe.gradient_penalty_weight * value
        return penalties

    def _generator_step(self, tape, inputs, fakes):
        logs, flat_gradients = self._generator_gradients(inputs, fakes)
        variables = self.generator_variables
        # The chain rule in two parts, so that no gradient of a discriminator's weights is made.
        gradients = tape.gradient(
            tf.nest.flatten(fakes),
            [v.value for v in variables],
            output_gradients=flat_gradients,
        )
        norm = self._gradient_norm(gradients, self.generator_optimizer)
        applied = self._apply(self.generator_optimizer, gradients, variables, logs, norm)
        with tf.control_dependencies(applied):
            self._advance()
        return {**logs, "g_gradient_norm": norm}

    def _gradients_of_fakes(self, inputs, fakes):
        flat = tf.nest.flatten(fakes)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(flat)
            terms = self.generator_losses(inputs, tf.nest.pack_sequence_as(fakes, flat))
            scaled = self._scale(terms, self.generator_optimizer)
        zero = tf.UnconnectedGradients.ZERO
        return self._with_totals(terms), tape.gradient(scaled, flat, unconnected_gradients=zero)

    def _with_totals(self, terms):
        """Adds each stage's sum and the whole sum to the generator's terms."""
        logs = {"g_loss": tf.add_n(list(terms.values()))}
        for label in self.stage_labels:
            own = [v for name, v in terms.items() if name.endswith(f"_loss_{label}")]
            logs[f"g_loss_{label}"] = tf.add_n(own)
        return {**logs, **terms}

    def test_step(self, batch):
        inputs = self.prepare(self.check_batch(batch), 0, training=False)
        fakes = self.generate_fakes(inputs, training=False)
        logs = {}
        for stage, label in enumerate(self.stage_labels):
            terms, scores = self.discriminator_losses(stage, inputs, fakes, training=False)
            logs[f"d_loss_{label}"] = tf.add_n(list(terms.values()))
            logs.update({f"d_{name}_loss_{label}": term for name, term in terms.items()})
            logs.update({f"{name}_score_{label}": score for name, score in scores.items()})
        logs.update(self._with_totals(self.generator_losses(inputs, fakes, training=False)))
        return self._log(logs)

    # === Parts of the step ===

    def _make_step(self, wrap):
        """Wraps the heavy pieces; the optimizers stay outside, as XLA cannot hold them here."""
        self._generate_fakes = wrap(self.generate_fakes)
        self._discriminator_gradients = [
            wrap(functools.partial(self._gradients_of_discriminator, stage), static=("with_r1",))
            for stage in range(len(self.active_discriminators))
        ]
        self._generator_gradients = wrap(self._gradients_of_fakes)

    def call(self, inputs, training=None):
        """Runs the averaged generator; `generate_from` makes uint8 pictures of the same inputs.

        Args:
            inputs: dict with `noise`, and `embeddings` or `labels` where the model has a condition;
                what else `draw_noise` returns is optional.
            training: bool. Whether batch statistics are used.

        Returns:
            The generator's dict: `images`, a list with one tensor a stage in [-1, 1], and what it
            has besides.

        Raises:
            ValueError: If `noise` or the condition is missing.

        Example:

        ```python
        model = StackGANv2(image_sizes=(16,), generator_filters=4, embedding_dim=8)
        model({**model.draw_noise(2), "embeddings": keras.ops.ones((2, 8))})["images"][0].shape
        ```
        """
        return self.averaged_generator(generation.call_inputs(self, inputs), training=training)

    def compute_output_shape(self, input_shape):
        return self.averaged_generator.compute_output_shape(input_shape)

    def summary(self, *args, **kwargs):
        """Prints the networks that train: generator and discriminators, layer by layer."""
        for network in (self.generator, *self.discriminators):
            keras.Model.summary(network, *args, **kwargs)
