"""Every network says the shapes of its outputs before it computes them."""

import keras
import numpy as np
import pytest
from baselines.small_baselines import small
from small_models import small_v1, small_v2

NETWORKS = {
    "v2": lambda: small_v2(kernel_initializer="zeros"),
    "v2_last": lambda: small_v2(supervised="last", conditioning_augmentation=False),
    "v2_unconditional": lambda: small_v2(image_sizes=(16,), embedding_dim=None),
    "v1": small_v1,
    "v1_text_once": lambda: small_v1(form="pytorch", text_at_stage2=False),
    **{
        name: lambda name=name: small(name) for name in ("dcgan", "wgan_gp", "gan_int_cls", "gawwn")
    },
}


def assert_shapes(network, *inputs):
    shapes = keras.tree.map_structure(lambda x: tuple(x.shape), inputs)
    outputs = network(*inputs)
    found = network.compute_output_shape(*shapes)
    expected = keras.tree.map_structure(lambda x: tuple(x.shape), outputs)
    assert found == expected, type(network).__name__


@pytest.mark.parametrize("name", NETWORKS)
def test_shapes_are_those_of_the_outputs(name):
    model = NETWORKS[name]()
    inputs = model.draw_noise(3)
    if model.conditional:
        inputs["embeddings"] = np.ones((3, 8), "float32")
    assert_shapes(model.generator, inputs)
    assert_shapes(model, inputs)
    stage1 = getattr(model.generator, "stage1", None)
    if stage1 is not None:
        assert_shapes(stage1, inputs)
        image = np.zeros((3, 16, 16, 3), "float32")
        assert_shapes(model.generator.stage2, {"image": image, "embeddings": inputs["embeddings"]})
    for size, discriminator in zip(model.output_sizes, model.discriminators, strict=True):
        condition = ()
        if discriminator.conditional:
            condition = (np.ones((3, discriminator.condition_dim), "float32"),)
        assert_shapes(discriminator, np.zeros((3, size, size, 3), "float32"), *condition)


def test_in_a_functional_model_pictures_and_logits_stay_wide():
    model = small_v2(image_sizes=(16,), dtype="mixed_bfloat16")
    inputs = {"noise": keras.Input((5,)), "embeddings": keras.Input((8,))}
    made = model.generator(inputs)
    assert made["images"][0].shape == (None, 16, 16, 3) and made["images"][0].dtype == "float32"
    logits = model.discriminators[0](made["images"][0], made["mean"])
    assert {x.dtype for x in logits.values()} == {"float32"}
