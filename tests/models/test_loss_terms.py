"""Settings of `compile` that a model has no use for are refused, not ignored."""

import keras
import pytest
from baselines.small_baselines import small
from small_models import small_v1, small_v2

from keras_stackgan import recipes
from keras_stackgan.models import loss_terms
from keras_stackgan.training import phase_checks

ONE_STAGE = {"image_sizes": (16,)}


@pytest.mark.parametrize(
    ("make", "settings", "message"),
    [
        (lambda: small("gan_int_cls"), {"unconditional_weight": 3.0}, "an unconditional head"),
        (lambda: small("gan_int_cls"), {"kl_weight": 7.0}, "conditioning augmentation"),
        (lambda: small("gawwn"), {"kl_reduction": "sum"}, "conditioning augmentation"),
        (lambda: small("dcgan"), {"text_weight": 0.0}, "a model with a condition"),
        (lambda: small("wgan_gp"), {"mismatched": "text"}, "a model with a condition"),
        (lambda: small("wgan_gp"), {"matching_weight": 1.0}, "a model with a condition"),
        (lambda: small_v2(embedding_dim=None), {"text_weight": 5.0}, "a model with a condition"),
        (lambda: small_v2(embedding_dim=None), {"kl_weight": 3.0}, "conditioning augmentation"),
        (lambda: small_v2(embedding_dim=None), {"mismatched": "images"}, "with a condition"),
        (lambda: small_v2(embedding_dim=None), {"num_mismatched": 3}, "with a condition"),
        (
            lambda: small_v2(unconditional_head=False),
            {"unconditional_weight": 4.0},
            "an unconditional head",
        ),
        (lambda: small_v2(**ONE_STAGE), {"color_weight": 50.0}, "StackGAN-v2's stages"),
        (lambda: small_v2(**ONE_STAGE), {"refinement_weight": 300.0}, "ties a stage's pictures"),
        (small_v1, {"color_weight": 1.0}, "StackGAN-v2's stages"),
        (small_v2, {"mismatched": "images", "num_mismatched": 3}, "counts other texts"),
        (small_v1, {"mismatched": None, "num_mismatched": 3}, "counts other texts"),
    ],
)
def test_a_setting_without_its_term_is_refused(make, settings, message):
    model = make()
    name, value = list(settings.items())[-1]
    with pytest.raises(ValueError, match=f"`{name}` .*{message}.*Received: .*{name}={value!r}"):
        model.compile(**settings)
    assert model.recipe is None


def test_every_setting_of_a_term_is_one_of_compile():
    defaults = loss_terms.defaults()
    for names, _ in loss_terms.TERMS.values():
        assert set(names) <= set(defaults)


@pytest.mark.parametrize("make", [lambda: small_v2(embedding_dim=None, **ONE_STAGE), small_v1])
def test_what_compile_left_out_can_be_compiled_again(make, tmp_path):
    model = make()
    model.compile()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.recipe == model.recipe and model.recipe.color_weight == 0.0


def test_one_condition_is_given():
    with pytest.raises(ValueError, match="Only one of.*embedding_dim=8, num_classes=3"):
        small_v2(num_classes=3)


@pytest.mark.parametrize("name", recipes.names())
def test_named_recipes_set_nothing_that_their_model_lacks(name):
    phase_checks.check_compile({**recipes.get(name).settings, "guide": "a_folder"})
