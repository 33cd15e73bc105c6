import io
import struct

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.data import decoding
from keras_stackgan.data.decoding import decode

RAMP = np.linspace(0, 255, 20 * 30 * 3).reshape(20, 30, 3).astype("uint8")


def encoded(picture, format, **options):
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "mode, format",
    [("L", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("L", "JPEG"), ("RGB", "JPEG"), ("CMYK", "JPEG"),
     ("RGB", "BMP"), ("P", "GIF"), ("LA", "PNG"), ("1", "PNG"), ("RGB", "WEBP"), ("RGBA", "WEBP")],
)  # fmt: skip
def test_every_kind_of_picture_becomes_rgb(mode, format):
    data = encoded(Image.fromarray(RAMP).convert(mode), format)
    decoded = decode(data)
    assert decoded.mode == "RGB" and decoded.size == (30, 20)
    with Image.open(io.BytesIO(data)) as opened:
        np.testing.assert_array_equal(np.asarray(decoded), np.asarray(opened.convert("RGB")))
    # And the conversion means the picture that was saved.
    error = np.abs(np.asarray(decoded).astype(int) - RAMP).mean()
    assert error < {"1": 100, "P": 30}.get(mode, 12)


def test_cmyk_is_not_inverted():
    red = Image.new("RGB", (16, 16), (250, 10, 10)).convert("CMYK")
    decoded = np.asarray(decode(encoded(red, "JPEG")))
    assert decoded[..., 0].min() > 200 and decoded[..., 1:].max() < 60


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_orientation_of_cameras(orientation, format):
    """Eight files of one scene, white at its top left, that cameras held in eight ways wrote."""
    upright = np.zeros((16, 32, 3), "uint8")
    upright[:8, :16] = 255
    transpose = Image.Transpose
    stored = {
        1: None,
        2: transpose.FLIP_LEFT_RIGHT,
        3: transpose.ROTATE_180,
        4: transpose.FLIP_TOP_BOTTOM,
        5: transpose.TRANSPOSE,
        6: transpose.ROTATE_90,
        7: transpose.TRANSVERSE,
        8: transpose.ROTATE_270,
    }[orientation]
    picture = Image.fromarray(upright)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = picture if stored is None else picture.transpose(stored)
    options = {"lossless": True} if format == "WEBP" else {}
    decoded = np.asarray(decode(encoded(picture, format, exif=exif, **options)))
    assert decoded.shape == upright.shape
    assert np.abs(decoded.astype(int) - upright).max() < 10


@pytest.mark.parametrize("mode", ["I;16", "RGB"])
def test_sixteen_bits_keep_their_high_byte(mode):
    values = np.array([[0, 255, 256, 0x8000, 0xFFFF]], "uint16")
    if mode == "I;16":
        data = encoded(Image.fromarray(values), "PNG")
    else:
        data = png_of_16_bit_rgb(values)
    expected = np.repeat((values >> 8).astype("uint8")[..., None], 3, axis=-1)
    np.testing.assert_array_equal(np.asarray(decode(data)), expected)


def png_of_16_bit_rgb(values):
    import zlib

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = b"".join(b"\0" + np.repeat(row, 3).astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_first_frame_of_an_animation():
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue", "green")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert (np.asarray(decode(data)) == (255, 0, 0)).all()


def test_transparency_becomes_white():
    rgba = np.zeros((4, 4, 4), "uint8")
    rgba[:2] = (200, 0, 0, 255)
    rgba[0, 0, 3] = 51
    decoded = np.asarray(decode(encoded(Image.fromarray(rgba), "PNG")))
    assert decoded[0, 0].tolist() == [244, 204, 204]
    assert (decoded[1] == (200, 0, 0)).all() and (decoded[2:] == 255).all()


def test_transparent_palette_becomes_white():
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([10, 20, 30, 200, 0, 0])
    picture.putpixel((1, 1), 1)
    for format in ("PNG", "GIF"):
        decoded = np.asarray(decode(encoded(picture, format, transparency=0)))
        assert decoded[1, 1].tolist() == [200, 0, 0] and decoded[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_cut_short(format):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype="uint8")
    data = encoded(Image.fromarray(noise), format)
    decode(data)
    for length in (len(data) // 2, 40):
        with pytest.raises(ValueError, match="'a.jpg' cannot be decoded: it is cut short|is no JP"):
            decode(data[:length], "a.jpg")


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"II*\0" + bytes(60), b"%PDF-1.4"])
def test_no_picture(data):
    with pytest.raises(ValueError, match="'b.png' is no JPEG, PNG, WebP, BMP or GIF, whatever"):
        decode(data, "b.png")


def test_webp_is_known_from_the_start(run_in_new_process, tmp_path):
    (tmp_path / "a.webp").write_bytes(encoded(Image.new("RGB", (3, 2)), "WEBP"))
    # By its file: the whole package takes seconds to import.
    code = f"""
        import importlib.util
        spec = importlib.util.spec_from_file_location("decoding", {decoding.__file__!r})
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        print(module.decode(open("a.webp", "rb").read()).size)
        """
    assert run_in_new_process(code).strip() == "(3, 2)"


def test_a_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValueError, match="'the picture' is too large to be decoded"):
        decode(encoded(Image.fromarray(RAMP), "PNG"))
