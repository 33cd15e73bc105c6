import pytest
from small_trees import write_classes

from keras_stackgan.data import class_folder, read_class_folder, read_tf_flowers, tf_flowers


def test_a_tree_without_a_split(tmp_path):
    write_classes(tmp_path, {"tulip": 30, "black_dog/deep": 10})
    everything = read_class_folder(tmp_path, "all")
    assert [record.label for record in everything] == ["black_dog"] * 10 + ["tulip"] * 30
    assert everything[0].file == "black_dog/deep/0.jpg" and everything[0].captions == ()
    train, test = (read_class_folder(tmp_path, split) for split in ("train", "test"))
    assert len(test) > 0 and {r.file for r in train} | {r.file for r in test} == {
        record.file for record in everything
    }
    more = read_class_folder(tmp_path, "test", test_fraction=0.5)
    assert set(test) < set(more)


def test_a_tree_with_a_split(tmp_path):
    write_classes(tmp_path, {"train/a": 2, "train/b": 1, "val/a": 1})
    assert [record.file for record in read_class_folder(tmp_path)] == [
        "train/a/0.jpg",
        "train/a/1.jpg",
        "train/b/0.jpg",
    ]
    assert [record.file for record in read_class_folder(tmp_path, "test")] == ["val/a/0.jpg"]
    assert len(read_class_folder(tmp_path, "all")) == 4
    assert class_folder.list_classes(tmp_path) == ["a", "b"]


def test_trains_are_a_class_like_others(tmp_path):
    write_classes(tmp_path, {"bus": 20, "car": 20, "train": 20})
    everything = read_class_folder(tmp_path, "all")
    assert {record.label for record in everything} == {"bus", "car", "train"}
    parts = [read_class_folder(tmp_path, split) for split in ("train", "test")]
    assert all(parts) and sum(map(len, parts)) == len(everything) == 60
    assert class_folder.list_classes(tmp_path) == ["bus", "car", "train"]


def test_captions_from_the_class(tmp_path):
    write_classes(tmp_path, {"red_rose": 1})
    template = "a photo of a {label}"
    records = read_class_folder(tmp_path, "all", caption_template=template)
    assert records[0].captions == ("a photo of a red rose",)
    records = read_class_folder(tmp_path, "all", caption_template="{{a}} {label}")
    assert records[0].captions == ("{a} red rose",)


@pytest.mark.parametrize(
    "template", ["a photo", "a {label} {x}", "a {label} {}", "a {label", "{{label}}", "{label.x}"]
)
def test_a_template_names_the_label_alone(tmp_path, template):
    write_classes(tmp_path, {"red_rose": 1})
    with pytest.raises(ValueError, match="`caption_template` must hold '{label}', and no other"):
        read_class_folder(tmp_path, caption_template=template)


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no folder .*nowhere"):
        read_class_folder(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="holds no pictures in folders"):
        read_class_folder(tmp_path)
    write_classes(tmp_path, {"full": 1})
    with pytest.raises(ValueError, match="1 classes in .* have no pictures, e.g. 'empty'"):
        read_class_folder(tmp_path)
    assert len(read_class_folder(tmp_path, "all", strict=False)) == 1
    with pytest.raises(FileNotFoundError, match="holds no folder of the class 'other'"):
        read_class_folder(tmp_path, classes=["full", "other"])
    write_classes(tmp_path / "split", {"train/a": 1})
    with pytest.raises(FileNotFoundError, match="holds a folder train, but neither test nor val"):
        read_class_folder(tmp_path / "split", "test")


def test_tf_flowers(tmp_path, encoder):
    counts = {"daisy": 3, "dandelion": 2, "roses": 2, "sunflowers": 2, "tulips": 2}
    root = write_classes(tmp_path / "flower_photos", counts)
    (root / "LICENSE.txt").write_text("CC-BY")
    (root / "other").mkdir()
    records = read_tf_flowers(tmp_path, "all", caption_template="a photo of {label}")
    assert len(records) == 11 and records[0].captions == ("a photo of daisy",)
    assert read_tf_flowers(root, "all")[0].path == root / "daisy/0.jpg"
    options = {"caption_template": "a photo of {label}"}
    dataset = tf_flowers.load(
        tmp_path, "train", 8, 2, encoder=encoder, options=options, labels=True, check_counts=False
    )
    batch = next(dataset.as_numpy_iterator())
    assert batch["embeddings"].shape == (2, 6) and batch["labels"].max() < 5
    # The split is made here: the whole is counted.
    with pytest.raises(ValueError, match="The all split .* holds 11 pictures instead of 3,670"):
        tf_flowers.load(tmp_path, "train")
    with pytest.raises(FileNotFoundError, match="(?s)flower_photos.* with daisy.*228,813,984"):
        read_tf_flowers(tmp_path / "nowhere")
