import json
import sys
import types

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.data import (
    caption_dataset,
    embed_captions,
    painted_birds,
    read_bird_attributes,
    read_painted_birds,
    read_records,
    sources,
    write_painted_birds,
)
from keras_stackgan.data.painted_birds import (
    ATTRIBUTES,
    individual,
    make_captions,
    species_of,
    writer,
)
from keras_stackgan.data.painted_birds.worker import picture_file

MODULE = "keras_stackgan.data.painted_birds.painter"


@pytest.fixture
def painted(monkeypatch):
    """Replaces the painter by one that paints plain squares; gives the list of what it painted."""
    calls = []

    def paint_with_box(specification, seed, size):
        calls.append(specification)
        return np.full((size, size, 3), seed % 256, "uint8"), (1, 2, size - 4, size - 5)

    fake = types.SimpleNamespace(paint_with_box=paint_with_box)
    monkeypatch.setitem(sys.modules, MODULE, fake)
    monkeypatch.setattr(painted_birds, "painter", fake, raising=False)
    monkeypatch.setattr(writer, "_skia_version", lambda: "none")
    return calls


def write(folder, count=20, **arguments):
    arguments = {"size": 16, "workers": 1, "progress": False, **arguments}
    return write_painted_birds(folder, count, **arguments)


def content(folder):
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_folder_form(tmp_path, painted):
    records = write(tmp_path / "birds", seed=3)
    assert records == read_records(tmp_path / "birds") and len(records) == 20
    for index, record in enumerate(records):
        bird = individual(index, seed=3)
        assert painted[index] == bird
        assert record.file == picture_file(index) and record.label == species_of(index).name
        assert record.captions == tuple(c.text for c in make_captions(bird, (3, index)))
        assert len(record.captions) == 10 and record.box == (1, 2, 12, 11)
        with Image.open(record.path) as picture:
            assert picture.size == (16, 16) and picture.mode == "RGB"
    others = set(content(tmp_path / "birds")) - {record.file for record in records}
    texts = {"LICENSE", "README.md", "attributes.jsonl", "captions.jsonl", "testclasses.txt"}
    assert others == texts | {"painted_birds.json"}
    assert "20 painted pictures of 16 x 16" in (tmp_path / "birds/README.md").read_text()
    assert "CC0 1.0" in (tmp_path / "birds/LICENSE").read_text()


def test_attributes_agree_with_records(tmp_path, painted):
    records = write(tmp_path)
    numbers, mentioned = read_bird_attributes(tmp_path)
    assert numbers.shape == (20, len(ATTRIBUTES)) and numbers.dtype == np.int32
    assert mentioned.shape == (20, 10, len(ATTRIBUTES)) and mentioned.dtype == bool
    for index in range(20):
        bird = individual(index)
        assert painted_birds.BirdSpecification.from_numbers(numbers[index]) == bird
        for mask, caption in zip(mentioned[index], make_captions(bird, (0, index)), strict=True):
            names = [name for name, stated in zip(ATTRIBUTES, mask, strict=True) if stated]
            assert tuple(names) == caption.mentioned
    some, _ = read_bird_attributes(tmp_path, records[::-3])
    np.testing.assert_array_equal(some, numbers[::-3])


def test_splits_share_no_species(tmp_path, painted):
    write(tmp_path / "all", count=40)
    train = read_painted_birds(tmp_path / "all", "train")
    test = read_painted_birds(tmp_path / "all", "test")
    assert len(train) == 30 and len(test) == 10
    assert not {record.label for record in train} & {record.label for record in test}
    for split, wanted in (("train", train), ("test", test)):
        records = write(tmp_path / split, count=40, split=split)
        assert [r.file for r in records] == [r.file for r in wanted]
        assert [r.captions for r in records] == [r.captions for r in wanted]
        source = sources.get("painted_birds")
        assert source.read(tmp_path / split, split, boxes=True) == records
        # A picture that is cut to its box no longer shows how large the bird is.
        assert all(record.box is None for record in source.read(tmp_path / split, split))
    with pytest.raises(ValueError, match="holds no picture of the test split"):
        read_painted_birds(tmp_path / "train", "test")


def test_batches(tmp_path, painted, encoder):
    records = write(tmp_path)
    dataset = caption_dataset(records, embed_captions(records, encoder), image_size=8, batch_size=4)
    assert next(dataset.as_numpy_iterator())["images"].shape == (4, 8, 8, 3)


def test_more_birds_are_the_same_and_more(tmp_path, painted):
    write(tmp_path / "few", count=8)
    write(tmp_path / "many", count=12)
    few, many = content(tmp_path / "few"), content(tmp_path / "many")
    assert all(many[file] == few[file] for file in few if file.endswith(".jpg"))
    assert many["captions.jsonl"].startswith(few["captions.jsonl"])


