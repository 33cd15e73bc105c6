"""Random draws that have names instead of an order."""

import hashlib


class KeyedDraws:
    """Draws numbers and choices that are functions of a key and of a name.

    A draw does not depend on which others are made: a sentence told again with another color keeps
    all its other words. The draws are equal on every system and Python version.

    Args:
        *key: what the draws belong to, such as a seed and an index; told apart by its `str`.

    Example:

    ```python
    draws = KeyedDraws("bird", 0, 17)
    draws.choice("pose", ("perched", "flying"))
    ```
    """

    def __init__(self, *key):
        self._hash = hashlib.blake2b(
            "\0".join(str(part) for part in key).encode() + b"\0\0", digest_size=8
        )

    def integer(self, name):
        """Returns a whole number in [0, 2**64)."""
        digest = self._hash.copy()
        digest.update(str(name).encode())
        return int.from_bytes(digest.digest(), "big")

    def uniform(self, name):
        """Returns a number in [0, 1)."""
        return (self.integer(name) >> 11) / 2**53

    def chance(self, name, probability):
        """Returns whether an event of this probability happens."""
        return self.uniform(name) < probability

    def choice(self, name, options, weights=None):
        """Returns one of `options`, all equally likely where there are no weights."""
        if weights is None:
            return options[int(self.uniform(name) * len(options))]
        left = self.uniform(name) * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            left -= weight
            if left < 0:
                return option
        return options[-1]

    def shuffled(self, name, items):
        """Returns the items as a list in a random order."""
        order = sorted(range(len(items)), key=lambda place: self.integer(f"{name} {place}"))
        return [items[place] for place in order]
