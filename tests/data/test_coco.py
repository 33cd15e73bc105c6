import dataclasses
import json

import numpy as np
import pytest
from PIL import Image
from small_trees import write_coco

from keras_stackgan.data import PREPROCESSINGS, coco, read_coco


@pytest.mark.parametrize("year", [2014, 2017])
def test_pictures_in_order_with_their_captions_in_order(tmp_path, year):
    root = write_coco(tmp_path, year)
    train = read_coco(root, "train", year=year)
    assert [record.file for record in train] == [
        f"train{year}/COCO_train{year}_{number:012d}.jpg" for number in (9, 25, 30)
    ]
    assert train[1].captions == tuple(f"caption {i} of 25" for i in range(5))
    assert train[0].label is None and train[0].path.is_file()
    assert read_coco(root, "test", year=year)[0].file.startswith(f"val{year}/")


def test_images_may_lie_in_a_folder_of_their_own(tmp_path):
    write_coco(tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "train2014").rename(tmp_path / "images/train2014")
    assert read_coco(tmp_path)[0].path.is_file()


def test_what_is_missing_or_malformed_is_said(tmp_path):
    with pytest.raises(
        FileNotFoundError, match="(?s)There is no .*train2014.*13,510,573,713 bytes"
    ):
        read_coco(tmp_path)
    write_coco(tmp_path)
    path = tmp_path / "annotations/captions_train2014.json"
    good = json.loads(path.read_text())
    path.write_text(json.dumps(good)[:200])
    with pytest.raises(ValueError, match="captions_train2014.json' must hold COCO's 'images'"):
        read_coco(tmp_path)
    bad = {**good, "images": [{"id": 1, "file_name": "../../etc/passwd"}]}
    path.write_text(json.dumps(bad))
    with pytest.raises(ValueError, match="must name plain files. Received: '../../etc/passwd'"):
        read_coco(tmp_path)
    path.write_text(json.dumps({**good, "annotations": good["annotations"][:5]}))
    with pytest.raises(ValueError, match="2 pictures of .* have no caption"):
        read_coco(tmp_path)
    path.write_text(json.dumps(good))
    (tmp_path / "train2014/COCO_train2014_000000000025.jpg").unlink()
    with pytest.raises(FileNotFoundError, match="1 of the 3 pictures"):
        read_coco(tmp_path)
    assert len(read_coco(tmp_path, strict=False)) == 3
    path.unlink()
    with pytest.raises(FileNotFoundError, match="captions_train2014.json' is missing"):
        read_coco(tmp_path)


def test_one_call_gives_batches_without_keeping_the_aspect(tmp_path, encoder):
    write_coco(tmp_path)

    def pictures(**arguments):
        dataset = coco.load(
            tmp_path, "test", 16, 3, encoder=encoder, check_counts=False, **arguments
        )
        return next(dataset.as_numpy_iterator())["images"]

    assert pictures().shape == (3, 16, 16, 3)
    # What the published code did, unless something else is asked for.
    assert (pictures() == pictures(preprocessing="v1_pytorch")).all()
    assert (pictures() != pictures(preprocessing="v2")).any()
    assert (pictures(flip=True) == pictures()).all()
    unflipped = dataclasses.replace(PREPROCESSINGS["v1_pytorch"], flip=False)
    assert (pictures(flip=False) == pictures(preprocessing=unflipped)).all()
    assert (pictures(flip=False) != pictures()).any()
    whole = pictures(load_scale=1.0, random_crop=False, flip=False)
    square = Image.open(tmp_path / "val2014/COCO_val2014_000000000009.jpg").resize((16, 16), 2)
    assert any((picture == np.asarray(square)).all() for picture in whole)
