"""Pictures that look the same, found by a hash of what they look like."""

import collections
import dataclasses

import numpy as np
from PIL import Image

# Of 128 bits. Scaled, recompressed and slightly changed copies lie within, other pictures do not.
DISTANCE = 10
# Mean difference of coarse colors, of 255: the bits are of gray values only.
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
    """Describes what a picture looks like in 128 bits and sixteen colors.

    Each bit says whether a coarse patch is darker than its neighbor, to the right or below. So
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
    gray = picture.convert("L")
    rows, columns = _shrunk(gray, (9, 8)), _shrunk(gray, (8, 9))
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
    if not len(look.bits):
        return []
    # Pictures of one look are one place here: the pairs among a thousand would be half a million.
    rows = np.concatenate([np.ascontiguousarray(look.bits).view(np.uint8), look.colors], axis=1)
    _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    bits, colors = look.bits[first], look.colors[first].astype(np.int16)
    # The lowest place that each place is connected with.
    roots = np.arange(len(first))
    for band in _bands(bits, distance + 1):
        for left, right in _pairs_that_agree(band):
            # Most pairs of many like pictures are connected by others already.
            apart = roots[left] != roots[right]
            left, right = left[apart], right[apart]
            near = np.bitwise_count(bits[left] ^ bits[right]).sum(axis=1) <= distance
            left, right = left[near], right[near]
            differences = np.abs(colors[left] - colors[right]).sum(axis=1)
            alike = differences <= COLOR_DISTANCE * colors.shape[1]
            _join(roots, left[alike], right[alike])
    groups = collections.defaultdict(list)
    for picture, root in enumerate(roots[place.reshape(-1)].tolist()):
        groups[root].append(picture)
    return [group for group in groups.values() if len(group) > 1]


def _bands(bits, count):
    """Yields for each band of bits one number a picture."""
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


def _join(roots, left, right):
    """Connects pairs of places, all at once."""
    while True:
        a, b = roots[left], roots[right]
        apart = a != b
        if not apart.any():
            return
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(roots, np.maximum(a, b), np.minimum(a, b))
        # A root that found a lower one takes its own along.
        while (roots[roots] != roots).any():
            roots[:] = roots[roots]
