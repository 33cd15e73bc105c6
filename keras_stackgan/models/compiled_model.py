"""What training needs before the first step: optimizers, scope, metrics, saved settings."""

import contextlib
import dataclasses

import keras

from keras_stackgan.models import compile_checks, ema, loss_terms, optimizers
from keras_stackgan.models.model_state import ModelState
from keras_stackgan.models.recipe import Recipe


class CompiledModel(ModelState):
    """Holds the optimizers and settings of `AdversarialModel`."""

    # === Compile ===

    def compile(
        self,
        generator_optimizer=None,
        discriminator_optimizer=None,
        *,
        adversarial_loss="bce",
        unconditional_weight=1.0,
        text_weight=1.0,
        kl_weight=2.0,
        kl_reduction="mean",
        color_weight=None,
        mismatched="auto",
        num_mismatched=1,
        r1_weight=0.0,
        r1_interval=16,
        gradient_penalty_weight=0.0,
        discriminator_steps=1,
        matcher=None,
        matching_weight=0.0,
        discriminator_augmentation=None,
        ema_decay=None,
        ema_warmup=False,
        seed=0,
        jit_compile="auto",
        run_eagerly=False,
        steps_per_execution=1,
    ):
        """Sets optimizers and losses; every default is the paper's.

        Args:
            generator_optimizer: Keras optimizer, or `None` for Adam(2e-4, 0.5, 0.999, 1e-8).
            discriminator_optimizer: the same, cloned for each discriminator; `None` for a clone of
                the generator's.
            adversarial_loss: `"bce"`, `"hinge"`, `"least_squares"` or `"wasserstein"`.
            unconditional_weight: float. Weight of the losses without text; 0 leaves that head as it
                is.
            text_weight: float. Weight of the losses with text; the same.
            kl_weight: float. Weight of the augmentation's KL divergence.
            kl_reduction: `"mean"` over batch and dimensions, or the paper's `"sum"`.
            color_weight: float. Weight of StackGAN-v2's color consistency; `None` for its paper's
                (50 for unconditional models, else 0).
            mismatched: `"images"` takes `mismatched_images` of the batch, `"text"` pairs the real
                pictures with the text of next rows that have another, `"auto"` takes pictures if
                there are any.
            num_mismatched: int. Numbers of mismatched texts a picture; not with `"images"`.
            r1_weight: float, or one a stage. Weight of R1 at real pictures as they are, before
                `discriminator_augmentation`.
            r1_interval: int. Steps from one R1 pass to the next.
            gradient_penalty_weight: float. Weight of WGAN-GP's penalty, before augmentation too.
            discriminator_steps: int. Updates of the discriminators, each on its share of the batch.
            matcher: frozen callable `(images, embeddings) -> loss`, for the last stage's pictures.
            matching_weight: float. Weight of the matcher's loss.
            discriminator_augmentation: `DifferentiableAugmentation`, applied to all pictures that
                the discriminators see.
            ema_decay: float in [0, 1). Decay a step of the average that `generate` uses; 0 keeps
                it equal to the live generator; `None` for the paper's (v2 0.999, v1 0).
            ema_warmup: bool. Whether the decay starts small: with the model's first steps, and in
                StackGAN-v1's second stage with those of each `compile`, which forgets the average
                from before.
            seed: int from 0 to 2**63 - 1. Of all noise in training.
            jit_compile: bool, or `"auto"`: XLA on one GPU, else the graph.
            run_eagerly: bool. See `keras.Model.compile`.
            steps_per_execution: int. See `keras.Model.compile`; 1 under a strategy.

        Raises:
            ValueError: If a setting is not as described, or weighs a term that this model has not,
                or the strategy's scope was forgotten.
            RuntimeError: If Keras' backend is not TensorFlow.
        """
        arguments = dict(locals())
        recipe = {f.name: arguments[f.name] for f in dataclasses.fields(Recipe)}
        for name, value in self.paper_recipe().items():
            if recipe[name] is None:
                recipe[name] = value
        self._check_recipe(recipe)
        self._compile(
            generator_optimizer,
            discriminator_optimizer,
            Recipe(**recipe),
            jit_compile,
            run_eagerly,
            steps_per_execution,
        )

    @contextlib.contextmanager
    def _own_settings(self, settings):
        """A model's own settings around `compile`: attributes, as before if it fails."""
        before = {name: getattr(self, name) for name in settings}
        try:
            for name, value in settings.items():
                setattr(self, name, value)
            yield
        except Exception:
            for name, value in before.items():
                setattr(self, name, value)
            raise
        self._settings = {**self._settings, **settings}

    def paper_recipe(self):
        """The settings that `compile` takes from the model's paper where it is given `None`."""
        return {"color_weight": 0.0, "ema_decay": 0.0}

    @property
    def loss_terms(self):
        """The names in `loss_terms.TERMS` of what the losses of this model can weigh."""
        raise NotImplementedError

    def _check_recipe(self, recipe):
        loss_terms.check_terms(recipe, self.loss_terms)
        if not self.conditional:
            recipe["mismatched"] = None

    def _compile(
        self,
        generator_optimizer,
        discriminator_optimizer,
        recipe,
        jit_compile,
        run_eagerly,
        steps_per_execution,
    ):
        compile_checks.check_backend()
        compile_checks.check_trainable(self)
        compile_checks.check_scope(self)
        compile_checks.check_judges(self, recipe)
        compile_checks.check_r1(self, recipe)
        compile_checks.check_steps_per_execution(self, steps_per_execution)
        generator_optimizer = optimizers.resolve(generator_optimizer, "generator_optimizer")
        if discriminator_optimizer is None:
            discriminator_optimizer = generator_optimizer
        discriminator_optimizer = optimizers.resolve(
            discriminator_optimizer, "discriminator_optimizer"
        )
        jit = compile_checks.resolve_jit(self, jit_compile)
        with self.distribute_strategy.scope():
            made = [
                optimizers.make(generator_optimizer, self.generator_variables, self.dtype_policy),
                *(
                    optimizers.make(
                        discriminator_optimizer, d.trainable_variables, self.dtype_policy
                    )
                    for d in self.active_discriminators
                ),
            ]
            compile_checks.check_variables(self, made)
            # Nothing can fail any more: a model is compiled whole or stays as it was.
            keras.Model.compile(
                self,
                optimizer=None,
                jit_compile=False,
                run_eagerly=run_eagerly,
                steps_per_execution=steps_per_execution,
            )
            self.recipe = recipe
            self.generator_optimizer, *self.discriminator_optimizers = made
            self._decay = ema.Decay(recipe.ema_decay)
            self._means = {
                name: keras.metrics.Mean(name=name, dtype=self.loss_dtype)
                for name in self.log_names()
            }
        self.optimizer = optimizers.OptimizerGroup(
            self.generator_optimizer, self.discriminator_optimizers
        )
        self._settings = {
            **{f.name: getattr(recipe, f.name) for f in dataclasses.fields(recipe)},
            "jit_compile": jit_compile,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
        }
        self._make_step(compile_checks.piece_wrapper(jit and not run_eagerly))

    def get_compile_config(self):
        if self.recipe is None:
            return None
        config = dict(self._settings)
        rates = self.optimizer.initial_rates
        config["generator_optimizer"] = optimizers.at_first(self.generator_optimizer, rates[0])
        config["discriminator_optimizer"] = optimizers.at_first(
            self.discriminator_optimizers[0], rates[1]
        )
        return {key: keras.saving.serialize_keras_object(v) for key, v in config.items()}

    def compile_from_config(self, config):
        config = {key: keras.saving.deserialize_keras_object(v) for key, v in config.items()}
        self.compile(**config)
