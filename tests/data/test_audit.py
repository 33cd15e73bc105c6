import os
import shutil

import pytest
from PIL import Image
from small_trees import photograph, write_classes, write_cub

from keras_stackgan.data import (
    AuditReport,
    Record,
    audit,
    read_class_folder,
    read_records,
    sources,
)
from keras_stackgan.data.audit_report import Finding


@pytest.fixture
def folder(make_folder):
    """Twelve good pictures with captions."""
    folder = make_folder(count=12, captions=1, labels=list("aaaabbbbcccc"))
    for number in range(12):
        photograph(number, (48, 40)).save(folder / f"pictures/{number}.png")
    return folder


def read(folder):
    return read_records(folder, uncaptioned="keep", missing="keep")


def files(findings):
    return [[record.file for record in finding.records] for finding in findings]


def test_nothing_is_wrong(folder):
    report = audit(read(folder), target_size=32)
    assert (
        not report and "nothing is wrong" in str(report) and "Audit of 12 pictures:" in str(report)
    )
    assert report.good(read(folder)) == read(folder)


def test_all_is_found_at_once(folder):
    pictures = folder / "pictures"
    (pictures / "0.png").unlink()
    (pictures / "1.png").write_bytes(b"<html>not found</html>")
    (pictures / "2.png").write_bytes((pictures / "2.png").read_bytes()[:900])
    shutil.copy(pictures / "3.png", pictures / "4.png")
    photograph(5, (48, 40)).resize((70, 60)).save(pictures / "6.png")
    photograph(7, (48, 20)).save(pictures / "7.png")
    photograph(99, (48, 40)).save(pictures / "bare.png")

    records = read(folder)
    report = audit(records, target_size=32, class_names="abcd")

    found = {kind: files(report.of_kind(kind)) for kind in (
        "missing", "unreadable", "truncated", "uncaptioned", "duplicate", "near_duplicate", "small"
    )}  # fmt: skip
    assert found == {
        "missing": [["pictures/0.png"]],
        "unreadable": [["pictures/1.png"]],
        "truncated": [["pictures/2.png"]],
        "uncaptioned": [["pictures/bare.png"]],
        "duplicate": [["pictures/3.png", "pictures/4.png"]],
        "near_duplicate": [["pictures/5.png", "pictures/6.png"]],
        "small": [["pictures/7.png"]],
    }
    assert report.of_kind("empty_class")[0].detail == "the class 'd' has no pictures"
    text = str(report)
    for line in (
        "1 captions whose picture is missing:",
        "'pictures/0.png': the file is not there",
        "'pictures/1.png' is no JPEG, PNG, WebP, BMP or GIF",
        "1 pictures that are cut short or damaged:",
        "'pictures/bare.png': no caption",
        "'pictures/3.png', 'pictures/4.png'",
        "'pictures/7.png': 48x20 whole, below 32",
        "5 pictures are left out where bad ones are skipped",
    ):
        assert line in text, text
    good = [record.file.removeprefix("pictures/") for record in report.good(records)]
    assert good == ["3.png", "5.png", "6.png", "7.png", "8.png", "9.png", "10.png", "11.png"]


def test_uncaptioned_pictures_may_be_wanted(folder):
    (folder / "captions.jsonl").unlink()
    assert len(audit(read(folder), 16).of_kind("uncaptioned")) == 12
    assert not audit(read(folder), 16, captioned=False)


def test_pictures_of_both_splits_leave_the_train_split(folder):
    shutil.copy(folder / "pictures/2.png", folder / "pictures/9.png")
    records = read(folder)
    train, test = records[:8], records[8:]
    report = audit(train, 16, test_records=test)
    (finding,) = report.of_kind("duplicate")
    assert files([finding]) == [["pictures/9.png", "pictures/2.png"]]
    assert "in the train split and in the test split" in str(report)
    assert "Audit of 8 pictures and 4 for testing" in str(report)
    assert len(report.good(train)) == 7 and report.good(test) == test


