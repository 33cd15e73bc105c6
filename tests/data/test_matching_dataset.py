import dataclasses

import numpy as np
import pytest

from keras_stackgan.data import matching_dataset, write_toy_flowers
from keras_stackgan.text import CharCNNRNN, HashedNgramEncoder


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    return write_toy_flowers(tmp_path_factory.mktemp("flowers") / "flowers", count=12, size=20)


@pytest.fixture(scope="module")
def encoder():
    return HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=8)


def batches(records, encoder, steps=3, **kwargs):
    keywords = {"image_size": 16, "batch_size": 5, "steps": steps, **kwargs}
    dataset = matching_dataset(records, encoder, **keywords)
    return [{name: np.array(value) for name, value in batch.items()} for batch in dataset]


def test_batches_hold_pictures_texts_and_wrong_texts(records, encoder):
    (batch,) = batches(records, encoder, steps=1)
    assert batch["images"].shape == (5, 16, 16, 3) and batch["images"].dtype == np.uint8
    assert batch["texts"].shape == (5, 64)
    assert batch["hard_texts"].shape == (5, 2, 64)
    assert batch["hard_mask"].tolist() == [[1, 1]] * 5
    captions = [caption for record in records for caption in record.captions]
    first = {caption: number for number, caption in reversed(list(enumerate(captions)))}
    names = sorted(set(captions), key=first.get)
    for row in range(5):
        caption = names[batch["captions"][row]]
        assert caption in records[batch["records"][row]].captions
        np.testing.assert_array_equal(batch["texts"][row], encoder.inputs_of([caption])[0])
        assert (batch["hard_texts"][row] != batch["texts"][row]).any(axis=-1).all()


def test_a_batch_is_a_function_of_seed_and_step(records, encoder):
    whole = batches(records, encoder, steps=4)
    for start in (0, 2):
        for batch, again in zip(
            whole[start:], batches(records, encoder, 4 - start, start_step=start), strict=True
        ):
            for name, values in batch.items():
                np.testing.assert_array_equal(values, again[name], err_msg=name)
    other = batches(records, encoder, steps=4, seed=1)
    assert any((a["records"] != b["records"]).any() for a, b in zip(whole, other, strict=True))
    assert (whole[0]["hard_texts"] != whole[1]["hard_texts"]).any()


def test_without_wrong_captions(records, encoder):
    (batch,) = batches(records, encoder, steps=1, num_hard=0)
    assert sorted(batch) == ["captions", "images", "records", "texts"]


def test_captions_that_cannot_be_changed_are_masked(records, encoder):
    plain = [dataclasses.replace(record, captions=("a flower",)) for record in records[:6]]
    mixed = plain + records[6:]
    seen = {}
    for batch in batches(mixed, encoder, steps=6):
        for record, mask in zip(batch["records"], batch["hard_mask"], strict=True):
            seen[int(record)] = mask.tolist()
    assert {record: mask for record, mask in seen.items() if record < 6} == {
        record: [0, 0] for record in range(6)
    }
    assert all(mask == [1, 1] for record, mask in seen.items() if record >= 6)


def test_brightness_changes_pictures_and_can_be_left_out(records, encoder):
    keywords = {"steps": 1, "shuffle": False, "random_crop": False}
    plain = batches(records, encoder, brightness=0.0, **keywords)[0]["images"]
    changed = batches(records, encoder, brightness=0.5, **keywords)[0]["images"]
    shift = changed.astype(int) - plain
    inside = (changed > 0) & (changed < 255)
    for picture, where in zip(shift, inside, strict=True):
        assert np.ptp(picture[where]) <= 1
    assert len({int(np.median(p[w])) for p, w in zip(shift, inside, strict=True)}) > 2


def test_other_encoders_inputs_keep_their_form(records):
    (batch,) = batches(records, CharCNNRNN(dim=8), steps=1, num_hard=1)
    assert batch["texts"].shape == (5, 201) and batch["texts"].dtype == np.int32
    assert batch["hard_texts"].shape == (5, 1, 201)


def test_what_the_data_is_tells_data_sets_apart(records, encoder):
    described = [
        matching_dataset(records, encoder, 16, 5, num_hard=count).description for count in (1, 1, 2)
    ]
    assert described[0] == described[1] != described[2]


def test_bad_arguments_are_refused(records, encoder):
    with pytest.raises(ValueError, match="`num_hard` must be a whole number >= 0"):
        matching_dataset(records, encoder, num_hard=-1)
    plain = [dataclasses.replace(record, captions=("a flower",)) for record in records]
    with pytest.raises(ValueError, match="`captions` must use two meanings"):
        matching_dataset(plain, encoder)
