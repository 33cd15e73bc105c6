"""Parts of the step that the models share."""

from absl import logging

from keras_stackgan import losses
from keras_stackgan.losses import adversarial
from keras_stackgan.models import step_inputs
from keras_stackgan.models.lazy_tensorflow import tf
from keras_stackgan.models.matching_logits import matching_logits
from keras_stackgan.models.other_rows import other_rows


class StepHelpers:
    """Inputs, mismatched pairs, named terms: what `AdversarialModel`'s hooks are made of."""

    # === Inputs ===

    @property
    def training_sizes(self):
        """Side of the pictures that train, one for each active discriminator."""
        return self.output_sizes

    def check_batch(self, batch):
        return step_inputs.check_batch(
            batch, self.training_sizes[-1], self.embedding_dim, self.num_classes
        )

    def common_inputs(self, batch, number, training):
        """Pictures by stage, the condition, and the noise of penalties and augmentation."""
        recipe, dtype, sizes = self.recipe, self.loss_dtype, self.training_sizes
        images = step_inputs.picture_sizes(batch["images"], sizes, "images", dtype)
        # All inputs wait for the pictures (see `tied`), and so for these checks.
        with tf.control_dependencies(self._checks(batch)):
            inputs = {"images": [tf.identity(image) for image in images]}
        if self.num_classes is not None:
            inputs["embeddings"] = tf.one_hot(batch["labels"], self.num_classes, dtype=dtype)
        elif self.embedding_dim is not None:
            inputs["embeddings"] = self.standardize(batch["embeddings"])
        if self.mismatched_mode(batch) == "images":
            inputs["mismatched_images"] = step_inputs.picture_sizes(
                batch["mismatched_images"], sizes, "mismatched_images", dtype
            )
        rows = step_inputs.num_rows(batch)
        if recipe.gradient_penalty_weight and training:
            inputs["mix"] = self.draw("mix", (rows, 1, 1, 1), number, kind="uniform")
        if recipe.discriminator_augmentation is not None and training:
            shape = (rows, recipe.discriminator_augmentation.noise_dim)
            for name in ("real_augmentation", "fake_augmentation"):
                inputs[name] = self.draw(name, shape, number, kind="uniform")
        return inputs

    def mismatched_mode(self, batch):
        """How mismatched pairs are made of this batch: `"images"`, `"text"` or `None`."""
        mode = self.recipe.mismatched
        if mode == "auto":
            mode = "images" if "mismatched_images" in batch else "text"
            logging.log_first_n(logging.INFO, "Mismatched pairs are made by other %s.", 1, mode)
        if mode == "images" and "mismatched_images" not in batch:
            raise ValueError(
                "`mismatched='images'` needs 'mismatched_images' in the batch. "
                f"Received: keys {sorted(batch)}; yield them or compile with mismatched='text'."
            )
        if mode == "text":
            rows = tf.nest.flatten(batch)[0].shape[0]
            if rows is not None and rows <= self.recipe.num_mismatched:
                raise ValueError(f"{self._rows_rule} Received: {rows}.")
        return mode

    @property
    def _rows_rule(self):
        return (
            "`mismatched='text'` pairs pictures with other rows' text, so a replica's batch must "
            f"have more than num_mismatched={self.recipe.num_mismatched} rows."
        )

    def _checks(self, batch):
        """Assertions of what is not known before the batch is there."""
        checks = []
        if self.num_classes is not None:
            checks.append(step_inputs.check_labels(batch["labels"], self.num_classes))
        rows = step_inputs.num_rows(batch)
        if tf.is_tensor(rows):
            rule, least = "Each replica must have a row of every batch.", 1
            if self.recipe.mismatched and self.mismatched_mode(batch) == "text":
                rule, least = self._rows_rule, self.recipe.num_mismatched + 1
            # Means over no rows are NaN, for which the learning rate would be blamed.
            rule = f"{rule} Give the data set's `batch` drop_remainder=True. Received:"
            checks.append(tf.debugging.Assert(rows >= least, [rule, rows]))
        return checks

    def given_or_drawn(self, batch, name, shape, number, training, kind="normal"):
        """The batch's own noise if it has any (recorded runs), else a draw.

        Noise of shape `(batch, draws, dim)` in the batch serves steps that draw several times.
        """
        if name not in batch:
            return self.draw(name, shape, number, kind=kind, training=training)
        noise = tf.cast(batch[name], self.loss_dtype)
        step_inputs.check_noise(name, noise, shape, number)
        return noise[:, number] if len(noise.shape) == 3 else noise

    def draw(self, name, shape, number, kind="normal", training=True):
        """Noise of this step and replica; evaluation draws the same for every batch."""
        step = self.batch_counter.value if training else -1
        return step_inputs.draw(
            name, shape, self.recipe.seed, step, number, self.loss_dtype, kind=kind
        )

    # === Discriminators' view ===

    def augment(self, images, inputs, name):
        """Applies the differentiable augmentation, if there is one and this is training."""
        if name not in inputs:
            return images
        return self.recipe.discriminator_augmentation(images, inputs[name])

    def mismatches(self, stage, inputs, fakes):
        """Keywords of `matching_logits`: other pictures, or other rows' condition."""
        if self.recipe.mismatched is None:
            return {}
        if "mismatched_images" in inputs:
            images = inputs["mismatched_images"][stage]
            return {"mismatched_images": self.augment(images, inputs, "real_augmentation")}
        others = self.other_conditions(inputs, fakes, self.recipe.num_mismatched)
        return {"mismatched_conditions": others}

    def other_conditions(self, inputs, fakes, count):
        """For each row the conditions of `count` next ones with another text: a list of tensors."""
        condition = self.condition(inputs, fakes)
        return [tf.gather(condition, rows) for rows in other_rows(inputs["embeddings"], count)]

    def judge(self, stage, inputs, fakes, training):
        """Logits of real, mismatched and generated pairs; see `matching_logits`."""
        return matching_logits(
            self.active_discriminators[stage],
            self.augment(inputs["images"][stage], inputs, "real_augmentation"),
            self.augment(fakes["images"][stage], inputs, "fake_augmentation"),
            self.condition(inputs, fakes),
            **self.mismatches(stage, inputs, fakes),
            training=training,
        )

    def weighted_terms(self, real, mismatched, fake, weighting):
        """A discriminator's terms by name, weighted as `weighting` says; see `matching_terms`."""
        return losses.matching_terms(
            self.adversarial_loss.discriminator,
            real,
            fake,
            mismatched,
            weighting=weighting,
            unconditional_weight=self.head_weights.get("unconditional", 0.0),
            text_weight=self.head_weights.get("conditional", 0.0),
        )

    @property
    def head_weights(self):
        """Weights of the heads that train, in the order of logits; one with 0 is in no term."""
        weights = {
            "conditional": self.recipe.text_weight,
            "unconditional": self.recipe.unconditional_weight,
        }
        return {head: weight for head, weight in weights.items() if weight}

    @property
    def adversarial_loss(self):
        return adversarial.get(self.recipe.adversarial_loss)

    def scores(self, real, mismatched, fake):
        """Mean scores by name; with text where there is text, and also without."""
        score = self.adversarial_loss.score
        scores = {}
        for head, suffix in (("conditional", ""), ("unconditional", "_unconditional")):
            if head in real:
                scores[f"real{suffix}"] = score(real[head])
                scores[f"fake{suffix}"] = score(fake[head])
        judged = [score(logits["conditional"]) for logits in mismatched if "conditional" in logits]
        if judged:
            scores["mismatched"] = sum(judged) / len(judged)
        return scores

    # === Generator's view ===

    def adversarial_terms(self, inputs, fakes, training):
        """The generator's weighted terms against every active discriminator."""
        terms = {}
        for stage, label in enumerate(self.stage_labels):
            logits = self.active_discriminators[stage](
                self.augment(fakes["images"][stage], inputs, "fake_augmentation"),
                self.condition(inputs, fakes),
                training=training,
            )
            for head, weight in self.head_weights.items():
                if head in logits:
                    loss = self.adversarial_loss.generator(logits[head])
                    terms[f"g_{head}_loss_{label}"] = weight * loss
        return terms

    def conditioning_terms(self, inputs, fakes):
        """The weighted terms of conditioning augmentation and of the matcher."""
        recipe, terms = self.recipe, {}
        if "log_variance" in fakes and recipe.kl_weight:
            terms["kl_loss"] = recipe.kl_weight * losses.kl_divergence(
                fakes["mean"], fakes["log_variance"], recipe.kl_reduction
            )
        if recipe.matching_weight:
            terms["matching_loss"] = recipe.matching_weight * recipe.matcher(
                fakes["images"][-1], inputs["embeddings"]
            )
        return terms

    # === Logs ===

    def log_names(self):
        """Every name that a step may log, in the order of the progress bar."""
        recipe, names = self.recipe, ["g_loss"]
        for label in self.stage_labels:
            names += [f"d_loss_{label}", f"g_loss_{label}"]
            names += [f"{kind}_score_{label}" for kind in ("real", "mismatched", "fake")]
            names += [f"{kind}_unconditional_score_{label}" for kind in ("real", "fake")]
            for kind in ("real", "mismatched", "fake"):
                names += [f"d_{kind}_loss_{label}", f"d_{kind}_unconditional_loss_{label}"]
            names += [f"g_{head}_loss_{label}" for head in ("conditional", "unconditional")]
            names += [f"d_r1_loss_{label}"] if recipe.r1_weight else []
            if recipe.gradient_penalty_weight:
                names.append(f"d_gradient_penalty_loss_{label}")
            names.append(f"d_gradient_norm_{label}")
        return [
            *names,
            "kl_loss",
            "color_loss",
            "matching_loss",
            "diversity_loss",
            "refinement_loss",
            "g_gradient_norm",
        ]
