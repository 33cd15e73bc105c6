"""Encoded pictures as upright RGB, whatever their format and mode."""

import functools
import io
import warnings

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")


class PictureError(ValueError):
    """A picture that cannot be used.

    Args:
        message: str. What is wrong and what to do.
        kind: `"unreadable"` (no picture of a known kind), `"truncated"` (a part of one) or
            `"bad_box"` (nothing is left of it after the cut to its box).

    Example:

    ```python
    raise PictureError("'a.jpg' is no picture. Remove it.", kind="unreadable")
    ```
    """

    def __init__(self, message, kind):
        super().__init__(message)
        self.kind = kind


def decode(data, name="the picture"):
    """Decodes a JPEG, PNG, WebP, BMP or GIF picture.

    The picture is turned as its EXIF orientation says. Gray, palette, CMYK and 16-bit pictures
    become RGB of 8 bits, transparency becomes white, and of an animation the first frame is taken.

    Args:
        data: bytes. What counts is the content, not the file's name.
        name: str. How error messages call the picture.

    Returns:
        A Pillow image of mode RGB, wholly decoded.

    Raises:
        PictureError: the bytes are no picture of a known kind, or only a part of one. It is a
            `ValueError`.

    Example:

    ```python
    picture = decode(Path("my_birds/pictures/a.jpg").read_bytes())
    ```
    """
    try:
        with warnings.catch_warnings():
            # Of doubtful EXIF or palette data, which has no influence on whether it can be used.
            warnings.simplefilter("ignore")
            # Of other formats Pillow knows too many to trust with strangers' files.
            with Image.open(io.BytesIO(data), formats=_known_formats()) as opened:
                opened.load()
                return _to_rgb(ImageOps.exif_transpose(opened))
    except Image.UnidentifiedImageError:
        raise PictureError(
            f"'{name}' is no JPEG, PNG, WebP, BMP or GIF, whatever its name says. Remove it.",
            kind="unreadable",
        ) from None
    except Image.DecompressionBombError as error:
        raise PictureError(
            f"'{name}' is too large to be decoded ({error}). Shrink it.", kind="unreadable"
        ) from None
    except Exception as error:
        # Pillow's decoders raise OSError, SyntaxError, struct.error, IndexError and others.
        raise PictureError(
            f"'{name}' cannot be decoded: it is cut short or damaged "
            f"({type(error).__name__}: {error}). Fetch it again or remove it.",
            kind="truncated",
        ) from error


@functools.cache
def _known_formats():
    # Given a list, Pillow does not load the plugins that it loads late, WebP's among them.
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _to_rgb(picture):
    if picture.mode.startswith("I"):
        # As Pillow and libpng do with 16-bit RGB. Pillow's own conversion would cut at 255.
        gray = np.asarray(picture).astype("int64") >> 8
        picture = Image.fromarray(np.clip(gray, 0, 255).astype("uint8"))
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return _on_white(picture.convert("RGBA"))
    return picture.convert("RGB")


def _on_white(picture):
    pixels = np.asarray(picture)
    if (pixels[..., 3] == 255).all():
        return picture.convert("RGB")
    alpha = pixels[..., 3:].astype("float32") / 255.0
    colors = pixels[..., :3] * alpha + 255.0 * (1.0 - alpha)
    return Image.fromarray(np.rint(colors).astype("uint8"))
