"""Captions that the command line is given, one by one or as a file."""

from pathlib import Path


def check(captions):
    """Returns captions without blanks around them.

    Args:
        captions: list of str.

    Raises:
        ValueError: One says nothing.
    """
    stripped = [caption.strip() for caption in captions]
    if not all(stripped):
        empty = captions[stripped.index("")]
        raise ValueError(f"`--caption` must be a sentence to draw. Received: {empty!r}.")
    return stripped


def read(path):
    """Returns the captions of a text file, one a line; empty lines are none.

    Args:
        path: str.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no UTF-8, or holds no caption.
    """
    try:
        # The mark of byte order that Windows' programs begin a file with is no part of a caption.
        lines = Path(path).expanduser().read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"`--captions` must be a text file in UTF-8. Received: '{path}' ({error})."
        ) from error
    captions = [line.strip() for line in lines if line.strip()]
    if not captions:
        raise ValueError(f"`--captions` must hold a sentence a line. Received: '{path}', empty.")
    return captions
