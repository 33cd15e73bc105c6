"""One number that an evaluation found, with all that says what it is a number of."""

import math
from typing import NamedTuple


class Score(NamedTuple):
    """A measured value and where it comes from.

    Args:
        metric: str. Such as `"frechet_distance"`.
        pictures: str. What was measured: `"generated"`, `"real"`, ...
        value: float.
        low: float or None. Lower end of the interval; None where no interval is known.
        high: float or None. Upper end.
        n: int. Pictures (or pairs, or statements) that it is a mean over.
        seed: int. Of the choice of pictures and of whatever is drawn.
        extractor: str. What made the features or read the pictures.
        resize: str. How pictures were brought to the extractor's size.

    Example:

    ```python
    score = Score("attribute_accuracy", "generated", 0.8, 0.78, 0.82, 500, 0, "plain", "area")
    score.as_dict()["n"]  # 500
    ```
    """

    metric: str
    pictures: str
    value: float
    low: float | None
    high: float | None
    n: int
    seed: int
    extractor: str
    resize: str = "none"

    def as_dict(self):
        """Returns the fields as JSON can hold them: what is no number becomes None."""
        fields = self._asdict()
        for name in ("value", "low", "high"):
            number = fields[name]
            finite = number is not None and math.isfinite(number)
            fields[name] = float(number) if finite else None
        return fields
