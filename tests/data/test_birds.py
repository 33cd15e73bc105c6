import numpy as np
import pytest
from small_trees import write_cub, write_pickles

from keras_stackgan.data import birds, read_cub, sources
from keras_stackgan.data.birds import TEST_CLASSES


@pytest.fixture
def root(tmp_path):
    return write_cub(tmp_path / "birds")


def keys(records):
    return [record.file.removeprefix("CUB_200_2011/images/") for record in records]


def test_records_have_boxes_captions_and_classes(root):
    train = read_cub(root, "train")
    assert [record.label for record in train] == ["002.Laysan_Albatross"] * 3 + [
        "199.Winter_Wren"
    ] * 2
    first = train[0]
    assert first.path.is_file() and first.root == root
    assert first.file == "CUB_200_2011/images/002.Laysan_Albatross/Laysan_Albatross_0000_103.jpg"
    assert first.box == (8.0, 4.0, 20.0, 19.0)
    assert first.captions == tuple(f"caption {i} of bird 3" for i in range(10))


def test_the_builtin_split_shares_no_class(root):
    train, test = read_cub(root, "train"), read_cub(root, "test")
    assert {r.label for r in test} == {"001.Black_footed_Albatross", "004.Groove_billed_Ani"}
    assert not {r.label for r in train} & {r.label for r in test}
    assert len(train) + len(test) == 8
    assert len(set(TEST_CLASSES)) == 50 and set(TEST_CLASSES) <= set(range(1, 201))


def test_captions_are_cleaned_and_kept_whole(root):
    captions = read_cub(root, "test")[0].captions
    assert len(captions) == 10
    assert captions[3] == "a bird with a long wing"
    assert captions[4] == " ".join(["word"] * 300)
    assert captions[5] == captions[6]


def test_released_split_and_its_order(root):
    # Another choice than the built-in one, to see that it counts.
    wanted = [
        "199.Winter_Wren/Winter_Wren_0001_108",
        "004.Groove_billed_Ani/Groove_billed_Ani_0000_106",
    ]
    write_pickles(root, "train", wanted, [199, 4])
    assert keys(read_cub(root, "train")) == [f"{key}.jpg" for key in wanted]
    write_pickles(root, "train", ["001.Nothing/Nothing_1"], [1])
    with pytest.raises(ValueError, match="names 1 pictures that images.txt does not"):
        read_cub(root, "train")


@pytest.mark.parametrize("beside_text", [True, False])
def test_test_classes_file(root, beside_text):
    if beside_text:
        (root / "cvpr2016_cub").mkdir()
        (root / "text_c10").rename(root / "cvpr2016_cub/text_c10")
    place = root / "cvpr2016_cub" if beside_text else root
    (place / "testclasses.txt").write_text("199.Winter_Wren\n\n")
    assert {record.label for record in read_cub(root, "test")} == {"199.Winter_Wren"}
    assert len(read_cub(root, "train")) == 6


def test_the_archive_itself_as_root(root):
    (root / "text_c10").rename(root / "CUB_200_2011/text_c10")
    records = read_cub(root / "CUB_200_2011", "test")
    assert records[0].path.is_file() and records[0].file.startswith("images/001.")


def test_absent_files_say_how_to_get_them(root, tmp_path):
    with pytest.raises(FileNotFoundError, match="data.caltech.edu.*1,150,585,339 bytes"):
        read_cub(tmp_path / "nowhere")
    (root / "text_c10/002.Laysan_Albatross/Laysan_Albatross_0001_104.txt").unlink()
    with pytest.raises(FileNotFoundError, match="1 of 5 pictures have no captions in"):
        read_cub(root)
    assert [len(record.captions) for record in read_cub(root, strict=False)] == [10, 0, 10, 10, 10]
    (root / "CUB_200_2011/images/199.Winter_Wren/Winter_Wren_0000_107.jpg").unlink()
    (root / "text_c10").rename(root / "elsewhere")
    with pytest.raises(FileNotFoundError, match="(?s)There is no .*text_c10.*reedscot/cvpr2016"):
        read_cub(root)
    assert len(read_cub(root, strict=False)) == 5


def test_missing_pictures_are_named(root):
    (root / "CUB_200_2011/images/199.Winter_Wren/Winter_Wren_0000_107.jpg").unlink()
    with pytest.raises(FileNotFoundError, match="1 of the 5 pictures .*Winter_Wren_0000_107.jpg"):
        read_cub(root)


def test_damaged_lists(root):
    boxes = root / "CUB_200_2011/bounding_boxes.txt"
    text = boxes.read_text()
    boxes.write_text(text[: len(text) // 2].rsplit("\n", 1)[0])
    with pytest.raises(ValueError, match="must hold the same numbers. One of them is cut short"):
        read_cub(root)
    boxes.write_text(text + "9 1.0\n")
    with pytest.raises(ValueError, match="bounding_boxes.txt, line 9: it must have 5 fields"):
        read_cub(root)
    with pytest.raises(ValueError, match="`split` must be one of train, test. Received: 'val'"):
        read_cub(root, "val")


def test_one_call_gives_batches(root, encoder):
    arguments = {"image_size": 16, "batch_size": 5, "check_counts": False, "shuffle": False}
    dataset = birds.load(root, "train", encoder=encoder, mismatched_images=True, **arguments)
    batch = next(dataset.as_numpy_iterator())
    shapes = {key: value.shape for key, value in batch.items()}
    pictures = (5, 16, 16, 3)
    assert shapes == {"images": pictures, "mismatched_images": pictures, "embeddings": (5, 6)}
    records = read_cub(root, "train")
    for vector, record in zip(batch["embeddings"], records, strict=True):
        assert any((vector == encoder.vector(caption)).all() for caption in record.captions)
    assert (root / ".caption_embeddings").is_dir()


def test_one_call_with_released_embeddings(root):
    wanted = [key.removesuffix(".jpg") for key in keys(read_cub(root, "train"))][::-1]
    embeddings = write_pickles(root, "train", wanted, [199, 199, 2, 2, 2])
    arguments = {"image_size": 8, "batch_size": 5, "check_counts": False, "shuffle": False}
    batch = next(
        birds.load(root, "train", embeddings="char-CNN-RNN", **arguments).as_numpy_iterator()
    )
    for vector, captions in zip(batch["embeddings"], embeddings, strict=True):
        assert (captions == vector).all(axis=1).any()
    with pytest.raises(FileNotFoundError, match="There is no .*skip-thought-embeddings.pickle"):
        birds.load(root, "train", embeddings="skip-thought", check_counts=False)
    with pytest.raises(ValueError, match="Give `encoder` or `embeddings`. Received both"):
        birds.load(root, "train", embeddings=embeddings, encoder=lambda x: x, check_counts=False)


def test_counts_are_checked_before_training(root):
    with pytest.raises(
        ValueError, match="5 pictures instead of 8,855 and 2 classes instead of 150"
    ):
        birds.load(root)
    assert sources.get("cub").counts == {"train": 8855, "test": 2933}


def test_the_box_is_cut(root):
    arguments = {"image_size": 12, "batch_size": 5, "check_counts": False, "shuffle": False}
    cut, whole = (
        next(birds.load(root, use_boxes=boxes, **arguments).as_numpy_iterator())["images"]
        for boxes in (True, False)
    )
    assert np.abs(cut.astype(int) - whole).mean() > 10
