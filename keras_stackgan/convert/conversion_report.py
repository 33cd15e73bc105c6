"""What a conversion did, tensor by tensor."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class ConversionRow:
    """One tensor of a file and the weights that took it."""

    file: str
    name: str
    shape: tuple
    weights: tuple
    mean: float
    deviation: float

    def __str__(self):
        shape = "x".join(map(str, self.shape)) or "scalar"
        numbers = f"mean {self.mean:+.4g} deviation {self.deviation:.4g}"
        return f"{self.file}  {self.name}  {shape}  {numbers}  -> {', '.join(self.weights)}"


@dataclasses.dataclass(frozen=True)
class ConversionReport:
    """What `load_original` did; `str(report)` is a line for each tensor.

    Args:
        rows: tuple of `ConversionRow`, in the files' order.
        ignored: tuple of str. Tensors that have no place in Keras (`num_batches_tracked`).

    Example:

    ```python
    report = load_original(model, "netG_3.pth")
    print(report)
    ```
    """

    rows: tuple
    ignored: tuple

    def __str__(self):
        count = sum(_size(row.shape) for row in self.rows)
        lines = [str(row) for row in self.rows]
        lines.append(f"{len(self.rows)} tensors with {count:,} numbers were taken.")
        if self.ignored:
            lines.append(
                f"{len(self.ignored)} counters of batches (num_batches_tracked) were left out: "
                "Keras' batch normalisation has none."
            )
        return "\n".join(lines)


def _size(shape):
    product = 1
    for n in shape:
        product *= n
    return product
