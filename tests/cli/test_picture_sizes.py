"""Which stages pictures are large enough for."""

from pathlib import Path

import pytest
from PIL import Image

from keras_stackgan.cli import picture_sizes
from keras_stackgan.data.records import Record


@pytest.mark.parametrize(
    ("side", "sizes"), [(None, [64, 128, 256]), (240, [64, 128, 256]), (60, [64]), (40, [16, 32])]
)
def test_stages_are_about_as_large_as_the_pictures(side, sizes):
    assert picture_sizes.stages(side) == sizes


def test_pictures_that_are_enlarged_much_are_told_of(tmp_path):
    for number, size in enumerate([(50, 90), (48, 48), (300, 40)]):
        Image.new("RGB", size).save(tmp_path / f"{number}.png")
    records = [Record(tmp_path, f"{number}.png", ()) for number in range(3)]
    assert picture_sizes.shorter_side(records) == 48
    line = picture_sizes.warning(records, 64)
    assert "at most 48 pixels high or wide, and are enlarged to 64" in line
    assert line.endswith("--image_sizes 16,32 fits them.")
    assert picture_sizes.warning(records, 32) is None
    assert picture_sizes.warning([Record(Path("none"), "a.png", ())], 256) is None
