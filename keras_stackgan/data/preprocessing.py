"""From a decoded picture to the square that a model sees, as the published code does it."""

import dataclasses

import numpy as np
from PIL import Image

from keras_stackgan.data.decoding import PictureError

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


@dataclasses.dataclass(frozen=True)
class Preprocessing:
    """How pictures are cut, resized, cropped and mirrored.

    `PREPROCESSINGS` holds the published ones by name: `"v2"` (StackGAN++), `"v1_pytorch"` (the COCO
    release of StackGAN), `"v1_tensorflow"` (the paper's form of StackGAN), and `"center"`: no
    chance, for evaluation.

    Args:
        load_scale: float in [1, 8]. The side to which a picture is resized before the crop, in
            units of the crop. Defaults to 76/64.
        keep_aspect: bool. Whether the shorter side gets that length; else both do, and the picture
            is distorted. Defaults to True.
        interpolation: `"bilinear"` or `"bicubic"`, both Pillow's, with antialiasing.
        random_crop: bool. Whether the crop is taken at a random place, else in the middle.
        last_offset: bool. Whether the crop may lie at the far border. The TensorFlow code leaves
            that one offset out. Defaults to True.
        flip: bool. Whether half of the pictures are mirrored.
        smaller: `"resize"` or `"subsample"`. How the sizes of earlier stages come from the crop:
            each resized from it, or every k-th pixel of it.
        resize_twice: bool. Whether a crop of at most 64 pixels is made by way of a picture of four
            times the size, as for the TensorFlow code's Stage-I. Defaults to False.
        stretch_contrast: bool. Whether the picture's darkest and brightest values are moved to 0
            and 255 before resizing, which the TensorFlow code did by an accident of
            `scipy.misc.imresize`. Defaults to False.

    Raises:
        ValueError: an argument is not one of those.

    Example:

    ```python
    with_accident = dataclasses.replace(PREPROCESSINGS["v1_tensorflow"], stretch_contrast=True)
    dataset = caption_dataset(records, image_size=64, preprocessing=with_accident)
    ```

    Reference: `TextDataset` and `get_imgs` of StackGAN-v2 and StackGAN-Pytorch; `misc/utils.py` and
    `misc/preprocess_birds.py` of StackGAN.
    """

    load_scale: float = 76 / 64
    keep_aspect: bool = True
    interpolation: str = "bilinear"
    random_crop: bool = True
    last_offset: bool = True
    flip: bool = True
    smaller: str = "resize"
    resize_twice: bool = False
    stretch_contrast: bool = False

    def __post_init__(self):
        if not 1 <= self.load_scale <= 8:
            raise ValueError(
                "`load_scale` must be between 1 (no room for random crops but along the longer "
                f"side) and 8. Received: {self.load_scale}"
            )
        if self.interpolation not in FILTERS:
            raise ValueError(
                f"`interpolation` must be 'bilinear' or 'bicubic'. Received: {self.interpolation!r}"
            )
        if self.smaller not in ("resize", "subsample"):
            raise ValueError(
                f"`smaller` must be 'resize' or 'subsample'. Received: {self.smaller!r}"
            )

    def load_size(self, size):
        """Returns the side, in pixels, to which a picture is resized for a crop of `size`."""
        return int(size * self.load_scale)

    def load(self, picture, size, box=None):
        """Cuts a picture to its box and resizes it, ready for crops.

        Args:
            picture: Pillow image, RGB.
            size: int. The side of the crops to come, in pixels.
            box: `(x, y, width, height)` in pixels, or None.

        Returns:
            uint8 array `(height, width, 3)`.
        """
        if box is not None:
            picture = picture.crop(crop_bounds(picture.size, box))
        if self.stretch_contrast:
            picture = Image.fromarray(stretch_contrast(np.asarray(picture)))
        load = self.load_size(size)
        if self.resize_twice and size <= 64:
            picture = self._resize(picture, self.load_size(4 * size))
        return np.asarray(self._resize(picture, load))

    def shrink(self, square, sizes):
        """Makes the pictures of earlier stages.

        Args:
            square: uint8 array `(size, size, 3)`, the crop.
            sizes: ints. The sides wanted; with `"subsample"` they divide the crop's.

        Returns:
            A list of uint8 arrays, one a size.
        """
        if self.smaller == "subsample":
            return [square[:: len(square) // size, :: len(square) // size] for size in sizes]
        picture = Image.fromarray(square)
        bilinear = Image.Resampling.BILINEAR
        return [np.asarray(picture.resize((size, size), bilinear)) for size in sizes]

    def _resize(self, picture, load):
        width, height = picture.size
        if self.keep_aspect:
            shorter = min(width, height)
            # In whole numbers, as torchvision's `Scale` cuts the longer side off.
            target = (width * load // shorter, height * load // shorter)
        else:
            target = (load, load)
        if target == picture.size:
            return picture
        return picture.resize(target, FILTERS[self.interpolation])


PREPROCESSINGS = {
    "v2": Preprocessing(),
    "v1_pytorch": Preprocessing(keep_aspect=False),
    "v1_tensorflow": Preprocessing(
        keep_aspect=False,
        interpolation="bicubic",
        last_offset=False,
        smaller="subsample",
        resize_twice=True,
    ),
    "center": Preprocessing(load_scale=1.0, random_crop=False, flip=False),
}
"""Published preprocessings and one without chance, by the names that `caption_dataset` takes."""


def crop_bounds(size, box):
    """Finds the square around a box, 1.5 times its longer side, as far as the picture reaches.

    Args:
        size: `(width, height)` of the picture in pixels.
        box: `(x, y, width, height)` of the object in pixels.

    Returns:
        `(left, top, right, bottom)` in pixels, at least one pixel large.

    Example:

    ```python
    crop_bounds((150, 110), (30, 20, 60, 50))  # (15, 0, 105, 90)
    ```

    Reference: `get_imgs` of StackGAN-v2. It does not pad, so at borders the cut is no square.
    """
    x, y, width, height = (int(value) for value in box)
    radius = int(max(width, height) * 0.75)
    center = ((2 * x + width) // 2, (2 * y + height) // 2)
    # A box outside of the picture must not leave nothing.
    low = [min(max(0, c - radius), side - 1) for c, side in zip(center, size, strict=True)]
    high = [
        max(min(side, c + radius), start + 1)
        for c, side, start in zip(center, size, low, strict=True)
    ]
    return (*low, *high)


def check_box(size, box, name):
    """Refuses a box that leaves nothing worth the name of a picture.

    Args:
        size: `(width, height)` of the picture in pixels.
        box: `(x, y, width, height)` of the object in pixels.
        name: str. How the error message calls the picture.

    Raises:
        PictureError: no part of the box lies inside the picture, or the cut around it is below two
            pixels, as it is where a box is given in shares of the picture.

    Example:

    ```python
    check_box((150, 110), (0.2, 0.2, 0.5, 0.5), "a.jpg")  # raises PictureError
    ```
    """
    left, top, right, bottom = crop_bounds(size, box)
    x, y, width, height = box
    outside = x >= size[0] or y >= size[1] or x + width <= 0 or y + height <= 0
    if outside or min(right - left, bottom - top) < 2:
        numbers = ", ".join(f"{value:g}" for value in box)
        raise PictureError(
            f"'{name}' must have a box [x, y, width, height] in pixels, not in shares of the "
            f"picture, and inside of it ({size[0]}x{size[1]}). Received: [{numbers}]. Correct or "
            "remove it.",
            kind="bad_box",
        )


def stretch_contrast(pixels):
    """Moves the smallest value of a picture to 0 and the largest to 255.

    Args:
        pixels: uint8 array. All channels are stretched together.

    Returns:
        uint8 array of the same shape. A picture of one value becomes black.

    Example:

    ```python
    stretch_contrast(np.array([[[10, 20, 30]]], "uint8"))  # [[[0, 128, 255]]]
    ```

    Reference: `bytescale` of SciPy 0.19, which `imresize` applied to float pictures.
    """
    values = pixels.astype("float64")
    low, high = values.min(), values.max()
    scaled = (values - low) * (255.0 / (high - low or 1.0))
    return (scaled.clip(0, 255) + 0.5).astype("uint8")
