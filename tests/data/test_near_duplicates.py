import io

import numpy as np
import pytest
from PIL import Image
from small_trees import photograph

from keras_stackgan.data.near_duplicates import Look, look_of, near_duplicates


def grey_looks(bits):
    return Look(np.asarray(bits, np.uint64), np.zeros((len(bits), 48), np.uint8))


@pytest.mark.parametrize("distance", [0, 1, 5, 10, 31])
def test_none_is_missed(distance):
    """The bands find the same groups as comparing all with all."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**64, (150, 2), dtype=np.uint64)
    changed = bits[:60].copy()
    for row in changed:
        for bit in rng.choice(128, rng.integers(0, 36), replace=False):
            row[bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    bits = np.concatenate([bits, changed, bits[:3]])
    near = np.bitwise_count(bits[:, None] ^ bits[None]).sum(axis=-1) <= distance
    groups = [set(np.flatnonzero(row)) for row in near]
    for _ in range(3):
        groups = [set().union(*(groups[i] for i in group)) for group in groups]
    expected = sorted({tuple(sorted(group)) for group in groups if len(group) > 1})
    assert sorted(map(tuple, near_duplicates(grey_looks(bits), distance))) == expected


def test_many_pairs_come_in_portions(monkeypatch):
    bits = np.zeros((50, 2), np.uint64)
    whole = near_duplicates(grey_looks(bits))
    monkeypatch.setattr("keras_stackgan.data.near_duplicates.CHUNK", 7)
    assert near_duplicates(grey_looks(bits)) == whole == [list(range(50))]


def test_no_pictures():
    assert near_duplicates(Look.stack([])) == []
    with pytest.raises(ValueError, match="`distance` must be from 0 to 31. Received: 32"):
        near_duplicates(Look.stack([]), 32)


def recompressed(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=40)
    return Image.open(file)


def test_copies_look_the_same_and_others_do_not():
    pictures = [photograph(seed, (120, 90)) for seed in range(20)]
    copies = [
        pictures[0].resize((64, 48)),
        recompressed(pictures[1]),
        pictures[2].point(lambda value: min(255, int(1.05 * value))),
        pictures[3].crop((1, 1, 119, 89)),
    ]
    looks = Look.stack([look_of(picture) for picture in pictures + copies])
    assert near_duplicates(looks) == [[0, 20], [1, 21], [2, 22], [3, 23]]


def test_colors_count():
    red, blue = Image.new("RGB", (20, 20), (200, 0, 0)), Image.new("RGB", (20, 20), (0, 0, 200))
    looks = Look.stack([look_of(red), look_of(blue), look_of(red)])
    assert (looks.bits[0] == looks.bits[1]).all()
    assert near_duplicates(looks) == [[0, 2]]
