"""What all rows have in common: sizes, width, pictures seen, data."""

import dataclasses

RECIPES = ("small", "published")
DATA = ("painted_birds", "cub")
DTYPES = ("float32", "mixed_bfloat16", "mixed_float16")


@dataclasses.dataclass(frozen=True)
class Options:
    """The settings of a whole table.

    Args:
        size: int, a power of two of at least 32. Side of the final pictures.
        width: int. `generator_filters` of every model and, for pictures of at least 64 pixels,
            `discriminator_filters`.
        pictures: int. Pictures that every row is trained on, all of its phases together.
        recipe: `"small"` or `"published"`.
        data: `"painted_birds"` or `"cub"`.
        count: int. Painted birds, of which a quarter is of held-out species.
        num_pictures: int or None. Pictures drawn for the measures; None: one for each held-out
            picture that is not in the reference.
        save_every: int. Steps between two states: what a killed row loses at most.
        text_epochs: int or None. Passes of the text encoder; None for `train_text`'s default.
        judge_epochs: int. Passes of the judges over their pictures.
        dtype: `"float32"`, `"mixed_bfloat16"` or `"mixed_float16"`, in which every row is trained.
        run_eagerly: bool. Whether steps are not traced: faster for a handful of them.

    Raises:
        ValueError: a size, width or name is not as described.

    Example:

    ```python
    Options(size=64).stage_sizes  # (16, 32, 64)
    ```
    """

    size: int = 64
    width: int = 16
    pictures: int = 100_000
    recipe: str = "small"
    data: str = "painted_birds"
    count: int = 11788
    num_pictures: int | None = None
    save_every: int = 500
    text_epochs: int | None = None
    judge_epochs: int = 12
    dtype: str = "float32"
    run_eagerly: bool = False

    def __post_init__(self):
        if self.size < 32 or self.size & (self.size - 1):
            raise ValueError(
                f"`size` must be a power of two of at least 32. Received: size={self.size}."
            )
        if self.width < 4 or self.width % 4:
            raise ValueError(
                "`width` must be a multiple of 4, since StackGAN-v2 halves it twice. "
                f"Received: width={self.width}."
            )
        for name, choices in (("recipe", RECIPES), ("data", DATA), ("dtype", DTYPES)):
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"`{name}` must be of {', '.join(choices)}. Received: {getattr(self, name)!r}."
                )

    @property
    def stage_sizes(self):
        """Sides of StackGAN-v2's stages: the last is the final one, none is below 16."""
        return tuple(s for s in (self.size // 4, self.size // 2, self.size) if s >= 16)

    @property
    def painted_size(self):
        """Side of the files: larger than the pictures, so that JPEG leaves no marks in them."""
        return max(self.size, min(2 * self.size, 256))

    def shared(self):
        """Returns a dict of what the folder's data, judges and encoders follow from."""
        names = ("size", "data", "count", "text_epochs", "judge_epochs")
        return {name: getattr(self, name) for name in names}

    def of_results(self):
        """Returns a dict of what a result follows from."""
        found = dataclasses.asdict(self)
        del found["save_every"]
        return found
