"""The recorded runs of the published code, and how our models repeat them.

`data/` holds what the runs of the releases (tiny widths, random weights, synthetic pictures)
started from and gave: `<run>.npz` with weights, inputs and pictures, `<run>.json.gz` with losses,
logits, gradient norms and sums over the weights. The StackGAN-v1 `v1tf` runs come from a float64
transcription of the TensorFlow release, the others from the PyTorch releases themselves.
"""

import gzip
import json
import pathlib

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from keras_stackgan.convert import layouts, names
from keras_stackgan.models.stackgan_v1 import StackGANv1
from keras_stackgan.models.stackgan_v2 import StackGANv2

DATA = pathlib.Path(__file__).parent / "data"


class ExactAdam(keras.optimizers.Adam):
    """Adam in the variables' own precision; Keras' rounds its betas to float32.

    With `torch_epsilon` epsilon stands inside the bias correction, as in torch since 1.3.
    """

    torch_epsilon = False

    def update_step(self, gradient, variable, learning_rate):
        dtype = variable.dtype
        step = keras.ops.cast(self.iterations + 1, dtype)
        first, second = (
            1 - keras.ops.power(keras.ops.convert_to_tensor(beta, dtype), step)
            for beta in (self.beta_1, self.beta_2)
        )
        momentum = self._momentums[self._get_variable_index(variable)]
        velocity = self._velocities[self._get_variable_index(variable)]
        momentum.assign(momentum + (gradient - momentum) * (1 - self.beta_1))
        velocity.assign(velocity + (keras.ops.square(gradient) - velocity) * (1 - self.beta_2))
        epsilon = self.epsilon if self.torch_epsilon else self.epsilon / keras.ops.sqrt(second)
        root = keras.ops.sqrt(velocity / second) + epsilon
        rate = keras.ops.cast(learning_rate, dtype) / first
        variable.assign(variable - rate * momentum / root)


class TorchAdam(ExactAdam):
    """`ExactAdam` with torch's place for epsilon."""

    torch_epsilon = True


def adam(form):
    """The published optimizer, with epsilon as `"torch"` or as `"epshat"` (TF, Keras) has it."""
    cls = TorchAdam if form == "torch" else ExactAdam
    return cls(2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-8)


def pictures(kind):
    """The synthetic pictures at 64, 128 and 256 pixels, uint8."""
    largest = np.load(DATA / "images.npz")[f"{kind}_256"]

    def resized(size):
        small = [
            Image.fromarray(p).resize((size, size), Image.Resampling.BILINEAR) for p in largest
        ]
        return np.stack([np.asarray(p) for p in small])

    return [resized(64), resized(128), largest]


class RecordedRun:
    """One run: its record, and our model set to its first weights."""

    def __init__(self, name, dtype):
        self.name, self.dtype = name, dtype
        self.arrays = np.load(DATA / f"{name}.npz")
        with gzip.open(DATA / f"{name}.json.gz") as file:
            self.record = json.load(file)
        keras.utils.set_random_seed(0)
        self.model = self._make_model()
        self.entries = self._entries()
        for net, entries in self.entries.items():
            for entry in entries:
                key = f"init/{net}/{entry.name}" if net else f"init/{entry.name}"
                if key in self.arrays:
                    value = layouts.to_keras(self.arrays[key], entry.layout)
                    entry.weight.assign(value.reshape(entry.weight.shape).astype(dtype))
        for average, live in zip(
            self.model.averaged_generator.weights, self.model.generator.weights, strict=True
        ):
            average.assign(live)

    def _make_model(self):
        if self.name.startswith("v2"):
            return StackGANv2(
                image_sizes=(64, 128, 256),
                generator_filters=8,
                discriminator_filters=self.record["config"]["DF_DIM"],
                embedding_dim=32 if self.name == "v2_text" else None,
                conditioning_dim=8,
                latent_dim=10,
                dtype=self.dtype,
            )
        stage2 = self.name.endswith("stage2")
        return StackGANv1(
            stage1_size=64,
            image_size=256 if stage2 else 64,
            generator_filters=8,
            discriminator_filters=4 if stage2 else 8,
            embedding_dim=32,
            conditioning_dim=8,
            latent_dim=10,
            num_residual_blocks=2 if self.name.startswith("v1pt") else 4,
            form="paper" if self.name.startswith("v1tf") else "pytorch",
            dtype=self.dtype,
        )

    def _entries(self):
        model = self.model
        if self.name.startswith("v2"):
            nets = {
                f"netD{k}": names.stackgan_v2_discriminator(d)
                for k, d in enumerate(model.discriminators)
            }
            return {"netG": names.stackgan_v2_generator(model.generator), **nets}
        if self.name.startswith("v1tf"):
            return {"": tf_entries(model)}
        discriminator = names.stackgan_v1_discriminator(model.discriminators[-1])
        if self.name.endswith("stage2"):
            return {"netG": names.stackgan_v1_stage2(model.generator), "netD": discriminator}
        return {"netG": names.stackgan_v1_stage1(model.generator.stage1), "netD": discriminator}

    @property
    def stage(self):
        return 2 if self.name.endswith("stage2") else 1

    def compile(self, form=None, **kwargs):
        if form is not None:
            kwargs["generator_optimizer"] = adam(form)
        if self.name.startswith("v1"):
            kwargs["stage"] = self.stage
        # One run goes through the graph as users' do; the others skip its long tracing.
        self.model.compile(run_eagerly=self.name != "v2_text", **kwargs)

    def batch(self, step):
        """The inputs of one recorded training step."""
        inputs = {k.removeprefix("inputs/"): self.arrays[k] for k in self.arrays if "inputs/" in k}
        real, wrong = pictures("real"), pictures("wrong")
        batch = {}
        if self.name.startswith("v2"):
            batch["images"] = tuple(real)
        else:
            batch["images"] = real[2] if self.stage == 2 else real[0]
        if self.name == "v2_text":
            batch["mismatched_images"] = tuple(wrong)
        if self.name.startswith("v1tf"):
            batch["mismatched_images"] = wrong[2] if self.stage == 2 else wrong[0]
        if "txt" in inputs:
            batch["embeddings"] = inputs["txt"]

        def pair(name):
            return np.stack([inputs[f"{name}_d"][step], inputs[f"{name}_g"][step]], axis=1)

        if self.name.startswith("v1tf"):
            batch["noise"], batch["augmentation_noise"] = pair("noise"), pair("eps")
            if self.stage == 2:
                batch["stage2_augmentation_noise"] = pair("eps_hr")
            return batch
        batch["noise"] = inputs["noise"][step]
        if self.name == "v1pt_stage2":
            batch["augmentation_noise"] = inputs["eps_stage1"][step]
            batch["stage2_augmentation_noise"] = inputs["eps"][step]
        elif "eps" in inputs:
            batch["augmentation_noise"] = inputs["eps"][step]
        return batch

    def fit(self, steps):
        """Trains through `fit`, one epoch a recorded step; returns the logs and the snapshots."""
        batches = [self.batch(step) for step in range(steps)]
        dataset = tf.data.Dataset.from_tensor_slices(
            tf.nest.map_structure(lambda *xs: np.stack(xs), *batches)
        )
        snapshots = []
        callback = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: snapshots.append(self.snapshot())
        )
        history = self.model.fit(
            dataset, epochs=steps, steps_per_epoch=1, verbose=0, callbacks=[callback]
        )
        return history.history, snapshots

    def snapshot(self):
        """Every weight in its original layout, by net and original name."""
        return {
            net: {e.name: layouts.to_original(e.weight.numpy(), e.layout) for e in entries}
            for net, entries in self.entries.items()
        }


