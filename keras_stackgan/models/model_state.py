"""What a model holds beside its networks: counter, average's decay, metrics, text encoder."""

from keras_stackgan.models import ema, multi_worker, optimizers
from keras_stackgan.models.fitted_model import FittedModel
from keras_stackgan.models.lazy_tensorflow import tf
from keras_stackgan.models.scaled_embeddings import ScaledEmbeddings

# Attributes whose layers are no parts of the model: neither trained nor saved as its weights.
NOT_TRACKED = ("_settings", "text_encoder")


class ModelState(ScaledEmbeddings, FittedModel):
    """Counts the steps of `AdversarialModel`, logs its losses and says what trains."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.recipe = None
        self.generator_optimizer = None
        self.discriminator_optimizers = []
        self.text_encoder = None
        self.batch_counter = self.add_weight(
            name="batch_counter", shape=(), dtype="int64", initializer="zeros", trainable=False
        )
        self._decay = None
        self._means = {}
        self._generate_functions = {}

    def __setattr__(self, name, value):
        if name in NOT_TRACKED:
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def __dir__(self):
        # Keras looks here for what a weights file holds.
        return [name for name in super().__dir__() if name not in NOT_TRACKED]

    def _finish_construction(self, embedding_dim):
        """Marks the model as built, once every network is."""
        self._make_embedding_scale(embedding_dim)
        self.built = True

    @property
    def step(self):
        """Number of updates done so far."""
        return int(self.batch_counter.numpy()) // self.accumulation_steps

    @property
    def loss_dtype(self):
        return "float64" if self.compute_dtype == "float64" else "float32"

    @property
    def active_discriminators(self):
        """The discriminators that train, one for each entry of `stage_labels`."""
        return list(self.discriminators)

    @property
    def generator_variables(self):
        """The variables that the generator's optimizer updates."""
        return self.generator.trainable_variables

    @property
    def accumulation_steps(self):
        if self.generator_optimizer is None:
            return 1
        return optimizers.inner(self.generator_optimizer).gradient_accumulation_steps or 1

    @property
    def ema_decay(self):
        """The moving average's decay a step, `None` before `compile`.

        It can be set while the model trains, without another trace. No file keeps it: where runs
        are resumed, `callbacks.EMADecay` sets it from the step.
        """
        return None if self._decay is None else float(self._decay.variable.numpy())

    @ema_decay.setter
    def ema_decay(self, value):
        if self._decay is None:
            raise ValueError("`ema_decay` can be set once the model is compiled.")
        ema.check_decay(value)
        with self.distribute_strategy.scope():
            self._decay.variable.assign(value)

    # === Metrics ===

    @property
    def metrics(self):
        return list(self._means.values())

    def _log(self, logs):
        unknown = set(logs) - set(self._means)
        if unknown:
            raise KeyError(f"{sorted(unknown)} are not among `log_names()`: {sorted(self._means)}")
        for name, value in logs.items():
            weight = None
            if "gradient_norm" in name:
                # One that is not finite is of a step that loss scaling left out: all others failed.
                finite = tf.math.is_finite(value)
                value, weight = tf.where(finite, value, 0.0), tf.cast(finite, self.loss_dtype)
            self._means[name].update_state(value, sample_weight=weight)
        results = {name: self._means[name].result() for name in self._means if name in logs}
        return multi_worker.reducible(results)
