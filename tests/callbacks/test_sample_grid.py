"""Grids of pictures while a model trains, and how they are laid out and written."""

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.callbacks import SampleGrid
from keras_stackgan.callbacks.sample_grid import save_png, strip, tile


class Model:
    """What the callback needs of a model; each picture shows its place in the row."""

    def __init__(self, sizes=(16, 32)):
        self.output_sizes, self.step, self.calls = sizes, 0, []

    def generate(self, **kwargs):
        self.calls.append(kwargs)
        count = kwargs["num_images"]
        return [
            np.broadcast_to(
                np.arange(count, dtype="uint8")[:, None, None, None] + 100 * stage,
                (count, size, size, 3),
            )
            for stage, size in enumerate(self.output_sizes)
        ]


def run(callback, model, steps):
    callback.set_model(model)
    for step in range(steps):
        model.step += 1
        callback.on_train_batch_end(step)
    callback.on_train_end()


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def read(path):
    return np.asarray(Image.open(path))


def test_a_file_a_stage_every_so_many_steps_and_at_the_end(tmp_path):
    model = Model()
    folder = tmp_path / "new" / "samples"
    run(SampleGrid(folder, embeddings=np.ones((2, 8)), columns=3, every=4, seed=5), model, 10)
    steps = ("0000004", "0000008", "0000010")
    assert files(folder) == sorted(f"{step}_{size}.png" for step in steps for size in (16, 32))
    for size in (16, 32):
        grid = read(folder / f"0000008_{size}.png")
        assert grid.shape == (2 * size, 3 * size, 3)
        assert grid.dtype == np.uint8
    small = read(folder / "0000010_16.png")[::16, ::16, 0]
    np.testing.assert_array_equal(small, [[0, 1, 2], [0, 1, 2]])
    for call in model.calls:
        assert call["num_images"] == 3 and call["seed"] == 5 and call["stages"] == "all"
        assert call["embeddings"].shape == (1, 8)
        assert "captions" not in call and "labels" not in call


@pytest.mark.parametrize(
    ("condition", "rows"),
    [({}, 1), ({"captions": ["a", "b", "c"]}, 3), ({"labels": np.array([4, 2])}, 2)],
)
def test_a_row_a_condition(tmp_path, condition, rows):
    model = Model(sizes=(16,))
    run(SampleGrid(tmp_path, columns=2, **condition), model, 1)
    assert read(tmp_path / "0000001_16.png").shape == (rows * 16, 2 * 16, 3)
    for name, value in condition.items():
        asked = [item for call in model.calls for item in call[name]]
        assert asked == list(value)


def test_stages_of_one_size_have_a_file_each(tmp_path):
    """The paper's "all256" form."""
    run(SampleGrid(tmp_path, columns=1), Model(sizes=(16, 16)), 1)
    names = files(tmp_path)
    assert names == ["0000001_16_stage1.png", "0000001_16_stage2.png"]
    assert [read(tmp_path / name)[0, 0, 0] for name in names] == [0, 100]


def test_a_single_caption_is_no_list(tmp_path):
    with pytest.raises(ValueError, match="`captions` must be a list of str.*'a rose'"):
        SampleGrid(tmp_path, captions="a rose")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"captions": []}, "`captions` must be a list of str"),
        ({"captions": [1, 2]}, r"`captions` must be a list of str.*\[1, 2\]"),
        ({"captions": ["a"], "embeddings": np.ones((2, 8))}, "Only one of .*captions, embeddings"),
        ({"columns": 0}, "`columns` must be a whole number of at least 1.*=0"),
        ({"seed": -1}, "`seed` must be a whole number from 0"),
    ],
)
def test_bad_arguments_are_named(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        SampleGrid(tmp_path, **arguments)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({}, "takes exactly one of .*embeddings.*Received: none"),
        ({"captions": ["a rose"]}, "`captions` need `model.text_encoder`"),
        ({"embeddings": np.ones((2, 7))}, r"embedding_dim=8\).*\(2, 7\)"),
        ({"labels": [1]}, "takes exactly one of .*Received: .'labels'"),
    ],
)
def test_what_a_model_cannot_draw_is_said_before_the_first_step(tmp_path, condition, message):
    from resumable_run import make_data, make_model

    model = make_model()
    with pytest.raises(ValueError, match=message):
        model.fit(
            make_data(), steps_per_epoch=1, verbose=0, callbacks=[SampleGrid(tmp_path, **condition)]
        )
    assert model.step == 0