def tf_entries(model):
    """Entries of the v1tf records, whose names are the transcription's own."""
    entries = []

    def add(name, weight):
        entries.append(names.Entry(name, weight, "vector"))

    def norm(prefix, layer):
        for name, weight in (
            ("gamma", layer.gamma),
            ("beta", layer.beta),
            ("mean", layer.moving_mean),
            ("variance", layer.moving_variance),
        ):
            add(f"{prefix}/{name}", weight)

    def block(prefix, layer):
        add(f"{prefix}/conv/w", layer.convolution.kernel)
        if getattr(layer, "norm", None) is not None:
            norm(f"{prefix}/bn", layer.norm)

    def dense(prefix, layer):
        add(f"{prefix}/matrix", layer.kernel)
        add(f"{prefix}/bias", layer.bias)

    def bottleneck(prefixes, layer):
        for prefix, inner in zip(prefixes, layer.blocks, strict=True):
            block(prefix, inner)

    stage1 = model.generator.stage1
    dense("g_net/cond_fc", stage1.conditioning.dense)
    dense("g_net/in_fc", stage1.dense)
    norm("g_net/in_bn", stage1.norm)
    bottleneck([f"g_net/n1_{x}" for x in "abc"], stage1.blocks[0])
    block("g_net/n2_0", stage1.blocks[1])
    bottleneck([f"g_net/n2_{x}" for x in "abc"], stage1.blocks[2])
    block("g_net/up3", stage1.blocks[3])
    block("g_net/up4", stage1.blocks[4])
    block("g_net/img", stage1.image_head)
    scope = "d_net"
    if model.generator.stage2 is not None:
        scope, stage2 = "hr_d_net", model.generator.stage2
        dense("hr_g_net/cond_fc", stage2.conditioning.dense)
        for k, layer in enumerate(stage2.encoder, start=1):
            block(f"hr_g_net/enc{k}", layer)
        block("hr_g_net/joint", stage2.joint)
        for k in range(4):
            block(f"hr_g_net/res{k}_a", stage2.decoder[k].first)
            block(f"hr_g_net/res{k}_b", stage2.decoder[k].second)
        for k in range(4):
            block(f"hr_g_net/up{k + 1}", stage2.decoder[4 + k])
        block("hr_g_net/img", stage2.image_head)
    discriminator = model.discriminators[-1]
    dense(f"{scope}/ctx_fc", discriminator.head.text)
    for k, layer in enumerate(discriminator.trunk[:-1], start=1):
        block(f"{scope}/e{k}", layer)
    bottleneck([f"{scope}/r_{x}" for x in "abc"], discriminator.trunk[-1])
    block(f"{scope}/joint", discriminator.head.joint)
    logit = discriminator.head.conditional_logit.kernel
    entries.append(names.Entry(f"{scope}/logit/conv/w", logit, "vector"))
    return entries
