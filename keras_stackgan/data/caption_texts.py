"""Captions of the published data sets: one text file a picture, one line a caption."""

import re

# U+FFFD, and what its UTF-8 bytes look like to a program that took them for Latin-1.
REPLACEMENT = re.compile("(?:\ufffd|\u00ef\u00bf\u00bd)+")


def read_caption_lines(path):
    """Reads the captions of one picture.

    Bytes that are not UTF-8, and the replacement characters that others left in the place of such
    bytes, become a space, as StackGAN-v2 does it; the rest is kept as it is.

    Args:
        path: path of a text file with one caption a line.

    Returns:
        A tuple of str, without empty lines.

    Raises:
        OSError: the file cannot be read.

    Example:

    ```python
    read_caption_lines("birds/text_c10/001.Black_footed_Albatross/Black_Footed_Albatross_0046_18.txt")
    ```

    Reference: `load_captions` of StackGAN-v2's `TextDataset`.
    """
    with open(path, "rb") as file:
        text = file.read().decode("utf-8-sig", errors="replace")
    lines = (clean_caption(line) for line in text.replace("\r\n", "\n").split("\n"))
    return tuple(line for line in lines if line)


def clean_caption(text):
    """Replaces what is left of wrongly decoded bytes, and runs of spaces, by one space.

    Args:
        text: str.

    Returns:
        str without spaces at its ends.

    Example:

    ```python
    clean_caption("a bird\\ufffd\\ufffdwith red wings ")  # "a bird with red wings"
    ```
    """
    return " ".join(REPLACEMENT.sub(" ", text).split())
