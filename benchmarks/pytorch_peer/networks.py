"""StackGAN-v2's networks as one writes them in PyTorch, without any of our speed-ups."""

import math

import torch
from torch import nn
from torch.nn import functional as F


def conv3x3(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1)


class UpsampleBlock(nn.Sequential):
    """Nearest doubling, convolution, batch norm, gated linear unit."""

    def __init__(self, inputs, outputs):
        super().__init__(
            nn.Upsample(scale_factor=2, mode="nearest"),
            conv3x3(inputs, 2 * outputs),
            norm(2 * outputs),
            nn.GLU(dim=1),
        )


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.block = nn.Sequential(
            conv3x3(channels, 2 * channels),
            norm(2 * channels),
            nn.GLU(dim=1),
            conv3x3(channels, channels),
            norm(channels),
        )

    def forward(self, x):
        return x + self.block(x)


class ConditioningAugmentation(nn.Module):
    def __init__(self, embedding_dim, conditioning_dim):
        super().__init__()
        self.dense = nn.Linear(embedding_dim, 4 * conditioning_dim)

    def forward(self, embeddings, noise):
        mean, log_variance = F.glu(self.dense(embeddings), dim=1).chunk(2, dim=1)
        return mean + torch.exp(0.5 * log_variance) * noise, mean, log_variance


class InitialStage(nn.Module):
    def __init__(self, inputs, filters, size):
        super().__init__()
        self.filters = filters * size // 4
        self.dense = nn.Linear(inputs, 2 * 16 * self.filters, bias=False)
        self.norm = nn.BatchNorm1d(2 * 16 * self.filters, eps=1e-5, momentum=0.1)
        widths = [self.filters // 2**k for k in range(int(math.log2(size // 4)) + 1)]
        self.blocks = nn.Sequential(
            *[UpsampleBlock(*pair) for pair in zip(widths, widths[1:], strict=False)]
        )

    def forward(self, code):
        x = F.glu(self.norm(self.dense(code)), dim=1)
        return self.blocks(x.view(-1, 4, 4, self.filters).permute(0, 3, 1, 2))


class RefinementStage(nn.Module):
    def __init__(self, code_dim, filters, num_residual_blocks=2):
        super().__init__()
        self.joint = nn.Sequential(
            conv3x3(code_dim + filters, 2 * filters), norm(2 * filters), nn.GLU(dim=1)
        )
        self.residual = nn.Sequential(*[ResidualBlock(filters) for _ in range(num_residual_blocks)])
        self.upsample = UpsampleBlock(filters, filters // 2)

    def forward(self, x, code):
        tiled = code[:, :, None, None].expand(-1, -1, x.shape[2], x.shape[3])
        return self.upsample(self.residual(self.joint(torch.cat([tiled, x], dim=1))))


class Generator(nn.Module):
    """Noise and embeddings to one picture a stage."""

    def __init__(
        self,
        image_sizes=(64, 128, 256),
        filters=64,
        embedding_dim=1024,
        code_dim=128,
        latent_dim=100,
    ):
        super().__init__()
        self.conditioning = ConditioningAugmentation(embedding_dim, code_dim)
        widths = [filters // 2**k for k in range(len(image_sizes))]
        self.stages = nn.ModuleList(
            [InitialStage(code_dim + latent_dim, filters, image_sizes[0])]
            + [RefinementStage(code_dim, width) for width in widths[:-1]]
        )
        self.heads = nn.ModuleList(conv3x3(width, 3) for width in widths)

    def forward(self, noise, embeddings, augmentation_noise, last_only=False):
        code, mean, log_variance = self.conditioning(embeddings, augmentation_noise)
        x = self.stages[0](torch.cat([code, noise], dim=1))
        features = [x]
        for stage in self.stages[1:]:
            features.append(stage(features[-1], code))
        drawn = list(zip(self.heads, features, strict=True))[-1 if last_only else 0 :]
        return [torch.tanh(head(x)) for head, x in drawn], mean, log_variance


def downsample(inputs, outputs, normalized=True):
    layers = [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=False)]
    return layers + ([norm(outputs)] if normalized else []) + [nn.LeakyReLU(0.2)]


def same_size(inputs, outputs):
    return [conv3x3(inputs, outputs), norm(outputs), nn.LeakyReLU(0.2)]


class Discriminator(nn.Module):
    """A picture's features, and from them one logit alone and one with a condition."""

    def __init__(self, size, filters=64, code_dim=128):
        super().__init__()
        count = int(math.log2(size // 4))
        widths = [3] + [filters * 2**k for k in range(count)]
        layers = []
        for k in range(count):
            layers += downsample(widths[k], widths[k + 1], normalized=k > 0)
        for k in range(count, 4, -1):
            layers += same_size(widths[k], widths[k - 1])
        self.trunk = nn.Sequential(*layers)
        self.unconditional_logit = nn.Conv2d(8 * filters, 1, 4)
        self.joint = nn.Sequential(*same_size(code_dim + 8 * filters, 8 * filters))
        self.conditional_logit = nn.Conv2d(8 * filters, 1, 4)

    def judge(self, features, code):
        tiled = code[:, :, None, None].expand(-1, -1, 4, 4)
        joint = self.joint(torch.cat([tiled, features], dim=1))
        return self.conditional_logit(joint).flatten()

    def judge_alone(self, features):
        return self.unconditional_logit(features).flatten()
