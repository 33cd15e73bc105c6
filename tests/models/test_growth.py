"""New stages of generators without batch norm begin at a scale that trains."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_stackgan import StackGANv2


def small(**settings):
    keras.utils.set_random_seed(0)
    return StackGANv2((16,), 8, 4, generator_normalization="bias", latent_dim=6, **settings)


@pytest.mark.parametrize("condition", [{"embedding_dim": 8}, {"embedding_dim": None}])
def test_new_stages_draw_pictures_of_unit_scale_behind_large_features(condition):
    model = small(**condition)
    # What training does to features that nothing normalizes.
    for network in (model.generator, model.averaged_generator):
        kernel = network.stages[0].blocks[-1].convolution.kernel
        kernel.assign(200.0 * kernel)
    grown = model.grow((16, 32, 64))
    inputs = {"noise": keras.random.normal((16, 6), seed=3)}
    if grown.conditional:
        inputs["embeddings"] = keras.random.normal((16, 8), seed=4)
    images = grown.generator(inputs)["images"]
    before = model.generator(inputs)["images"]
    np.testing.assert_allclose(images[0], before[0], atol=1e-6)
    for image in images[1:]:
        assert 0.25 < float(ops.std(image)) < 0.75
        assert float(ops.mean(ops.abs(image) > 0.99)) < 0.02
    averaged = grown.averaged_generator(inputs)["images"]
    assert 0.25 < float(ops.std(averaged[2])) < 0.75


def test_residual_blocks_of_stages_to_come():
    model = small(embedding_dim=8, num_residual_blocks=(2, 1))
    assert [len(stage.residuals) for stage in model.grow((16, 32)).generator.stages[1:]] == [2]
    grown = model.grow((16, 32, 64))
    assert [len(stage.residuals) for stage in grown.generator.stages[1:]] == [2, 1]
    with pytest.raises(ValueError, match="one number for each stage but the first, 3 in all"):
        model.grow((16, 32, 64, 128))


def test_batch_normalization_needs_no_scale():
    keras.utils.set_random_seed(0)
    model = StackGANv2((16,), 8, 4, embedding_dim=8, kernel_initializer="ones")
    grown = model.grow((16, 32))
    kernel = grown.generator.stages[1].joint.convolution.kernel
    np.testing.assert_array_equal(kernel, np.ones(kernel.shape, "float32"))
