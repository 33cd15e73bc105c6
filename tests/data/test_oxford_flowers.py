import pytest
from small_trees import write_oxford_flowers, write_pickles

from keras_stackgan.data import flowers, read_oxford_flowers


@pytest.fixture
def root(tmp_path):
    root = write_oxford_flowers(tmp_path / "flowers")
    (root / "testclasses.txt").write_text("class_00002\n")
    return root


def test_split_by_test_classes(root):
    train, test = read_oxford_flowers(root, "train"), read_oxford_flowers(root, "test")
    assert [(r.file, r.label) for r in train] == [
        ("jpg/image_00001.jpg", "class_00001"),
        ("jpg/image_00002.jpg", "class_00001"),
        ("jpg/image_00006.jpg", "class_00003"),
    ]
    assert {record.label for record in test} == {"class_00002"} and len(test) == 3
    assert test[0].captions == ("flower 3 has petals", "this flower is 3")
    other = read_oxford_flowers(root, "test", test_classes=["class_00001", "class_00003"])
    assert other == train


def test_released_split(root):
    (root / "testclasses.txt").unlink()
    write_pickles(root, "train", ["jpg/image_00004", "jpg/image_00001"], [2, 1])
    records = read_oxford_flowers(root, "train")
    assert [(record.file[4:], record.label) for record in records] == [
        ("image_00004.jpg", "class_00002"),
        ("image_00001.jpg", "class_00001"),
    ]
    assert records[0].captions[0] == "flower 4 has petals"


def test_what_is_missing_is_said(root):
    with pytest.raises(ValueError, match="Not among them: class_00099"):
        read_oxford_flowers(root, test_classes=["class_00099"])
    (root / "testclasses.txt").unlink()
    with pytest.raises(FileNotFoundError, match="(?s)neither testclasses.txt nor .*344,862,509"):
        read_oxford_flowers(root)
    (root / "testclasses.txt").write_text("class_00002\n")
    (root / "jpg/image_00006.jpg").unlink()
    with pytest.raises(FileNotFoundError, match="1 of the 3 pictures .*image_00006.jpg"):
        read_oxford_flowers(root)
    assert len(read_oxford_flowers(root, strict=False)) == 3


def test_one_call_gives_batches(root, encoder):
    dataset = flowers.load(root, "test", 16, 3, encoder=encoder, check_counts=False)
    batch = next(dataset.as_numpy_iterator())
    assert batch["images"].shape == (3, 16, 16, 3) and batch["embeddings"].shape == (3, 6)
    with pytest.raises(ValueError, match="3 pictures instead of 1,155 and 1 classes instead of 20"):
        flowers.load(root, "test")
