"""The files of a data set: what is to be fetched, and where it lies."""

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Download:
    """One file to be fetched by hand.

    Args:
        what: str. What it holds.
        address: str. The page or the file.
        size: int or None. Bytes, where known.

    Example:

    ```python
    Download("pictures", "https://data.caltech.edu/records/65de6-vp158", 1_150_585_339)
    ```
    """

    what: str
    address: str
    size: int | None = None

    def __str__(self):
        size = "size not verified" if self.size is None else f"{self.size:,} bytes"
        return f"{self.what}: {self.address} ({size})"


def check_split(split, known):
    """Raises a `ValueError` if a split is not one of those that are known."""
    if split not in known:
        raise ValueError(f"`split` must be one of {', '.join(known)}. Received: {split!r}")


def first_folder(root, names, source, needs=None):
    """Finds the first of some folders that exists.

    Args:
        root: Path.
        names: tuple of str. Sub-folders, `"."` for `root` itself.
        source: the `Source`, for the message.
        needs: str or None. A file that must lie in it.

    Returns:
        A Path.

    Raises:
        FileNotFoundError: none exists; the message says how to get the data set.

    Example:

    ```python
    first_folder(Path("birds"), ("text_c10", "text"), CUB)
    ```
    """
    for name in names:
        folder = Path(root) / name
        if folder.is_dir() and (needs is None or (folder / needs).exists()):
            return folder
    wanted = " or ".join(f"'{Path(root) / name}'" for name in names)
    with_file = f" with {needs}" if needs else ""
    raise FileNotFoundError(f"There is no {wanted}{with_file}. {source.how_to_get()}")
