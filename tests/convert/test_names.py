"""Every weight of our networks has one name of the originals, with the original's shape."""

import numpy as np
import pytest

from keras_stackgan.convert import layouts, names
from keras_stackgan.models.stackgan_v1 import (
    StackGANv1Discriminator,
    StackGANv1Generator,
    StackGANv1Stage1Generator,
    StackGANv1Stage2Generator,
)
from keras_stackgan.models.stackgan_v2 import StackGANv2Discriminator, StackGANv2Generator

# Only shapes matter here.
ZEROS = {"kernel_initializer": "zeros", "dtype": "bfloat16"}
PYTORCH = {"form": "pytorch", **ZEROS}


def original_shapes(entries):
    shapes = {}
    for entry in entries:
        assert entry.name not in shapes, f"{entry.name} is there twice"
        empty = np.empty(entry.weight.shape, "float16")
        shapes[entry.name] = layouts.to_original(empty, entry.layout).shape
    return shapes


def assert_complete(entries, network):
    """Every weight once."""
    assert len({entry.name for entry in entries}) == len(entries)
    ours = sorted(w.path for w in network.weights)
    assert sorted(entry.weight.path for entry in entries) == ours
    assert {id(entry.weight) for entry in entries} == {id(w) for w in network.weights}


def norm(name, channels):
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (channels,) for part in parts}


def small_generators():
    sizes = (16, 32, 32, 64, 128)
    for embedding_dim in (8, None):
        yield StackGANv2Generator(sizes, 16, embedding_dim, num_residual_blocks=(2, 1, 0, 1))


def test_every_weight_of_the_second_version_has_one_name():
    for generator in small_generators():
        assert_complete(names.stackgan_v2_generator(generator), generator)
    for size in (16, 64, 128, 256, 512):
        for conditional, unconditional in ((True, True), (True, False), (False, True)):
            discriminator = StackGANv2Discriminator(
                size,
                1,
                conditional=conditional,
                unconditional=unconditional,
                condition_dim=5 if conditional else None,
                **ZEROS,
            )
            assert_complete(names.stackgan_v2_discriminator(discriminator), discriminator)


def test_every_weight_of_the_first_version_has_one_name():
    stage1 = StackGANv1Stage1Generator(16, filters=2, embedding_dim=8, **PYTORCH)
    stage2 = StackGANv1Stage2Generator(
        16, 32, filters=4, embedding_dim=8, num_residual_blocks=2, **PYTORCH
    )
    assert_complete(names.stackgan_v1_stage1(stage1), stage1)
    both = StackGANv1Generator(stage1, stage2)
    assert_complete(names.stackgan_v1_stage2(both), both)
    for size, unconditional in ((64, False), (256, True)):
        discriminator = StackGANv1Discriminator(
            size, 1, condition_dim=5, unconditional=unconditional, **PYTORCH
        )
        assert_complete(names.stackgan_v1_discriminator(discriminator), discriminator)


# === Published sizes ===


def test_published_generator_of_the_second_version():
    shapes = original_shapes(names.stackgan_v2_generator(StackGANv2Generator(**ZEROS)))
    assert len(shapes) == 90
    sample = {
        "ca_net.fc.weight": (512, 1024),
        "ca_net.fc.bias": (512,),
        "h_net1.fc.0.weight": (32768, 228),
        **norm("h_net1.fc.1", 32768),
        "h_net1.upsample1.1.weight": (1024, 1024, 3, 3),
        **norm("h_net1.upsample1.2", 1024),
        "h_net1.upsample4.1.weight": (128, 128, 3, 3),
        **norm("h_net1.upsample4.2", 128),
        "img_net1.img.0.weight": (3, 64, 3, 3),
        "img_net3.img.0.weight": (3, 16, 3, 3),
        "h_net2.jointConv.0.weight": (128, 192, 3, 3),
        **norm("h_net2.jointConv.1", 128),
        "h_net2.residual.1.block.0.weight": (128, 64, 3, 3),
        **norm("h_net2.residual.1.block.1", 128),
        "h_net2.residual.0.block.3.weight": (64, 64, 3, 3),
        **norm("h_net2.residual.0.block.4", 64),
        "h_net2.upsample.1.weight": (64, 64, 3, 3),
        "h_net3.jointConv.0.weight": (64, 160, 3, 3),
        **norm("h_net3.upsample.2", 32),
    }
    assert sample.items() <= shapes.items()


def test_published_unconditional_generator():
    generator = StackGANv2Generator(embedding_dim=None, **ZEROS)
    shapes = original_shapes(names.stackgan_v2_generator(generator))
    assert not [name for name in shapes if name.startswith("ca_net")]
    assert shapes["h_net1.fc.0.weight"] == (32768, 100)
    assert shapes["h_net2.jointConv.0.weight"] == (128, 164, 3, 3)
    assert shapes["h_net3.jointConv.0.weight"] == (64, 132, 3, 3)


