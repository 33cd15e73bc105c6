"""One aim, what was measured of it, and whether it is met."""

from typing import NamedTuple

AT_LEAST, BELOW = "at least", "below"


class Aim(NamedTuple):
    """A ratio that should reach, or stay below, a number.

    Args:
        name: str. What the ratio is of.
        by: str. The judge, pair or extractor.
        measured: float or None. None where the bound could not be measured.
        low, high: float or None. The ratio's interval.
        wanted: float.
        way: `"at least"` or `"below"`.
        n: int. Pictures, captions or pairs.

    Example:

    ```python
    Aim("R-precision over the real pictures'", "pair", 0.8, 0.7, 0.9, 0.7, AT_LEAST, 500).met
    # True
    ```
    """

    name: str
    by: str
    measured: float | None
    low: float | None
    high: float | None
    wanted: float
    way: str
    n: int

    @property
    def met(self):
        """Whether the aim is met, None where it is not known. The interval does not count."""
        if self.measured is None:
            return None
        if self.way == BELOW:
            return self.measured < self.wanted
        return self.measured >= self.wanted

    def cells(self):
        """Returns the row of the table: aim, by, measured, wanted, met."""
        measured = "no bound" if self.measured is None else f"{self.measured:.3f}"
        if self.low is not None:
            measured += f" [{self.low:.3f}, {self.high:.3f}]"
        met = {True: "yes", False: "no", None: "not known"}[self.met]
        return [self.name, self.by, f"{measured} ({self.n:,})", f"{self.way} {self.wanted:g}", met]

    def as_dict(self):
        """Returns the fields and `met`, as JSON can hold them."""
        return {**self._asdict(), "met": self.met}

    def as_figure(self, command):
        """Returns the entry of a card's `figures`.

        Args:
            command: str. What measured it.
        """
        name = f"{self.name}, by {self.by} (aim: {self.way} {self.wanted:g})"
        return figure(name, self.measured, self.low, self.high, self.n, command)


def figure(name, value, low, high, n, command):
    """Returns an entry of `figures`, as `save_preset --metadata` takes it."""
    entry = {"name": name, "value": round(value, 4), "n": n, "command": command}
    if low is not None:
        entry["interval"] = [round(low, 4), round(high, 4)]
    return entry
