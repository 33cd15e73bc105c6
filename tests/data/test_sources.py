import re

import pytest
from small_trees import photograph, write_cub

from keras_stackgan.data import sources
from keras_stackgan.data.caption_texts import clean_caption, read_caption_lines


def test_every_data_set_of_the_papers_is_there():
    assert sources.names() == [
        "class_folder",
        "coco",
        "cub",
        "flowers",
        "folder",
        "imagenet_cat",
        "imagenet_dog",
        "lsun_bedroom",
        "lsun_church",
        "painted_birds",
        "tf_flowers",
    ]
    with pytest.raises(ValueError, match="`name` must be one of class_folder, .* Received: 'bird'"):
        sources.get("bird")


@pytest.mark.parametrize("name", sources.names())
def test_how_to_get(name):
    source = sources.get(name)
    text = source.how_to_get()
    assert source.name == name and text.startswith(source.title)
    assert "FOLDER/" in text and "Files, as they must lie" in text
    if name not in ("folder", "class_folder", "painted_birds"):
        assert re.search(r"https?://\S+ \((size not verified|[\d,]+ bytes)\)", text)
        assert "License: " in text and "Pictures: " in text


@pytest.mark.parametrize("name", sources.names())
def test_an_empty_folder_says_what_is_wanted(name, tmp_path):
    source = sources.get(name)
    with pytest.raises(FileNotFoundError) as error:
        source.load(tmp_path)
    wanted = [str(error.value), *getattr(error.value, "__notes__", ())]
    assert "FOLDER/" in "\n".join(wanted)


def test_the_users_own_folder(make_folder, encoder):
    folder = make_folder(count=30)
    own = sources.get("folder")
    train, test = own.read(folder, "train"), own.read(folder, "test")
    assert len(train) + len(test) == 30 and test
    assert own.read(folder, "test", test_fraction=0.6) != test
    batch = next(own.load(folder, "all", 16, 4, encoder=encoder).as_numpy_iterator())
    assert batch["images"].shape == (4, 16, 16, 3) and batch["embeddings"].shape == (4, 6)


def test_skip_bad_leaves_out_and_says_so(tmp_path, encoder, capsys):
    root = write_cub(tmp_path)
    images = root / "CUB_200_2011/images"
    cut = images / "002.Laysan_Albatross/Laysan_Albatross_0001_104.jpg"
    cut.write_bytes(cut.read_bytes()[:300])
    (root / "text_c10/199.Winter_Wren/Winter_Wren_0000_107.txt").unlink()
    arguments = {"image_size": 8, "batch_size": 3, "check_counts": False, "shuffle": False}
    cub = sources.get("cub")
    with pytest.raises(FileNotFoundError, match="1 of 5 pictures have no captions"):
        cub.load(root, encoder=encoder, **arguments)
    batch = next(cub.load(root, encoder=encoder, skip_bad=True, **arguments).as_numpy_iterator())
    printed = capsys.readouterr().out
    assert "1 pictures that are cut short" in printed and "1 pictures without a caption" in printed
    assert "2 pictures are left out" in printed
    wanted = {f"caption {i} of bird {number}" for number in (3, 5, 8) for i in range(10)}
    vectors = {tuple(encoder.vector(caption)) for caption in wanted}
    assert {tuple(vector) for vector in batch["embeddings"]} <= vectors


def test_skip_bad_keeps_given_embeddings_beside_their_pictures(make_folder):
    import numpy as np

    folder = make_folder(count=4)
    for number in range(4):
        photograph(number).save(folder / f"pictures/{number}.png")
    (folder / "pictures/1.png").write_bytes(b"")
    given = np.arange(4.0).reshape(4, 1)
    dataset = sources.get("folder").load(
        folder, "all", 8, 3, embeddings=given, skip_bad=True, shuffle=False
    )
    batch = next(dataset.as_numpy_iterator())
    assert batch["embeddings"].tolist() == [[0.0], [2.0], [3.0]]


def test_audit_of_a_source(tmp_path):
    root = write_cub(tmp_path)
    report = sources.get("cub").audit(root, target_size=16, progress=False)
    assert report.number_of_records == 5 and report.number_of_test_records == 3
    assert not report.of_kind("test_class_in_train")


@pytest.mark.parametrize(
    "raw, cleaned",
    [
        ("a bird\ufffd\ufffdwith wings", "a bird with wings"),
        ("a bird\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd s wing", "a bird s wing"),
        ("  caf\u00e9 \t bird ", "caf\u00e9 bird"),
    ],
)
def test_mojibake(raw, cleaned):
    assert clean_caption(raw) == cleaned


def test_caption_files(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\n\r\ntwo\x92s wing\n  \nthree")
    assert read_caption_lines(path) == ("one", "two s wing", "three")
