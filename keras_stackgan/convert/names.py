"""Which tensor of the PyTorch releases is which of our weights.

Reference:
    State dictionaries of [StackGAN-v2](https://github.com/hanzhanggit/StackGAN-v2) and
    [StackGAN-Pytorch](https://github.com/hanzhanggit/StackGAN-Pytorch).
"""

from typing import NamedTuple

import keras


class Entry(NamedTuple):
    """One tensor: its original name, our weight, and how the original lies in memory."""

    name: str
    weight: keras.Variable
    layout: str


def _norm(prefix, norm, layout="vector"):
    return [
        Entry(f"{prefix}.weight", norm.gamma, layout),
        Entry(f"{prefix}.bias", norm.beta, layout),
        Entry(f"{prefix}.running_mean", norm.moving_mean, layout),
        Entry(f"{prefix}.running_var", norm.moving_variance, layout),
    ]


def _block(convolution, norm, block):
    """A convolution and, if it has one, its normalization."""
    entries = [Entry(f"{convolution}.weight", block.convolution.kernel, "conv")]
    return entries + (_norm(norm, block.norm) if block.norm is not None else [])


def _dense(prefix, dense):
    return [
        Entry(f"{prefix}.weight", dense.kernel, "dense"),
        Entry(f"{prefix}.bias", dense.bias, "vector"),
    ]


def _logit(prefix, dense):
    return [
        Entry(f"{prefix}.weight", dense.kernel, "logit"),
        Entry(f"{prefix}.bias", dense.bias, "vector"),
    ]


def stackgan_v2_generator(generator):
    """Entries of a v2 `netG` file, without its `module.` prefix."""
    entries = []
    if generator.conditioning is not None:
        entries += _dense("ca_net.fc", generator.conditioning.dense)
    for k, (stage, head) in enumerate(
        zip(generator.stages, generator.image_heads, strict=True), start=1
    ):
        net = f"h_net{k}"
        if k == 1:
            entries.append(Entry(f"{net}.fc.0.weight", stage.dense.kernel, "flat_dense_2"))
            entries += _norm(f"{net}.fc.1", stage.norm, "flat_vector_2")
            for i, block in enumerate(stage.blocks, start=1):
                entries += _block(f"{net}.upsample{i}.1", f"{net}.upsample{i}.2", block)
        else:
            entries += _block(f"{net}.jointConv.0", f"{net}.jointConv.1", stage.joint)
            for i, residual in enumerate(stage.residuals):
                block = f"{net}.residual.{i}.block"
                entries += _block(f"{block}.0", f"{block}.1", residual.first)
                entries += _block(f"{block}.3", f"{block}.4", residual.second)
            entries += _block(f"{net}.upsample.1", f"{net}.upsample.2", stage.last)
        entries.append(Entry(f"img_net{k}.img.0.weight", head.convolution.kernel, "conv"))
    return entries


def stackgan_v2_discriminator(discriminator):
    """Entries of a v2 `netD` file, without its `module.` prefix."""
    entries = []
    trunk = list(discriminator.trunk)
    indices = ((0, None), (2, 3), (5, 6), (8, 9))
    for (convolution, norm), block in zip(indices, trunk, strict=False):
        entries += _block(f"img_code_s16.{convolution}", f"img_code_s16.{norm}", block)
    deeper = [b for b in trunk[4:] if b.strides == 2]
    for k, block in enumerate(deeper):
        entries += _block(f"img_code_s{32 * 2**k}.0", f"img_code_s{32 * 2**k}.1", block)
    last = 32 * 2 ** (len(deeper) - 1)
    for k, block in enumerate(trunk[4 + len(deeper) :], start=1):
        entries += _block(f"img_code_s{last}_{k}.0", f"img_code_s{last}_{k}.1", block)
    head = discriminator.head
    if head.conditional:
        entries += _logit("logits.0", head.conditional_logit)
        entries += _block("jointConv.0", "jointConv.1", head.joint)
        if head.unconditional:
            entries += _logit("uncond_logits.0", head.unconditional_logit)
    else:
        entries += _logit("logits.0", head.unconditional_logit)
    return entries


def stackgan_v1_stage1(generator, prefix=""):
    """Entries of a Stage-I `netG` file of the PyTorch release."""
    entries = _dense(f"{prefix}ca_net.fc", generator.conditioning.dense)
    entries.append(Entry(f"{prefix}fc.0.weight", generator.dense.kernel, "flat_dense"))
    entries += _norm(f"{prefix}fc.1", generator.norm, "flat_vector")
    for i, block in enumerate(generator.blocks, start=1):
        entries += _block(f"{prefix}upsample{i}.1", f"{prefix}upsample{i}.2", block)
    kernel = generator.image_head.convolution.kernel
    return [*entries, Entry(f"{prefix}img.0.weight", kernel, "conv")]


def stackgan_v1_stage2(generator):
    """Entries of a Stage-II `netG` file of the PyTorch release, Stage-I's included."""
    entries = stackgan_v1_stage1(generator.stage1, "STAGE1_G.")
    stage2 = generator.stage2
    entries += _dense("ca_net.fc", stage2.conditioning.dense)
    for (convolution, norm), block in zip(((0, None), (2, 3), (5, 6)), stage2.encoder, strict=True):
        entries += _block(f"encoder.{convolution}", f"encoder.{norm}", block)
    entries += _block("hr_joint.0", "hr_joint.1", stage2.joint)
    for i in range(stage2.num_residual_blocks):
        residual, block = stage2.decoder[i], f"residual.{i}.block"
        entries += _block(f"{block}.0", f"{block}.1", residual.first)
        entries += _block(f"{block}.3", f"{block}.4", residual.second)
    for i, block in enumerate(stage2.decoder[stage2.num_residual_blocks :], start=1):
        entries += _block(f"upsample{i}.1", f"upsample{i}.2", block)
    kernel = stage2.image_head.convolution.kernel
    return [*entries, Entry("img.0.weight", kernel, "conv")]


def stackgan_v1_discriminator(discriminator):
    """Entries of a `netD` file of the PyTorch release."""
    entries = []
    for k, block in enumerate(discriminator.trunk):
        convolution = 0 if k == 0 else 3 * k - 1
        entries += _block(f"encode_img.{convolution}", f"encode_img.{convolution + 1}", block)
    head, logits = discriminator.head, "get_cond_logits.outlogits"
    entries += _block(f"{logits}.0", f"{logits}.1", head.joint)
    entries += _logit(f"{logits}.3", head.conditional_logit)
    if head.unconditional:
        entries += _logit("get_uncond_logits.outlogits.0", head.unconditional_logit)
    return entries
