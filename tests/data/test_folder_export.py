import os
import shutil

import pytest
from small_trees import mpo, photograph, save, write_classes

from keras_stackgan.data import (
    Record,
    audit,
    read_class_folder,
    read_records,
    split_records,
    write_folder,
)


def test_a_jpeg_with_a_second_picture_is_a_jpeg(make_folder, tmp_path):
    folder = make_folder(count=1)
    (folder / "pictures/0.png").unlink()
    (folder / "pictures/0.jpg").write_bytes(mpo(photograph(3)))
    lines = (folder / "captions.jsonl").read_text()
    (folder / "captions.jsonl").write_text(lines.replace("0.png", "0.jpg"))
    records = read_records(folder)
    assert not audit(records, 16)
    (written,) = write_folder(records, tmp_path / "out")
    assert written.file.endswith(".jpg") and written.read() == records[0].read()


def test_names_stay_and_with_them_the_split(make_folder, tmp_path):
    records = read_records(make_folder(count=25))
    written = write_folder(records[:3] + records[4:], tmp_path / "out")
    assert [r.file for r in written] == [r.file for r in records if r != records[3]]
    sides = [{r.file for r in side} - {records[3].file} for side in split_records(records)]
    assert sides == [{r.file for r in side} for side in split_records(written)]
    again = write_folder(written, tmp_path / "again")
    assert [record.file for record in again] == [record.file for record in written]


def test_class_folders_go_below_pictures(tmp_path):
    write_classes(tmp_path / "pets", {"cat/deep": 1, "dog": 1})
    written = write_folder(read_class_folder(tmp_path / "pets", "all"), tmp_path / "out")
    assert [r.file for r in written] == ["pictures/cat/deep/0.jpg", "pictures/dog/0.jpg"]


def test_no_picture_takes_another_s_place(make_folder, tmp_path):
    one, other = (read_records(make_folder(count=2, name=name)) for name in "ab")
    files = ["pictures/A.png", "pictures/a.png", "a.png", "a.png/b.png"]
    nested = []
    for number, file in enumerate(files):
        save(tmp_path / f"{number}/{file}", photograph(number))
        nested.append(Record(tmp_path / str(number), file, ("a",)))
    records = [*one, *other, one[0], *nested]
    written = write_folder(records, tmp_path / "out")
    assert [record.read() for record in written] == [record.read() for record in records]
    folded = [record.file.casefold() for record in written]
    assert len(set(folded)) == len(records)
    assert [r.file for r in written][:2] == [r.file for r in one]


@pytest.mark.parametrize(
    "file", ["../a.png", "/a.png", "C:a.png", "a", "a.jpg.txt", os.fsdecode(b"caf\xe9.png")]
)
def test_names_that_will_not_do_become_a_hash(make_folder, tmp_path, monkeypatch, file):
    first = read_records(make_folder(count=1))[0]
    monkeypatch.setattr(Record, "read", lambda record: first.path.read_bytes())
    (written,) = write_folder([Record(first.root, file, ("a",))], tmp_path / "out")
    assert written.file.isascii() and written.file.endswith(".png")
    assert written.path.resolve().is_relative_to(tmp_path / "out/pictures")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]


def test_a_folder_appears_whole_or_not_at_all(make_folder, tmp_path):
    records = read_records(make_folder(count=2))
    records[1].path.write_bytes(b"<html>")
    with pytest.raises(ValueError, match="'pictures/1.png' must be a JPEG, PNG"):
        write_folder(records, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    with pytest.raises(FileExistsError, match="`folder` must be absent"):
        write_folder(records, tmp_path / "data")
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(ValueError, match="at least one record"):
        write_folder([], tmp_path / "out")
