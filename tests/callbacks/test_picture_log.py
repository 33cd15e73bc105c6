import sys

import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.callbacks import InterpolationStrip, SampleGrid
from keras_stackgan.callbacks.picture_log import PictureLog


def events(folder):
    """Every picture of the event files: `(name, step, picture)`."""
    found = []
    for path in sorted(folder.glob("events*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "images"
                width, height, *files = tf.make_ndarray(value.tensor)
                for file in files:
                    picture = tf.io.decode_png(file).numpy()
                    assert picture.shape == (int(height), int(width), 3)
                    found.append((value.tag, event.step, picture))
    return found


def test_without_the_package_tensorboard(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3)).astype("uint8")
    log = PictureLog(tmp_path / "new" / "log")
    log.write("samples/16", pictures[0], 5)
    log.write("samples/16", pictures[1], 10)
    found = events(tmp_path / "new" / "log")
    assert [(name, step) for name, step, _ in found] == [("samples/16", 5), ("samples/16", 10)]
    for (_, _, read), picture in zip(found, pictures, strict=True):
        np.testing.assert_array_equal(read, picture)


def test_tensorboard_reads_it(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    PictureLog(tmp_path).write("samples/16", np.zeros((4, 6, 3), "uint8"), 5)
    accumulator = EventAccumulator(str(tmp_path)).Reload()
    assert list(accumulator.PluginTagToContent("images")) == ["samples/16"]
    assert [event.step for event in accumulator.Tensors("samples/16")] == [5]


class Model:
    output_sizes, step = (16, 32), 7

    def generate(self, num_images, **kwargs):
        return [np.full((num_images, n, n, 3), n, "uint8") for n in self.output_sizes]


def test_grids_go_there(tmp_path):
    grid = SampleGrid(tmp_path / "png", columns=2, log_dir=tmp_path / "log")
    grid.set_model(Model())
    grid.write()
    found = events(tmp_path / "log")
    assert [(name, step, p.shape) for name, step, p in found] == [
        ("samples/16", 7, (16, 32, 3)),
        ("samples/32", 7, (32, 64, 3)),
    ]


def test_strips_go_there(tmp_path):
    from resumable_run import make_model

    strip = InterpolationStrip(
        tmp_path / "png", np.zeros(8), np.ones(8), steps=3, log_dir=tmp_path / "log"
    )
    strip.set_model(make_model())
    strip.write()
    assert [(name, p.shape) for name, _, p in events(tmp_path / "log")] == [
        ("interpolation/captions", (16, 48, 3)),
        ("interpolation/noise", (16, 48, 3)),
    ]