def test_test_classes_in_train(folder):
    records = read(folder)
    train, test = records[:6], records[6:]
    assert not audit(train, 16, test_records=test)
    report = audit(train, 16, test_records=test, class_disjoint=True)
    assert files(report.of_kind("test_class_in_train")) == [["pictures/4.png", "pictures/5.png"]]
    assert "'b' is a class of the test split" in str(report)
    assert report.good(train) == train[:4]


def test_sizes_are_those_of_the_cut(folder):
    lines = (folder / "captions.jsonl").read_text()
    box = '"box": [10, 10, 12, 8], "file": "pictures/3.'
    (folder / "captions.jsonl").write_text(lines.replace('"file": "pictures/3.', box))
    (finding,) = audit(read(folder), 20).of_kind("small")
    assert finding.detail == "18x18 after the cut to its box, below 20"
    assert not audit(read(folder), 18)


@pytest.mark.parametrize("box", ["[0.2, 0.2, 0.5, 0.5]", "[90, 90, 20, 20]"])
def test_bad_boxes_are_left_out(folder, box):
    lines = (folder / "captions.jsonl").read_text()
    bad = f'"box": {box}, "file": "pictures/3.'
    (folder / "captions.jsonl").write_text(lines.replace('"file": "pictures/3.', bad))
    report = audit(read(folder), 16)
    assert files(report.findings) == files(report.of_kind("bad_box")) == [["pictures/3.png"]]
    assert "1 pictures with a bad box:\n    'pictures/3.png' must have a box" in str(report)
    assert len(report.good(read(folder))) == 11


def test_workers_change_nothing(folder):
    (folder / "pictures/2.png").write_bytes(b"")
    shutil.copy(folder / "pictures/3.png", folder / "pictures/4.png")
    reports = [audit(read(folder), 64, workers=workers) for workers in (1, 2, 7)]
    assert reports[0] == reports[1] == reports[2] and len(reports[0].findings) == 13


def test_near_duplicates_are_not_looked_for_unless_asked(folder):
    photograph(5, (48, 40)).resize((70, 60)).save(folder / "pictures/6.png")
    assert audit(read(folder), 16).of_kind("near_duplicate")
    assert not audit(read(folder), 16, near_distance=None)


def test_long_lists_are_cut(folder):
    text = str(audit(read(folder), 64))
    assert "12 pictures below the size wanted:" in text and "and 7 more" in text
    assert text.count("below 64") == 5


def test_names_that_are_no_utf_8_can_be_printed(folder):
    record = Record(folder, os.fsdecode(b"caf\xe9.png"), ())
    text = str(AuditReport((Finding("uncaptioned", (record,), "no caption"),), 1))
    assert "'caf\\udce9.png': no caption" in text and text.encode()


def test_progress(tmp_path, capsys):
    write_classes(tmp_path, {"a": 101})
    records = read_class_folder(tmp_path, "all")
    audit(records, 16, captioned=False, progress=True)
    assert "101/101" in capsys.readouterr().out
    audit(records, 16, captioned=False, progress=False)
    assert capsys.readouterr().out == ""


def test_a_source_knows_its_classes_and_captions(tmp_path):
    write_classes(tmp_path, {"train/a": 2, "train/b": 0, "test/a": 1})
    report = sources.get("class_folder").audit(tmp_path, 16, progress=False)
    assert [finding.kind for finding in report.findings] == ["empty_class", "duplicate"][:1]
    assert report.findings[0].detail == "the class 'b' has no pictures"
    root = write_cub(tmp_path / "birds")
    (root / "testclasses.txt").write_text("199.Winter_Wren\n")
    gray = root / "CUB_200_2011/images/199.Winter_Wren/Winter_Wren_0000_107.jpg"
    Image.new("L", (60, 45)).save(gray)
    assert not sources.get("cub").audit(root, 16, progress=False)


def test_bad_arguments(folder):
    with pytest.raises(ValueError, match="`target_size` must be a whole number >= 1. Received: 0"):
        audit(read(folder), 0)
    with pytest.raises(ValueError, match="`distance` must be from 0 to 31"):
        audit(read(folder), 16, near_distance=40)
    with pytest.raises(ValueError, match="`kind` must be one of missing, .* Received: 'blurred'"):
        AuditReport((), 0).of_kind("blurred")
