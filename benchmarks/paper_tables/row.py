"""One row of the papers' tables: which model, and what it has that others have not."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """A model to be trained, or another look at one that is trained for another row.

    Args:
        name: str. What flags, folders and orderings call it.
        table: str. `"a"` (systems), `"b"` (StackGAN-v1's parts) or `"c"` (StackGAN-v2's).
        title: str. What the table says.
        class_name: str. A model's, of `keras_stackgan.training.building`.
        text: bool. Whether it draws captions.
        shape: `"tree"` (each stage twice the one before), `"all_final"` (every stage at the final
            size), `"two_stages"` or `"single"`.
        config: dict. Arguments of the model that this row changes.
        compile: dict. Arguments of `compile` that this row changes.
        without: tuple of str. Names of the small recipe's parts that this row leaves out.
        first_stage_of: str or None. The row whose first stage's pictures are measured; nothing is
            trained for this one then.
        published: str. What the papers have for it, or an empty str.

    Example:

    ```python
    Row("v2", "a", "StackGAN-v2", "StackGANv2", shape="tree").name  # "v2"
    ```
    """

    name: str
    table: str
    title: str
    class_name: str
    text: bool = True
    shape: str = "single"
    config: dict = dataclasses.field(default_factory=dict)
    compile: dict = dataclasses.field(default_factory=dict)
    without: tuple = ()
    first_stage_of: str | None = None
    published: str = ""
