"""Pictures that look the same, found by a hash of what they look like."""

import collections
import dataclasses

import numpy as np
from PIL import Image

# Of 128 bits. Scaled, recompressed and slightly changed copies lie within, other pictures do not.
DISTANCE = 10
# Mean difference of coarse colours, of 255: the bits are of grey values only.
COLOR_DISTANCE = 16
# Pairs that are compared at a time.
CHUNK = 2**20


@dataclasses.dataclass(frozen=True)
class Look:
    """What a picture looks like, roughly.

    Args:
        bits: uint64 array `(2,)`, or `(pictures, 2)` for many.
        colors: uint8 array `(48,)`, or `(pictures, 48)`.

    Example:

    ```python
    look = look_of(decode(data))
    ```
    """

    bits: np.ndarray
    colors: np.ndarray

    @classmethod
    def stack(cls, looks):
        """Returns those of many pictures as one."""
        bits = [look.bits for look in looks]
        colors = [look.colors for look in looks]
        return cls(np.array(bits, np.uint64).reshape(-1, 2), np.array(colors, np.uint8))


def look_of(picture):
    """Describes what a picture looks like in 128 bits and sixteen colours.

    Each bit says whether a coarse patch is darker than its neighbour, to the right or below. So
    size, compression, brightness and contrast change few of them or none.

    Args:
        picture: Pillow image, RGB.

    Returns:
        A `Look`.

    Example:

    ```python
    look_of(decode(data)).bits
    ```

    Reference: the difference hash, N. Krawetz, "Kind of Like That", 2013.
    """
    grey = picture.convert("L")
    rows, columns = _shrunk(grey, (9, 8)), _shrunk(grey, (8, 9))
    bits = [rows[:, 1:] > rows[:, :-1], columns[1:] > columns[:-1]]
    numbers = [int.from_bytes(np.packbits(x).tobytes(), "big") for x in bits]
    colors = _shrunk(picture, (4, 4)).astype(np.uint8).reshape(-1)
    return Look(np.array(numbers, np.uint64), colors)


def _shrunk(picture, size):
    return np.asarray(picture.resize(size, Image.Resampling.BOX), dtype="int16")


def near_duplicates(look, distance=DISTANCE):
    """Groups pictures that look the same.

    Bits that differ in at most `distance` places agree wholly in one of `distance + 1` bands. So
    only pictures that share a band are compared, and none is missed.

    Args:
        look: `Look` of many pictures.
        distance: int in [0, 31]. How many of the 128 bits may differ. Defaults to 10.

    Returns:
        A list of lists of int: groups of two or more pictures, connected by pairs of near ones.

    Raises:
        ValueError: `distance` is out of its range.

    Example:

    ```python
    near_duplicates(Look.stack([look_of(picture) for picture in pictures]))
    ```
    """
    if not 0 <= distance <= 31:
        raise ValueError(f"`distance` must be from 0 to 31. Received: {distance}")
    colors = look.colors.astype(np.int16)
    parents = np.arange(len(look.bits))
    for band in _bands(look.bits, distance + 1):
        for left, right in _pairs_that_agree(band):
            near = np.bitwise_count(look.bits[left] ^ look.bits[right]).sum(axis=1) <= distance
            left, right = left[near], right[near]
            alike = np.abs(colors[left] - colors[right]).mean(axis=1) <= COLOR_DISTANCE
            for a, b in zip(left[alike], right[alike], strict=True):
                _join(parents, a, b)
    groups = collections.defaultdict(list)
    for picture in range(len(parents)):
        groups[_root(parents, picture)].append(picture)
    return [group for group in groups.values() if len(group) > 1]


def _bands(bits, count):
    """Yields for each band of bits one number a picture."""
    if not len(bits):
        return
    separate = np.unpackbits(bits.astype(">u8").view(np.uint8).reshape(len(bits), 16), axis=1)
    for places in np.array_split(np.arange(128), count):
        packed = np.packbits(separate[:, places], axis=1)
        yield np.unique(packed, axis=0, return_inverse=True)[1].reshape(-1)


def _pairs_that_agree(values):
    """Yields all pairs of places with equal values, as two arrays, a million pairs at a time."""
    order = np.argsort(values, kind="stable")
    places = np.arange(len(order))
    borders = np.flatnonzero(np.diff(values[order])) + 1
    lengths = np.diff([0, *borders, len(order)])
    ends = np.repeat([*borders, len(order)], lengths)
    # Each place is paired with those that follow it in its run of equal values.
    following = ends - places - 1
    totals = np.cumsum(following)
    start = 0
    while start < len(order):
        done = totals[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(totals, done + CHUNK, side="right")))
        counts = following[start:stop]
        first = np.repeat(places[start:stop], counts)
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        yield order[first], order[first + 1 + offsets]
        start = stop


def _root(parents, place):
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


def _join(parents, a, b):
    a, b = _root(parents, a), _root(parents, b)
    parents[max(a, b)] = min(a, b)
