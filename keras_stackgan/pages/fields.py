"""What comes with a request, checked one by one."""

import unicodedata

from keras_stackgan.pages.page_error import PageError


def text(fields, name, most, what=None):
    """Returns a text of 1 to `most` characters, its spaces made single.

    Args:
        fields: dict of what the request brought.
        name: str. Which of it.
        most: int. Characters.
        what: str. How the page calls it. Defaults to `name`.

    Raises:
        PageError: 400, if it is not.
    """
    what, value = what or name, fields.get(name)
    if not isinstance(value, str):
        raise PageError(400, f"The {what} must be a text.")
    value = unicodedata.normalize("NFC", " ".join(value.split()))
    if not 1 <= len(value) <= most:
        raise PageError(400, f"The {what} must have 1 to {most} characters. It has {len(value):,}.")
    # Control characters, and halves of characters that no encoding can write.
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise PageError(400, f"The {what} holds characters that are no text.")
    return value


def whole(fields, name, low, high, what=None):
    """Returns a whole number from `low` to `high`.

    Raises:
        PageError: 400, if it is not.
    """
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise PageError(400, f"The {what or name} must be a whole number from {low:,} to {high:,}.")
    return value
