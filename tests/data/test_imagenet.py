import pytest
from small_trees import write_classes

from keras_stackgan.data import imagenet, read_imagenet
from keras_stackgan.data.imagenet import CATS, DOGS


def test_the_classes_of_the_original():
    assert len(set(DOGS)) == 118 and len(set(CATS)) == 17 and not set(DOGS) & set(CATS)
    # The tabby, tiger, Persian, Siamese and Egyptian cats.
    assert {"n02123045", "n02123159", "n02123394", "n02123597", "n02124075"} <= set(CATS)


@pytest.fixture
def root(tmp_path):
    counts = {"n02123045": 2, "n02124075": 1, "n02085620": 2, "n01440764": 3}
    return write_classes(tmp_path / "train", counts, suffix=".JPEG").parent


def test_other_classes_are_left_out(root):
    assert [(record.file, record.label) for record in read_imagenet(root, animal="cat")] == [
        ("train/n02123045/0.JPEG", "n02123045"),
        ("train/n02123045/1.JPEG", "n02123045"),
        ("train/n02124075/0.JPEG", "n02124075"),
    ]
    assert {record.label for record in read_imagenet(root)} == {"n02085620"}


def test_one_call_gives_batches(root):
    with pytest.raises(ValueError, match="3 pictures instead of 6,500 and 2 classes instead of 5"):
        imagenet.load_cats(root)
    dataset = imagenet.load_cats(root, image_size=8, batch_size=2, labels=True, check_counts=False)
    batch = next(dataset.as_numpy_iterator())
    assert batch["images"].shape == (2, 8, 8, 3) and set(batch["labels"]) <= {0, 1}


def test_what_is_missing_is_said(root, tmp_path):
    with pytest.raises(FileNotFoundError, match="(?s)There is no .*val'.*image-net.org"):
        read_imagenet(root, "test")
    write_classes(tmp_path / "other/train", {"n01440764": 1})
    with pytest.raises(FileNotFoundError, match="holds no folder of a dog's class"):
        read_imagenet(tmp_path / "other")
    with pytest.raises(ValueError, match="`animal` must be 'dog' or 'cat'. Received: 'cow'"):
        read_imagenet(root, animal="cow")
