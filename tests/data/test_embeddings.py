import json
import os

import numpy as np
import pytest

from keras_stackgan.data import CaptionEmbeddings, embed_captions, read_records


@pytest.fixture
def records(make_folder):
    return read_records(make_folder(count=3, captions=2))


def cache_files(records):
    return sorted((records[0].root / ".caption_embeddings").iterdir())


def array_file(records):
    (path,) = (path for path in cache_files(records) if path.suffix == ".npy")
    return path


def check_all(embeddings, records, encoder):
    assert len(embeddings) == len(records)
    for index, record in enumerate(records):
        expected = [encoder.vector(caption) for caption in record.captions]
        np.testing.assert_array_equal(embeddings[index], expected)


def test_every_record_has_its_captions_vectors(records, encoder):
    embeddings = embed_captions(records, encoder, batch_size=4, progress=False)
    check_all(embeddings, records, encoder)
    assert isinstance(embeddings.array, np.memmap) and embeddings.array.dtype == np.float32
    assert not embeddings.array.flags.writeable
    assert embeddings.dim == 6 and embeddings.offsets.tolist() == [0, 2, 4, 6]
    assert len(cache_files(records)) == 2  # the array and its description, nothing half-written


def test_second_call_asks_the_encoder_nothing(records, encoder):
    embed_captions(records, encoder)
    encoder.seen.clear()
    check_all(embed_captions(records, encoder), records, encoder)
    assert encoder.seen == []


def test_equal_captions_are_encoded_once(make_folder, encoder):
    folder = make_folder(count=2)
    lines = [
        {"file": f"pictures/{i}.png", "captions": ["same", "same", f"own {i}"]} for i in (0, 1)
    ]
    (folder / "captions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    records = read_records(folder)
    check_all(embed_captions(records, encoder), records, encoder)
    assert sorted(encoder.seen) == ["own 0", "own 1", "same"]


def test_another_encoder_or_caption_gives_another_file(make_folder, records, encoder):
    embed_captions(records, encoder)
    other = type(encoder)("other")
    check_all(embed_captions(records, other), records, other)
    assert len(cache_files(records)) == 4
    captions = records[0].root / "captions.jsonl"
    captions.write_text(captions.read_text().replace("caption 1 0", "changed"))
    changed = read_records(records[0].root)
    check_all(embed_captions(changed, encoder), changed, encoder)


def truncate(path):
    os.truncate(path, path.stat().st_size - 8)


def cut_header(path):
    os.truncate(path, 20)


def empty(path):
    path.write_bytes(b"")


def other_shape(path):
    np.save(path, np.zeros((5, 6), "float32"))


def other_type(path):
    np.save(path, np.zeros((6, 6), "float64"))


def pickled(path):
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def no_description(path):
    path.with_suffix(".json").unlink()


def description_of_another(path):
    path.with_suffix(".json").write_text('{"encoder": "another"}')


def half_a_description(path):
    truncate(path.with_suffix(".json"))


DAMAGES = (
    truncate,
    cut_header,
    empty,
    other_shape,
    other_type,
    pickled,
    no_description,
    description_of_another,
    half_a_description,
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_half_written_or_stale_cache_is_rebuilt(records, encoder, damage):
    embed_captions(records, encoder)
    damage(array_file(records))
    encoder.seen.clear()
    check_all(embed_captions(records, encoder), records, encoder)
    assert len(encoder.seen) == 6
    encoder.seen.clear()
    embed_captions(records, encoder)
    assert encoder.seen == []


def test_interrupted_encoding_leaves_nothing_behind(records, encoder):
    class Interrupted(type(encoder)):
        def __call__(self, captions):
            if self.seen:
                raise KeyboardInterrupt
            return super().__call__(captions)

    with pytest.raises(KeyboardInterrupt):
        embed_captions(records, Interrupted(), batch_size=2, progress=False)
    assert cache_files(records) == []
    check_all(embed_captions(records, encoder), records, encoder)


def test_no_pickle_is_ever_written(records, encoder, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("pickled")

    for name in ("dump", "dumps", "Pickler"):
        monkeypatch.setattr(f"pickle.{name}", refuse)
    embed_captions(records, encoder)
    assert sorted(path.suffix for path in cache_files(records)) == [".json", ".npy"]
    assert np.load(array_file(records), allow_pickle=False).dtype == np.float32
    assert json.loads(array_file(records).with_suffix(".json").read_text())["shape"] == [6, 6]


def test_select():
    embeddings = CaptionEmbeddings(np.arange(10.0).reshape(5, 2), offsets=[0, 2, 2, 5])
    chosen = embeddings.select([2, 0])
    assert chosen.offsets.tolist() == [0, 3, 5]
    assert chosen.array[:, 0].tolist() == [4.0, 6.0, 8.0, 0.0, 2.0]
    assert len(embeddings.select([])) == 0 and embeddings.select([]).dim == 2


def test_cache_dir(records, encoder, tmp_path):
    embed_captions(records, encoder, cache_dir=tmp_path / "cache" / "deep")
    assert len(list((tmp_path / "cache" / "deep").iterdir())) == 2
    assert not (records[0].root / ".caption_embeddings").exists()


def test_unwritable_cache_says_what_to_do(records, encoder, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Pass `cache_dir`, a folder that can be written"):
        embed_captions(records, encoder, cache_dir=tmp_path / "file")


def test_progress_bar_counts_different_captions(records, encoder, capsys):
    embed_captions(records, encoder, batch_size=2)
    assert "6/6" in capsys.readouterr().out


def test_bad_encoders_and_records(records, encoder, make_folder):
    class Wrong(type(encoder)):
        def __call__(self, captions):
            return np.full((len(captions), self.width), self.value, "float32")

    wrong = Wrong()
    wrong.width, wrong.value = 5, 0.0
    with pytest.raises(ValueError, match=r"must return the shape \(6, 6\) for 6 captions"):
        embed_captions(records, wrong)
    wrong.width, wrong.value = 6, np.nan
    with pytest.raises(ValueError, match="must return finite numbers.*'caption 0 0'"):
        embed_captions(records, wrong)
    for batch_size in (0, -1):
        with pytest.raises(ValueError, match="`batch_size` must be a whole number of at least 1"):
            embed_captions(records, encoder, batch_size=batch_size)
    with pytest.raises(ValueError, match="at least one record"):
        embed_captions([], encoder)
    bare = make_folder(count=2, captions=0, name="bare")
    with pytest.raises(ValueError, match="2 of 2 have none, e.g. 'pictures/0.png'"):
        embed_captions(read_records(bare, uncaptioned="keep"), encoder)


def test_plain_arrays():
    one = CaptionEmbeddings(np.arange(6.0).reshape(3, 2))
    assert len(one) == 3 and one[2].tolist() == [[4.0, 5.0]] and one[-1].tolist() == [[4.0, 5.0]]
    many = CaptionEmbeddings(np.arange(24.0).reshape(2, 3, 4))
    assert len(many) == 2 and many.dim == 4 and many[1].tolist()[0] == [12.0, 13.0, 14.0, 15.0]
    with pytest.raises(IndexError):
        many[2]
    with pytest.raises(ValueError, match="`array` must have the shape"):
        CaptionEmbeddings(np.zeros(3))
    with pytest.raises(ValueError, match="`offsets` must rise from 0"):
        CaptionEmbeddings(np.zeros((3, 2)), offsets=[0, 2])
