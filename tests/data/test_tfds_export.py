"""Small data sets that TensorFlow Datasets itself prepared, with the features of the real ones."""

import numpy as np
import pytest
from PIL import Image
from small_trees import jpeg, mpo, photograph

from keras_stackgan.data import read_tfds
from keras_stackgan.data.tfds_export import load

tfds = pytest.importorskip("tensorflow_datasets")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def builder_of(name, features, examples, tmp_path):
    """A prepared builder: its files are what `download_and_prepare` wrote."""

    class Small(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        VERSION = tfds.core.Version("1.0.0")
        pkg_dir_path = tmp_path

        def _info(self):
            return tfds.core.DatasetInfo(
                builder=self, features=tfds.features.FeaturesDict(features)
            )

        def _split_generators(self, dl_manager):
            return {"train": self._generate_examples()}

        def _generate_examples(self):
            yield from enumerate(examples)

    Small.name = name
    builder = Small(data_dir=str(tmp_path / "tfds"))
    builder.download_and_prepare()
    return builder


def picture_file(tmp_path, number, picture=None):
    path = tmp_path / f"source_{number}.jpg"
    path.write_bytes(jpeg(picture or photograph(number)))
    return path


@pytest.fixture
def birds(tmp_path):
    """The features of caltech_birds2011."""
    features = {
        "image": tfds.features.Image(),
        "image/filename": tfds.features.Text(),
        "label": tfds.features.ClassLabel(names=["001.Albatross", "002.Ani"]),
        "bbox": tfds.features.BBoxFeature(),
    }
    examples = [
        {
            "image": str(picture_file(tmp_path, number)),
            "image/filename": f"{number}.jpg",
            "label": number % 2,
            "bbox": tfds.features.BBox(ymin=0.2, xmin=0.1, ymax=0.6, xmax=0.9),
        }
        for number in range(3)
    ]
    return builder_of("small_birds", features, examples, tmp_path)


@pytest.fixture
def coco(tmp_path):
    """The features of coco_captions that matter."""
    features = {
        "image": tfds.features.Image(encoding_format="jpeg"),
        "captions": tfds.features.Sequence({"text": np.str_, "id": np.int64}),
        "objects": tfds.features.Sequence({"area": np.int64}),
    }
    examples = [
        {
            "image": str(picture_file(tmp_path, number)),
            "captions": [{"text": f"caf\u00e9 {number} {i} ", "id": i} for i in range(5)],
            "objects": [],
        }
        for number in range(3)
    ]
    return builder_of("small_coco", features, examples, tmp_path)


def test_labels_boxes_and_the_very_bytes(birds, tmp_path):
    records = read_tfds(birds, "train", tmp_path / "out")
    assert len(records) == 3 and records[0].captions == ()
    originals = {jpeg(photograph(number)): number for number in range(3)}
    for record in records:
        number = originals.pop(record.read())
        assert record.label == ["001.Albatross", "002.Ani"][number % 2]
        # 60 by 45 pixels.
        np.testing.assert_allclose(record.box, (6.0, 9.0, 48.0, 18.0), rtol=1e-5)
        assert record.file.endswith(".jpg")
    assert not originals


def test_a_jpeg_with_a_second_picture_is_a_jpeg(tmp_path):
    (tmp_path / "source.jpg").write_bytes(mpo(photograph(3)))
    features = {"image": tfds.features.Image()}
    phone = builder_of("phone", features, [{"image": str(tmp_path / "source.jpg")}], tmp_path)
    (record,) = read_tfds(phone, "train", tmp_path / "out")
    assert record.file.endswith(".jpg") and record.read() == mpo(photograph(3))


def test_captions(coco, tmp_path, encoder):
    records = read_tfds(coco, "train", tmp_path / "out")
    for record in records:
        number = record.captions[0].split()[1]
        assert record.captions == tuple(f"caf\u00e9 {number} {i}" for i in range(5))
    batch = next(load(coco, "train", tmp_path / "out", 16, 2, encoder=encoder).as_numpy_iterator())
    assert batch["images"].shape == (2, 16, 16, 3) and batch["embeddings"].shape == (2, 6)


def test_it_is_written_once(birds, coco, tmp_path, monkeypatch):
    first = read_tfds(birds, "train", tmp_path / "out")
    monkeypatch.setattr(
        "keras_stackgan.data.tfds_export._write", lambda *args: pytest.fail("again")
    )
    assert read_tfds(birds, "train", tmp_path / "out") == first
    with pytest.raises(
        FileExistsError, match="holds {'builder': 'small_birds/1.0.0'.*another name"
    ):
        read_tfds(birds, "train[:1]", tmp_path / "out")
    with pytest.raises(FileExistsError, match="choose another name"):
        read_tfds(coco, "train", tmp_path / "out")
    with pytest.raises(FileExistsError, match="holds something else"):
        read_tfds(birds, "train", tmp_path / "tfds")


def test_half_an_export_is_not_left(birds, tmp_path, monkeypatch):
    monkeypatch.setattr("keras_stackgan.data.tfds_export.SUFFIXES", {})
    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyError):
        read_tfds(birds, "train", tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


def test_nothing_is_downloaded(tmp_path, birds):
    unprepared = type(birds)(data_dir=str(tmp_path / "elsewhere"))
    with pytest.raises(
        FileNotFoundError, match="is not prepared. Nothing is downloaded unless you"
    ):
        read_tfds(unprepared, "train", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["tf_flowers", "oxford_flowers102", "lsun/bedroom"])
def test_by_name_with_the_mock_of_tfds(name, tmp_path):
    with tfds.testing.mock_data(num_examples=2):
        records = read_tfds(name, "train", tmp_path / "out")
    assert len(records) == 2 and (records[0].label is None) == (name == "lsun/bedroom")
    with Image.open(records[0].path) as picture:
        picture.load()