@pytest.mark.parametrize(
    ("size", "sample"),
    [
        (
            64,
            {
                "img_code_s16.0.weight": (64, 3, 4, 4),
                "img_code_s16.2.weight": (128, 64, 4, 4),
                **norm("img_code_s16.3", 128),
                "img_code_s16.5.weight": (256, 128, 4, 4),
                **norm("img_code_s16.6", 256),
                "img_code_s16.8.weight": (512, 256, 4, 4),
                **norm("img_code_s16.9", 512),
                "logits.0.weight": (1, 512, 4, 4),
                "logits.0.bias": (1,),
                "jointConv.0.weight": (512, 640, 3, 3),
                **norm("jointConv.1", 512),
                "uncond_logits.0.weight": (1, 512, 4, 4),
                "uncond_logits.0.bias": (1,),
            },
        ),
        (
            128,
            {
                "img_code_s32.0.weight": (1024, 512, 4, 4),
                **norm("img_code_s32.1", 1024),
                "img_code_s32_1.0.weight": (512, 1024, 3, 3),
                **norm("img_code_s32_1.1", 512),
            },
        ),
        (
            256,
            {
                "img_code_s32.0.weight": (1024, 512, 4, 4),
                "img_code_s64.0.weight": (2048, 1024, 4, 4),
                **norm("img_code_s64.1", 2048),
                "img_code_s64_1.0.weight": (1024, 2048, 3, 3),
                "img_code_s64_2.0.weight": (512, 1024, 3, 3),
                **norm("img_code_s64_2.1", 512),
            },
        ),
    ],
)
def test_published_discriminators_of_the_second_version(size, sample):
    discriminator = StackGANv2Discriminator(size, condition_dim=128, **ZEROS)
    shapes = original_shapes(names.stackgan_v2_discriminator(discriminator))
    assert sample.items() <= shapes.items()
    if size == 64:
        # The first convolution has no norm, so these are all.
        assert shapes == sample


def test_published_coco_generators():
    stage1 = StackGANv1Stage1Generator(filters=192, **PYTORCH)
    stage2 = StackGANv1Stage2Generator(filters=192, num_residual_blocks=2, **PYTORCH)
    first = original_shapes(names.stackgan_v1_stage1(stage1))
    sample = {
        "ca_net.fc.weight": (256, 1024),
        "ca_net.fc.bias": (256,),
        "fc.0.weight": (24576, 228),
        **norm("fc.1", 24576),
        "upsample1.1.weight": (768, 1536, 3, 3),
        **norm("upsample1.2", 768),
        "upsample2.1.weight": (384, 768, 3, 3),
        "upsample4.1.weight": (96, 192, 3, 3),
        "img.0.weight": (3, 96, 3, 3),
    }
    assert sample.items() <= first.items()
    both = original_shapes(names.stackgan_v1_stage2(StackGANv1Generator(stage1, stage2)))
    assert {f"STAGE1_G.{name}": shape for name, shape in first.items()}.items() <= both.items()
    sample = {
        "ca_net.fc.weight": (256, 1024),
        "encoder.0.weight": (192, 3, 3, 3),
        "encoder.2.weight": (384, 192, 4, 4),
        **norm("encoder.3", 384),
        "encoder.5.weight": (768, 384, 4, 4),
        **norm("encoder.6", 768),
        "hr_joint.0.weight": (768, 896, 3, 3),
        **norm("hr_joint.1", 768),
        "residual.1.block.0.weight": (768, 768, 3, 3),
        **norm("residual.1.block.4", 768),
        "upsample1.1.weight": (384, 768, 3, 3),
        "upsample4.1.weight": (48, 96, 3, 3),
        "img.0.weight": (3, 48, 3, 3),
    }
    assert sample.items() <= both.items()


def test_published_coco_discriminators():
    keywords = {"filters": 96, "condition_dim": 128, **PYTORCH}
    first = original_shapes(
        names.stackgan_v1_discriminator(StackGANv1Discriminator(64, **keywords))
    )
    logits = "get_cond_logits.outlogits"
    shared = {
        "encode_img.0.weight": (96, 3, 4, 4),
        "encode_img.2.weight": (192, 96, 4, 4),
        **norm("encode_img.3", 192),
        "encode_img.8.weight": (768, 384, 4, 4),
        **norm("encode_img.9", 768),
        f"{logits}.0.weight": (768, 896, 3, 3),
        **norm(f"{logits}.1", 768),
        f"{logits}.3.weight": (1, 768, 4, 4),
        f"{logits}.3.bias": (1,),
    }
    assert shared.items() <= first.items()
    second = StackGANv1Discriminator(256, unconditional=True, **keywords)
    second = original_shapes(names.stackgan_v1_discriminator(second))
    sample = {
        **shared,
        "encode_img.11.weight": (1536, 768, 4, 4),
        **norm("encode_img.12", 1536),
        "encode_img.14.weight": (3072, 1536, 4, 4),
        "encode_img.17.weight": (1536, 3072, 3, 3),
        "encode_img.20.weight": (768, 1536, 3, 3),
        **norm("encode_img.21", 768),
        "get_uncond_logits.outlogits.0.weight": (1, 768, 4, 4),
        "get_uncond_logits.outlogits.0.bias": (1,),
    }
    assert sample.items() <= second.items()
