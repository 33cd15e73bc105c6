"""Text of others, on its way to a terminal."""

import unicodedata

# Controls, halves of characters, and separators that end a line.
_ESCAPED = ("Cc", "Cs", "Zl", "Zp")


def printable(text):
    """Returns text with its control characters as escapes.

    A foreign preset's could clear the screen, or hide what was printed before.

    Args:
        text: str, to be one line.

    Example:

    ```python
    printable("red\\x1b[2J")  # the escape character is shown as four: backslash, x, 1 and b
    ```
    """
    return "".join(
        ascii(letter)[1:-1] if unicodedata.category(letter) in _ESCAPED else letter
        for letter in text
    )
