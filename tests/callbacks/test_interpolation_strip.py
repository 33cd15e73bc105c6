import numpy as np
import pytest
from PIL import Image
from resumable_run import make_data, make_model

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks import InterpolationStrip
from keras_stackgan.models import interpolate_captions, interpolate_noise

FIRST, SECOND = np.random.default_rng(3).normal(size=(2, 8)).astype("float32")


def read(path):
    return np.asarray(Image.open(path))


def test_a_strip_of_captions_and_one_of_noises_every_so_many_steps(tmp_path):
    model = make_model()
    strip = InterpolationStrip(tmp_path / "new", FIRST, SECOND, steps=3, every=2, seeds=(4, 9))
    model.fit(make_data(), steps_per_epoch=5, verbose=0, callbacks=[strip])
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == [f"000000{k}_{kind}.png" for k in (2, 4, 5) for kind in ("captions", "noise")]
    captions = interpolate_captions(model, FIRST, SECOND, 3, seed=4)
    np.testing.assert_array_equal(
        read(tmp_path / "new" / "0000005_captions.png"), np.concatenate(captions, axis=1)
    )
    noise = interpolate_noise(model, FIRST, 3, (4, 9))
    np.testing.assert_array_equal(
        read(tmp_path / "new" / "0000005_noise.png"), np.concatenate(noise, axis=1)
    )


def test_unconditional(tmp_path):
    model = StackGANv2(image_sizes=(16,), generator_filters=4, embedding_dim=None)
    strip = InterpolationStrip(tmp_path, steps=4)
    strip.set_model(model)
    assert [path.name for path in strip.write()] == ["0000000_noise.png"]
    assert read(tmp_path / "0000000_noise.png").shape == (16, 64, 3)


@pytest.mark.parametrize(
    ("ends", "settings", "message"),
    [
        (("a rose", "a tulip"), {}, "need `model.text_encoder`"),
        ((FIRST, SECOND[:5]), {}, "`embeddings` must have shape"),
        ((FIRST, SECOND), {"boxes": (0.0, 0.0, 1.0, 1.0)}, "`boxes` are for models"),
        ((), {}, "Received: none"),
    ],
)
def test_what_cannot_be_drawn_is_found_before_the_first_step(tmp_path, ends, settings, message):
    model = make_model()
    strip = InterpolationStrip(tmp_path, *ends, **settings)
    with pytest.raises(ValueError, match=message):
        model.fit(make_data(), steps_per_epoch=1, verbose=0, callbacks=[strip])
    assert model.step == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"first": "a rose"}, "both, or neither.*second=None"),
        ({"steps": 1}, "`steps` must be .* at least 2"),
        ({"every": 0}, "`every` must be"),
        ({"seeds": (1, 2, 3)}, "`seeds` must be two"),
    ],
)
def test_bad_arguments(tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        InterpolationStrip(tmp_path, **settings)