def test_an_interrupted_run_goes_on(tmp_path, painted, monkeypatch):
    write(tmp_path / "whole")
    whole, folder = content(tmp_path / "whole"), tmp_path / "birds"
    paint = painted_birds.painter.paint_with_box

    def fail(*arguments):
        if len(painted) == 27:
            raise KeyboardInterrupt
        return paint(*arguments)

    monkeypatch.setattr(painted_birds.painter, "paint_with_box", fail)
    with pytest.raises(KeyboardInterrupt):
        write(folder)
    assert not (folder / "captions.jsonl").exists()
    # A kill may tear the last line, and may come between a picture and its line.
    (folder / picture_file(2)).with_name(".torn.jpg.1.tmp").write_bytes(b"torn")
    boxes = folder / ".boxes.jsonl"
    boxes.write_text(boxes.read_text()[:-9])
    monkeypatch.setattr(painted_birds.painter, "paint_with_box", paint)
    write(folder)
    assert len(painted) == 20 + 7 + (20 - 6)
    assert content(folder) == whole
    # Once more: nothing is left to do, but for a picture that was lost.
    write(folder)
    assert len(painted) == 41
    (folder / picture_file(4)).unlink()
    write(folder)
    assert len(painted) == 42 and content(folder) == whole


def test_other_settings_and_other_files_are_refused(tmp_path, painted):
    write(tmp_path / "birds", count=4)
    before = content(tmp_path / "birds")
    with pytest.raises(FileExistsError, match="other settings: size 16 there and 32 here, split"):
        write(tmp_path / "birds", count=4, size=32, split="train")
    assert content(tmp_path / "birds") == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/captions.jsonl").write_text("mine")
    with pytest.raises(FileExistsError, match="must be absent, empty, or begun"):
        write(tmp_path / "mine")
    assert content(tmp_path / "mine") == {"captions.jsonl": b"mine"}


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"count": 0}, "`count` must be an int >= 1. Received: 0"),
        ({"size": 8}, "`size` must be an int >= 16. Received: 8"),
        ({"workers": 0}, "`workers` must be an int >= 1. Received: 0"),
        ({"seed": "a"}, "`seed` must be an int. Received: 'a'"),
        ({"split": "val"}, "`split` must be all, train or test. Received: 'val'"),
        ({"count": 3, "split": "test"}, "hold none of the test split"),
    ],
)
def test_bad_arguments_write_nothing(tmp_path, painted, arguments, message):
    with pytest.raises(ValueError, match=message):
        write(tmp_path / "birds", **arguments)
    assert not (tmp_path / "birds").exists()


def test_skia_is_asked_for(tmp_path, monkeypatch):
    def absent(name):
        raise writer.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(writer.importlib.metadata, "version", absent)
    with pytest.raises(ImportError, match=r"pip install 'keras_stackgan\[paint\]'"):
        write(tmp_path / "birds")
    assert not (tmp_path / "birds").exists()


def test_malformed_attributes(tmp_path, painted):
    records = write(tmp_path, count=4)
    path = tmp_path / "attributes.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:3]))
    with pytest.raises(ValueError, match="has no line for 1 of 4 pictures"):
        read_bird_attributes(tmp_path, records)
    path.write_text("\n".join([lines[0], lines[1].replace('"pose"', '"prose"')]))
    with pytest.raises(ValueError, match="line 2: it must give the attributes"):
        read_bird_attributes(tmp_path, records)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="write_painted_birds"):
        read_bird_attributes(tmp_path)


def test_progress_counts_what_is_left(tmp_path, painted, capsys):
    write(tmp_path, count=6, progress=True)
    assert "6/6" in capsys.readouterr().out
    (tmp_path / picture_file(2)).unlink()
    write(tmp_path, count=6, progress=True)
    assert "1/1" in capsys.readouterr().out


@pytest.mark.slow
def test_workers_do_not_change_the_birds(tmp_path):
    pytest.importorskip("skia")
    for workers in (1, 2):
        write(tmp_path / str(workers), count=6, size=32, workers=workers)
    assert content(tmp_path / "1") == content(tmp_path / "2")
    boxes = [record.box for record in read_records(tmp_path / "1")]
    assert all(x + w <= 32 and y + h <= 32 for x, y, w, h in boxes)


def test_hybrids_are_painted_and_written_as_such(tmp_path, painted):
    write(tmp_path / "birds", hybrids=0.75)
    numbers, _ = read_bird_attributes(tmp_path / "birds")
    birds = [individual(index, hybrids=0.75) for index in range(20)]
    assert painted == birds != [individual(index) for index in range(20)]
    for row, bird in zip(numbers, birds, strict=True):
        assert painted_birds.BirdSpecification.from_numbers(row) == bird
    assert "hybrids 0.75" in (tmp_path / "birds/README.md").read_text()
    with pytest.raises(FileExistsError, match="hybrids 0.75 there and 0.0 here"):
        write(tmp_path / "birds")


def test_folders_from_before_hybrids_go_on(tmp_path, painted):
    write(tmp_path / "birds")
    before = content(tmp_path / "birds")
    settings = json.loads(before["painted_birds.json"])
    del settings["hybrids"]
    (tmp_path / "birds/painted_birds.json").write_text(json.dumps(settings))
    painted.clear()
    assert len(write(tmp_path / "birds")) == 20
    assert not painted


@pytest.mark.parametrize("hybrids", [-0.1, 1.5, True, "half"])
def test_wrong_share_of_hybrids(tmp_path, painted, hybrids):
    with pytest.raises(ValueError, match="`hybrids` must be a number from 0 to 1"):
        write(tmp_path / "birds", hybrids=hybrids)
    assert not (tmp_path / "birds").exists()
