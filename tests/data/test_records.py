import json
import os
from pathlib import Path

import pytest

from keras_stackgan.data import Record, class_names, read_records, split_records


def write_line(folder, **values):
    (folder / "captions.jsonl").write_text(json.dumps(values) + "\n")


def test_reads_jsonl(make_folder):
    folder = make_folder(count=3, labels=["a", "b", "a"])
    lines = (folder / "captions.jsonl").read_text().splitlines()
    first = {**json.loads(lines[0]), "box": [1, 2, 10.5, 8], "photographer": "ignored"}
    (folder / "captions.jsonl").write_text("\n".join([json.dumps(first), "", *lines[1:]]))

    records = read_records(folder)

    assert [record.file for record in records] == [f"pictures/{i}.png" for i in range(3)]
    assert records[0] == Record(
        folder, "pictures/0.png", ("caption 0 0", "caption 0 1"), "a", (1.0, 2.0, 10.5, 8.0)
    )
    assert records[1].label == "b" and records[1].box is None
    assert all(record.path.is_file() for record in records)
    with pytest.raises(AttributeError):
        records[0].label = "c"


def test_reads_csv_with_one_row_a_caption(make_folder):
    folder = make_folder(count=2)
    (folder / "captions.jsonl").unlink()
    # With a byte order mark, as spreadsheets write it.
    (folder / "captions.csv").write_text(
        'file,caption,label\npictures/1.png,"red, with dots",x\npictures/0.png,blue,y\n'
        "pictures/1.png,second,x\n",
        encoding="utf-8-sig",
    )
    records = read_records(str(folder))
    assert [(r.file, r.captions, r.label) for r in records] == [
        ("pictures/1.png", ("red, with dots", "second"), "x"),
        ("pictures/0.png", ("blue",), "y"),
    ]


def test_absent_folder_says_which_layout_is_wanted(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist") as error:
        read_records(tmp_path / "nowhere")
    (layout,) = error.value.__notes__
    assert "captions.jsonl" in layout and '"captions": [' in layout
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match="is a file, not a folder"):
        read_records(tmp_path / "file")


