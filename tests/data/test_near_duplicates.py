import io
import time

import numpy as np
import pytest
from PIL import Image
from small_trees import photograph

from keras_stackgan.data.near_duplicates import Look, look_of, near_duplicates


def gray_looks(bits):
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
    assert sorted(map(tuple, near_duplicates(gray_looks(bits), distance))) == expected


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("chunk", [7, 2**20])
def test_many_that_are_near_are_grouped_as_by_comparing_all(monkeypatch, seed, chunk):
    monkeypatch.setattr("keras_stackgan.data.near_duplicates.CHUNK", chunk)
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 12, 250)
    # Up to seven bits from the kind's own: pairs of a kind are within the distance or beyond it.
    bits = rng.integers(0, 2**64, (12, 2), dtype=np.uint64)[kind]
    changes = np.bitwise_or.reduce(one_bits()[rng.integers(0, 128, (250, 7))], axis=1)
    bits = np.where(rng.random((250, 1)) < 0.8, bits ^ changes, bits)
    base = rng.integers(0, 256, (12, 48))[kind]
    colors = np.clip(base + rng.integers(-26, 27, (250, 48)), 0, 255).astype(np.uint8)
    colors[rng.random(250) < 0.3] = 100
    look = Look(bits, colors)
    bits_apart = np.bitwise_count(bits[:, None] ^ bits[None]).sum(axis=-1)
    colors_apart = np.abs(colors[:, None].astype(int) - colors[None]).mean(axis=-1)
    near = (bits_apart <= 10) & (colors_apart <= 16)
    for _ in range(8):
        near = near @ near
    expected = sorted({tuple(np.flatnonzero(row).tolist()) for row in near if row.sum() > 1})
    assert len(expected) > 5 and near_duplicates(look) == list(map(list, expected))


def one_bits():
    """Each of the 128 bits alone."""
    numbers = np.uint64(1) << np.arange(64, dtype=np.uint64)
    zeros = np.zeros_like(numbers)
    return np.concatenate([np.stack([numbers, zeros], 1), np.stack([zeros, numbers], 1)])


def test_many_of_one_look_take_no_time():
    began = time.monotonic()
    assert near_duplicates(gray_looks(np.zeros((20_000, 2)))) == [list(range(20_000))]
    # Nor many that are all near each other: a pair is compared only while it is not connected.
    near = one_bits()[np.random.default_rng(0).integers(0, 128, (3000, 4))]
    near = np.bitwise_or.reduce(near, axis=1)
    assert near_duplicates(gray_looks(near)) == [list(range(3000))]
    assert time.monotonic() - began < 60


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
