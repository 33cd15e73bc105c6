"""Discriminators of a width of their own."""

import json

import keras
import pytest

from keras_stackgan import StackGANv1, StackGANv2

TOY = {"generator_filters": 8, "embedding_dim": 8, "conditioning_dim": 4, "latent_dim": 4}


def first_widths(model):
    return [d.trunk[0].filters for d in model.discriminators]


def test_v2_has_a_width_a_stage():
    model = StackGANv2((16, 32), discriminator_filters=(8, 4), **TOY)
    assert first_widths(model) == [8, 4]
    again = StackGANv2.from_config(json.loads(json.dumps(model.get_config())))
    assert first_widths(again) == [8, 4] and again.discriminator_filters == (8, 4)


def test_widths_of_stages_that_come_later():
    model = StackGANv2((16,), discriminator_filters=[8, 4], **TOY)
    assert first_widths(model) == [8]
    assert first_widths(model.grow((16, 32))) == [8, 4]


def test_the_last_stage_alone_has_its_own():
    model = StackGANv2((16, 32), discriminator_filters=(8, 4), supervised="last", **TOY)
    assert first_widths(model) == [4]


def test_v1_has_a_width_a_stage():
    model = StackGANv1(16, 64, discriminator_filters=(8, 4), **TOY)
    assert first_widths(model) == [8, 4]
    config = json.loads(json.dumps(model.get_config()))
    assert first_widths(StackGANv1.from_config(config)) == [8, 4]


@pytest.mark.parametrize("wrong", [(4,), (4, 0), (4, "wide"), "wide", 0])
@pytest.mark.parametrize("make", [lambda x: StackGANv2((16, 32), 8, x), lambda x: StackGANv1(
    16, 64, 8, x)])  # fmt: skip
def test_wrong_widths_are_named(make, wrong):
    with pytest.raises(ValueError, match=r"`discriminator_filters`.*Received"):
        make(wrong)


def test_models_with_widths_are_saved(tmp_path):
    model = StackGANv2((16, 32), discriminator_filters=(8, 4), **TOY)
    model.save(tmp_path / "model.keras")
    assert first_widths(keras.saving.load_model(tmp_path / "model.keras")) == [8, 4]