def test_while_a_model_trains(tmp_path):
    import keras

    from keras_stackgan import StackGANv2

    keras.utils.set_random_seed(0)
    model = StackGANv2(
        image_sizes=(16,), generator_filters=4, discriminator_filters=2, embedding_dim=None
    )
    model.compile(run_eagerly=True)
    images = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3)).astype("uint8")
    callback = SampleGrid(tmp_path, columns=3, every=2)
    model.fit({"images": images}, batch_size=2, shuffle=False, verbose=0, callbacks=[callback])
    assert files(tmp_path) == ["0000002_16.png", "0000003_16.png"]
    pictures = model.generate(num_images=3)
    np.testing.assert_array_equal(read(tmp_path / "0000003_16.png"), np.concatenate(pictures, 1))


def test_columns_share_their_noise(tmp_path):
    import keras

    from keras_stackgan import StackGANv2

    keras.utils.set_random_seed(0)
    model = StackGANv2(
        image_sizes=(16,), generator_filters=4, discriminator_filters=2, embedding_dim=4
    )
    callback = SampleGrid(tmp_path, embeddings=np.ones((2, 4)), columns=3)
    callback.set_model(model)
    (path,) = callback.write()
    grid = read(path)
    np.testing.assert_array_equal(grid[:16], grid[16:])
    assert (grid[:, :16] != grid[:, 16:32]).any()


def test_every_must_be_a_number_of_steps(tmp_path):
    with pytest.raises(ValueError, match="every=0"):
        SampleGrid(tmp_path, every=0)


# === Layout and files ===


def test_tiles_stand_in_rows():
    images = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3)).astype("uint8")
    grid = tile(images, 2)
    assert grid.shape == (8, 15, 3)
    for k, image in enumerate(images):
        row, column = divmod(k, 3)
        part = grid[4 * row : 4 * row + 4, 5 * column : 5 * column + 5]
        np.testing.assert_array_equal(part, image)


def test_a_strip_enlarges_every_stage_to_the_last():
    rng = np.random.default_rng(0)
    stages = [rng.integers(0, 256, (n, n, 3)).astype("uint8") for n in (2, 4, 8)]
    found = strip(stages)
    assert found.shape == (8, 24, 3)
    for k, image in enumerate(stages):
        factor = 8 // len(image)
        enlarged = image.repeat(factor, axis=0).repeat(factor, axis=1)
        np.testing.assert_array_equal(found[:, 8 * k : 8 * k + 8], enlarged)


def test_saving_replaces_the_file_and_leaves_nothing_else(tmp_path):
    for level in (10, 200):
        picture = np.full((4, 6, 3), level, "uint8")
        save_png(picture, tmp_path / "a.png")
        assert files(tmp_path) == ["a.png"]
        np.testing.assert_array_equal(read(tmp_path / "a.png"), picture)


def test_a_failing_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    old = np.full((4, 6, 3), 10, "uint8")
    save_png(old, tmp_path / "a.png")

    def save(image, path, **kwargs):
        path.write_bytes(b"half a picture")
        raise OSError("disk full")

    monkeypatch.setattr(Image.Image, "save", save)
    for name in ("a.png", "b.png"):
        with pytest.raises(OSError, match="disk full"):
            save_png(old + 1, tmp_path / name)
    monkeypatch.undo()
    assert files(tmp_path) == ["a.png"]
    np.testing.assert_array_equal(read(tmp_path / "a.png"), old)
