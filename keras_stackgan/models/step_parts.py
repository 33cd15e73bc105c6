"""The step's mechanics: slices, scales, and the update that a bad term never reaches."""

from keras_stackgan.models import ema, optimizers
from keras_stackgan.models.fitted_model import NOT_APPLIED
from keras_stackgan.models.lazy_tensorflow import tf


class StepParts:
    """What `AdversarialModel.train_step` does around the losses."""

    def _split(self, batch):
        """One consecutive slice of the batch for each update of the discriminators."""
        steps = self.recipe.discriminator_steps
        if steps == 1:
            return [batch]
        size = tf.nest.flatten(batch)[0].shape[0]
        if size is None or size % steps:
            raise ValueError(
                f"The batch of a replica must be a multiple of `discriminator_steps={steps}`. "
                f"Received: {size} pictures; use `drop_remainder=True`."
            )
        share = size // steps
        return [
            tf.nest.map_structure(lambda x, k=k: x[k * share : (k + 1) * share], batch)
            for k in range(steps)
        ]

    def _scale(self, terms, optimizer):
        # TensorFlow's optimizers add the replicas' gradients up.
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        return optimizer.scale_loss(tf.add_n(list(terms.values())) / replicas)

    def _gradient_norm(self, gradients, optimizer):
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        norm = tf.linalg.global_norm([tf.cast(g, self.loss_dtype) for g in gradients])
        scale = optimizer.scale_loss(tf.ones((), self.loss_dtype))
        return norm * replicas / scale

    def _apply(self, optimizer, gradients, variables, terms, norm):
        """Updates if all terms are finite; a bad update changes nothing, counters included."""
        # Single terms before their sums, so that the culprit is named.
        names = sorted(terms, key=lambda name: name.startswith(("d_loss", "g_loss")))
        values = [terms[name] for name in names]
        if optimizers.inner(optimizer) is optimizer:
            # Loss scaling makes infinite gradients at times and leaves those steps out by itself.
            names, values = [*names, self._norm_name(optimizer)], [*values, norm]
        values = tf.stack(values)
        finite = tf.math.is_finite(values)
        first = tf.argmin(tf.cast(finite, "int32"))
        check = tf.debugging.Assert(
            tf.reduce_all(finite),
            [
                tf.gather(tf.constant(names), first),
                NOT_APPLIED,
                tf.gather(values, first),
                self.batch_counter.value,
            ],
        )
        # In a graph the check is an operation, and must come before `apply` by more than its place.
        with tf.control_dependencies([] if check is None else [check]):
            gradients = [tf.identity(gradient) for gradient in gradients]
        with tf.control_dependencies(gradients):
            optimizer.apply(gradients, variables)
        return gradients

    def _norm_name(self, optimizer):
        if optimizer is self.generator_optimizer:
            return "g_gradient_norm"
        places = [id(each) for each in self.discriminator_optimizers]
        return f"d_gradient_norm_{self.stage_labels[places.index(id(optimizer))]}"

    @property
    def warmup_step(self):
        """The step of the average's warm-up: how many updates its weights have seen.

        The model's own step. A grown model is another model, so its new stages warm up; a second
        `compile` of the same weights goes on with the average that they have.
        """
        return self.batch_counter.value // self.accumulation_steps

    def _advance(self):
        accumulation = self.accumulation_steps
        step = self.warmup_step

        def update():
            decay = ema.decay_at(step, self._decay.variable.value, self.recipe.ema_warmup)
            ema.update_average(self.averaged_generator, self.generator, decay)

        if accumulation == 1:
            update()
        else:
            tf.cond((self.batch_counter.value + 1) % accumulation == 0, update, lambda: None)
        self.batch_counter.assign_add(1)
