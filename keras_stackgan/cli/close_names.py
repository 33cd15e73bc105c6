"""What a mistyped name may have meant."""

import difflib


def did_you_mean(name, known):
    """Returns a question to be put behind an error, or nothing where no name is near.

    Args:
        name: str. What was given.
        known: iterable of str. What might have been meant.

    Example:

    ```python
    did_you_mean("trian", ["train", "info"])  # " Did you mean 'train'?"
    ```
    """
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