def test_no_captions_file(make_folder):
    folder = make_folder(count=2)
    (folder / "captions.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match="No captions.jsonl or captions.csv in"):
        read_records(folder)
    kept = read_records(folder, uncaptioned="keep")
    assert [(record.file, record.captions) for record in kept] == [
        ("pictures/0.png", ()),
        ("pictures/1.png", ()),
    ]


def test_two_captions_files(make_folder):
    folder = make_folder(count=1)
    (folder / "captions.csv").write_text("file,caption\n")
    with pytest.raises(ValueError, match="both captions.jsonl and captions.csv"):
        read_records(folder)


@pytest.mark.parametrize(
    "line, message",
    [
        (b"{not json}", "not JSON"),
        (b"[1, 2]", "must be a JSON object"),
        (b'{"captions": ["a"]}', "'file' must name a picture, received: None"),
        (
            b'{"file_name": "pictures/9.png", "text": "a"}',
            "the picture's file must be called 'file', not 'file_name'",
        ),
        (b'{"File": "pictures/9.png", "captions": ["a"]}', "must be called 'file'"),
        (
            b'{"file": "pictures/9.png", "caption": "a bird"}',
            "the list of its sentences must be called 'captions', not 'caption'; rename it.",
        ),
        (b'{"file": "pictures/9.png", "text": "a bird"}', "not 'text'"),
        (b'{"file": "pictures/9.png", "captions": "a bird"}', "must be a list of sentences"),
        (b'{"file": "pictures/9.png", "captions": ["a", 3]}', "must be a list of sentences"),
        (b'{"file": "pictures/9.png", "captions": ["a", "  "]}', "a caption is empty"),
        (b'{"file": "pictures/0.png", "captions": ["a"]}', "was on line 1 already"),
        (b'{"file": "pictures/9.tiff", "captions": ["a"]}', "no picture of a known kind"),
        (b'{"file": "pictures/9.png", "captions": ["a"], "label": [1]}', "'label' must be text"),
        (b'{"file": "pictures/9.png", "captions": ["a"], "box": [1, 2, 3]}', "'box' must be"),
        (b'{"file": "pictures/9.png", "captions": ["a"], "box": [1, 2, 0, 4]}', "'box' must be"),
        (b'{"file": "pictures/9.png", "captions": ["a"], "box": [1, 2, NaN, 4]}', "'box' must be"),
        (b'{"file": "pictures/9.png", "captions": ["\xff"]}', "not UTF-8"),
    ],
)
def test_malformed_line_is_named(make_folder, line, message):
    folder = make_folder(count=2)
    with open(folder / "captions.jsonl", "ab") as file:
        file.write(line + b"\n")
    with pytest.raises(ValueError, match=f"captions.jsonl, line 3: .*{message}"):
        read_records(folder)


@pytest.mark.parametrize(
    "text, message",
    [
        ("picture,caption\n", "line 1: the columns must be file,caption"),
        ("file,caption\npictures/0.png,a, b\n", "line 2: it must have 2 fields"),
        ("file,caption\npictures/0.png\n", "line 2: it must have 2 fields"),
        ("file,caption\npictures/0.png,\n", "line 2: a caption is empty"),
        ("file,caption\npictures/0.png,a\n../x.png,a\n", "line 3: .* leads outside"),
        (
            "file,caption,label\npictures/0.png,a,x\npictures/0.png,b,y\n",
            "line 3: .* the label 'y' here and 'x' above",
        ),
        ('file,caption\npictures/0.png,"open\n', "it is not CSV"),
    ],
)
def test_malformed_csv(make_folder, text, message):
    folder = make_folder(count=1)
    (folder / "captions.jsonl").unlink()
    (folder / "captions.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_records(folder)


@pytest.mark.parametrize(
    "file",
    ["../a.png", "/etc/a.png", "pictures/../../a.png", "C:\\a.png", "..\\a.png", "\\\\h\\a.png"],
)
def test_paths_that_escape_the_folder_are_refused(make_folder, file):
    folder = make_folder(count=1)
    write_line(folder, file=file, captions=["a"])
    with pytest.raises(ValueError, match="line 1: .* leads outside of the data folder"):
        read_records(folder)


def test_missing_pictures_are_named_and_counted(make_folder):
    folder = make_folder(count=6)
    for number in range(4):
        (folder / f"pictures/{number}.png").unlink()
    with pytest.raises(FileNotFoundError) as error:
        read_records(folder)
    assert "4 of the 6 pictures" in str(error.value)
    assert "'pictures/0.png', 'pictures/1.png', 'pictures/2.png' and 1 more" in str(error.value)


def test_pictures_without_captions(make_folder):
    folder = make_folder(count=3)
    write_line(folder, file="pictures/1.png", captions=["a"])
    with pytest.raises(ValueError, match="2 pictures have no caption .*'pictures/0.png'"):
        read_records(folder)
    assert [r.file for r in read_records(folder, uncaptioned="skip")] == ["pictures/1.png"]
    assert len(read_records(folder, uncaptioned="keep")) == 3
    with pytest.raises(ValueError, match="`uncaptioned` must be"):
        read_records(folder, uncaptioned="maybe")


def test_a_line_with_no_captions_counts_as_uncaptioned(make_folder):
    folder = make_folder(count=1)
    write_line(folder, file="pictures/0.png", captions=[], label=4)
    with pytest.raises(ValueError, match="1 pictures have no caption"):
        read_records(folder)
    assert read_records(folder, uncaptioned="keep")[0].label == 4


def test_keys_of_other_programs_may_stand_beside_the_captions(make_folder):
    folder = make_folder(count=1)
    write_line(folder, file="pictures/0.png", captions=["a"], text="b", image=7)
    assert read_records(folder)[0].captions == ("a",)


def test_missing_pictures_can_be_kept_for_an_audit(make_folder):
    folder = make_folder(count=3)
    (folder / "pictures/1.png").unlink()
    assert len(read_records(folder, missing="keep")) == 3
    with pytest.raises(ValueError, match="`missing` must be 'error' or 'keep'. Received: 'skip'"):
        read_records(folder, missing="skip")


def test_webp_and_deep_folders_are_found(make_folder):
    folder = make_folder(count=1)
    deep = folder / "pictures/a/b/c.WEBP"
    deep.parent.mkdir(parents=True)
    deep.touch()
    (folder / "pictures/.hidden.png").touch()
    found = read_records(folder, uncaptioned="keep")
    assert [record.file for record in found] == ["pictures/0.png", "pictures/a/b/c.WEBP"]


def test_read_gives_the_bytes(make_folder):
    record = read_records(make_folder(count=1))[0]
    assert record.read() == record.path.read_bytes() and record.read().startswith(b"\x89PNG")


def test_zero_pictures(tmp_path):
    (tmp_path / "captions.jsonl").write_text("\n")
    with pytest.raises(ValueError, match="holds no pictures with captions"):
        read_records(tmp_path)


def test_split_depends_on_the_name_alone():
    records = [Record(Path("r"), f"{i}.png", ("a",)) for i in range(2000)]
    train, test = split_records(records, test_fraction=0.2)
    assert len(train) + len(test) == 2000 and 340 < len(test) < 460
    assert [r.file for r in split_records(records[::-1], 0.2)[1]] == [r.file for r in test[::-1]]
    # Removing records moves none of the others to the other side.
    assert set(split_records(records[500:], 0.2)[1]) == set(test) & set(records[500:])
    assert split_records(records, 0.2, salt="other")[1] != test
    assert test[0].file == "3.png"
    with pytest.raises(ValueError, match="`test_fraction` must be between 0 and 1"):
        split_records(records, 1.5)


def test_names_that_are_no_utf_8_are_split_too():
    names = [os.fsdecode(b"caf\xe9%d.png" % number) for number in range(40)]
    train, test = split_records([Record(Path("r"), name, ("a",)) for name in names])
    assert train and test
    # Names of UTF-8 stay where they always were.
    normal = [Record(Path("r"), f"caf\u00e9{number}.png", ("a",)) for number in range(40)]
    assert [record.file[4:-4] for record in split_records(normal)[1]] == "0 1 4 7 12 16".split()


def test_class_names():
    def records(*labels):
        return [Record(Path("r"), f"{i}.png", ("a",), label) for i, label in enumerate(labels)]

    assert class_names(records("tulip", "daisy", "tulip")) == ["daisy", "tulip"]
    assert class_names(records(10, 9)) == [9, 10]
    with pytest.raises(ValueError, match="1 of 2 have none, e.g. '1.png'"):
        class_names(records("a", None))
    with pytest.raises(ValueError, match="all text or all whole numbers"):
        class_names(records("a", 1))
