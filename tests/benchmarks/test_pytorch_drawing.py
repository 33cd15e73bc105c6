"""PyTorch's drawing in the race makes our pictures, with batch norm folded too."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", exc_type=ImportError)

from contenders import ours, pytorch  # noqa: E402
from contenders.material import CHUNK, LATENT_DIM, random_batch  # noqa: E402
from pytorch_pair import SIZES, WIDTH, give_scales, give_statistics  # noqa: E402
from pytorch_peer.weights import load_from_keras  # noqa: E402
from torch.overrides import TorchFunctionMode  # noqa: E402

# One more than are drawn at a time.
ROWS = CHUNK + 1


class Watched(TorchFunctionMode):
    """Gives the noise that is drawn, row after row, and keeps the arrays that come out."""

    def __init__(self, noise):
        super().__init__()
        self.noise, self.given, self.drawn = noise, 0, []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is torch.randn:
            rows = self.noise[self.given : self.given + args[0]]
            self.given += args[0]
            return torch.from_numpy(rows)
        result = function(*args, **(kwargs or {}))
        if isinstance(result, np.ndarray):
            self.drawn.append(result)
        return result


@pytest.fixture(scope="module")
def model():
    model = ours.make_model({"sizes": SIZES, "width": WIDTH})
    give_scales(model.averaged_generator)
    return model


@pytest.mark.parametrize("folded", [False, True])
def test_drawing_equals_ours(model, folded, monkeypatch):
    made = pytorch.networks

    def with_our_weights(spec):
        generator, layout = made(spec)
        load_from_keras(generator, model.averaged_generator)
        give_statistics(generator, model.averaged_generator)
        return generator, layout

    monkeypatch.setattr(pytorch, "networks", with_our_weights)
    spec = {"sizes": SIZES, "width": WIDTH, "batch_size": ROWS, "device": "cpu", "folded": folded}
    run = pytorch.generating(spec)
    noise = np.random.default_rng(0).normal(size=(ROWS, LATENT_DIM)).astype("float32")
    with Watched(noise) as watched:
        run(1)
    pictures = np.concatenate(watched.drawn)
    embeddings = random_batch(ROWS, 8)["embeddings"]
    expected = model.generate_from({"noise": noise}, embeddings=embeddings, batch_size=CHUNK)
    assert pictures.dtype == np.uint8 and pictures.shape == expected.shape
    assert expected.std() > 10
    assert np.abs(pictures.astype(int) - expected.astype(int)).max() <= 1
