"""What a conversion did, tensor by tensor."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class ConversionRow:
    """One tensor of a file and the weights that took it.

    Args:
        file: str. The file's name.
        name: str. The original's name of the tensor, without `module.`.
        shape: tuple of ints, the original's.
        weights: tuple of str. Paths of our weights that it went to.
        minimum: float.
        mean: float.
        maximum: float.
    """

    file: str
    name: str
    shape: tuple
    weights: tuple
    minimum: float
    mean: float
    maximum: float

    def cells(self):
        """The row as text, one string a column."""
        shape = "x".join(map(str, self.shape)) or "scalar"
        numbers = (f"{x:+.4g}" for x in (self.minimum, self.mean, self.maximum))
        return (self.name, shape, *numbers, ", ".join(self.weights))


@dataclasses.dataclass(frozen=True)
class ConversionReport:
    """What `load_original` did; `str(report)` is a table with a line for each tensor.

    Args:
        rows: tuple of `ConversionRow`, in the files' order.
        ignored: tuple of str. Tensors that have no place in Keras (`num_batches_tracked`).
        notes: tuple of str. Sentences on what went where.

    Example:

    ```python
    report = load_original(model, "netG_3.pth")
    print(report)
    ```
    """

    rows: tuple
    ignored: tuple = ()
    notes: tuple = ()

    def __str__(self):
        head = ("tensor", "shape", "minimum", "mean", "maximum", "weights")
        table = [head, *(row.cells() for row in self.rows)]
        widths = [max(len(cells[k]) for cells in table) for k in range(len(head) - 1)]
        lines = [_line(head, widths)]
        file = None
        for row in self.rows:
            if row.file != file:
                file = row.file
                lines.append(f"{file}:")
            lines.append(_line(row.cells(), widths))
        count = sum(math.prod(row.shape) for row in self.rows)
        lines.append(f"{len(self.rows)} tensors with {count:,} numbers were taken.")
        if self.ignored:
            lines.append(
                f"{len(self.ignored)} counters of batches (num_batches_tracked) were left out: "
                "Keras' batch normalization has none."
            )
        return "\n".join([*lines, *self.notes])


def _line(cells, widths):
    name, shape, *numbers = (c.ljust(w) for c, w in zip(cells[:2], widths[:2], strict=True))
    numbers = [c.rjust(w) for c, w in zip(cells[2:-1], widths[2:], strict=True)]
    return "  ".join([name, shape, *numbers, cells[-1]])
