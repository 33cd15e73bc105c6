import sys
import types

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.data import painted_birds
from keras_stackgan.data.painted_birds import individual, painting_seed, write_contact_sheet


def test_birds_lie_side_by_side(tmp_path, monkeypatch):
    def paint_with_box(specification, seed, size):
        place = next(i for i in range(9) if specification == individual(i))
        assert seed == painting_seed(place)
        return np.full((size, size, 3), 20 * place, "uint8"), None

    fake = types.SimpleNamespace(paint_with_box=paint_with_box)
    monkeypatch.setitem(sys.modules, "keras_stackgan.data.painted_birds.painter", fake)
    monkeypatch.setattr(painted_birds, "painter", fake, raising=False)
    path = write_contact_sheet(tmp_path / "sheet.png", columns=3, rows=2, size=16, first=1)
    with Image.open(path) as sheet:
        assert sheet.size == (48, 32)
        values = np.asarray(sheet)[::16, ::16, 0]
    np.testing.assert_array_equal(values, [[20, 40, 60], [80, 100, 120]])
    assert [one.name for one in tmp_path.iterdir()] == ["sheet.png"]


@pytest.mark.parametrize(
    "name, columns, message", [("a.jpg", 0, "`columns` and `rows`"), ("a.docx", 1, "`path` must")]
)
def test_bad_arguments(tmp_path, name, columns, message):
    with pytest.raises(ValueError, match=message):
        write_contact_sheet(tmp_path / name, columns=columns)
    assert not list(tmp_path.iterdir())


def test_all_but_painting_needs_no_skia(run_in_new_process):
    out = run_in_new_process(
        """
        import sys
        sys.modules["skia"] = None
        from keras_stackgan.data import painted_birds, write_painted_birds
        print(len(painted_birds.make_captions(painted_birds.individual(0), 0)))
        """,
        KERAS_BACKEND="numpy",
    )
    assert out.split() == ["10"]
