"""One training step of StackGAN-v2 with text, in PyTorch: the same losses and updates as ours."""

import torch
from torch.nn import functional as F


def binary_cross_entropy(logits, real):
    target = torch.ones_like(logits) if real else torch.zeros_like(logits)
    return F.binary_cross_entropy_with_logits(logits.float(), target.float())


def adam(network, **settings):
    return torch.optim.Adam(network.parameters(), 2e-4, (0.5, 0.999), 1e-8, **settings)


class TrainingStep:
    """The papers' step on `mismatched="text"`: real pictures with the next rows' text.

    The trunk's features of real pictures serve the matched and the mismatched pair, as ours do:
    a peer that computed them twice would be slower than need be.

    Args:
        generator: `Generator`.
        discriminators: list of `Discriminator`, one a stage.
        average: copy of the generator that follows it, or `None`.
        autocast: torch dtype or `None`.
        wrap: what is done to the heavy functions, such as `torch.compile`.
        optimizer_settings: dict of further arguments of Adam, such as `fused`.
    """

    def __init__(
        self, generator, discriminators, average, autocast=None, wrap=None, optimizer_settings=None
    ):
        self.generator, self.discriminators, self.average = generator, discriminators, average
        settings = optimizer_settings or {}
        self.generator_optimizer = adam(generator, **settings)
        self.optimizers = [adam(network, **settings) for network in discriminators]
        self.autocast, self.device = autocast, next(generator.parameters()).device.type
        wrap = wrap or (lambda function: function)
        self.generate = wrap(self._generate)
        self.discriminator_loss = [
            wrap(self._discriminator_loss_of(network)) for network in discriminators
        ]
        self.generator_loss = wrap(self._generator_loss)

    def _cast(self):
        enabled = self.autocast is not None
        return torch.autocast(self.device, self.autocast or torch.bfloat16, enabled=enabled)

    def _generate(self, noise, embeddings, augmentation_noise):
        with self._cast():
            return self.generator(noise, embeddings, augmentation_noise)

    def _discriminator_loss_of(self, network):
        def loss(real, fake, code):
            with self._cast():
                features, fake_features = network.trunk(real), network.trunk(fake)
                matched = network.judge(features, code)
                mismatched = network.judge(features, code.roll(-1, 0))
                generated = network.judge(fake_features, code)
                alone, fake_alone = (
                    network.judge_alone(features),
                    network.judge_alone(fake_features),
                )
            # The mismatched picture is a real one: its logit without text counts once more.
            return (
                binary_cross_entropy(matched, True)
                + binary_cross_entropy(mismatched, False)
                + binary_cross_entropy(generated, False)
                + 2 * binary_cross_entropy(alone, True)
                + binary_cross_entropy(fake_alone, False)
            )

        return loss

    def _generator_loss(self, images, mean, log_variance):
        loss = 0.0
        with self._cast():
            for network, image in zip(self.discriminators, images, strict=True):
                features = network.trunk(image)
                loss = loss + binary_cross_entropy(network.judge(features, mean), True)
                loss = loss + binary_cross_entropy(network.judge_alone(features), True)
        mean, log_variance = mean.float(), log_variance.float()
        divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).mean()
        return loss + 2.0 * divergence

    def __call__(self, images, noise, embeddings, augmentation_noise):
        """`images`: real pictures in [-1, 1], one tensor a stage. Returns the losses."""
        fakes, mean, log_variance = self.generate(noise, embeddings, augmentation_noise)
        losses = []
        code = mean.detach()
        for network, optimizer, function, real, fake in zip(
            self.discriminators,
            self.optimizers,
            self.discriminator_loss,
            images,
            fakes,
            strict=True,
        ):
            network.requires_grad_(True)
            optimizer.zero_grad(set_to_none=True)
            loss = function(real, fake.detach(), code)
            loss.backward()
            optimizer.step()
            # No gradients of its weights in the generator's update, which the original makes.
            network.requires_grad_(False)
            losses.append(loss.detach())
        self.generator_optimizer.zero_grad(set_to_none=True)
        loss = self.generator_loss(fakes, mean, log_variance)
        loss.backward()
        self.generator_optimizer.step()
        if self.average is not None:
            with torch.no_grad():
                torch._foreach_lerp_(
                    list(self.average.parameters()), list(self.generator.parameters()), 0.001
                )
        return losses, loss.detach()
