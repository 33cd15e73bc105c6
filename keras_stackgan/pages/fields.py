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


def box(fields, name):
    """Returns a box, four floats: left, top, width and height in units of the picture; or `None`.

    Raises:
        PageError: 400, if it is no list of four numbers.
    """
    value = fields.get(name)
    if value is None:
        return None
    kinds = (int, float)
    numbers = isinstance(value, list) and all(type(number) in kinds for number in value)
    if not numbers or len(value) != 4:
        raise PageError(400, f"The {name} must be four numbers: left, top, width and height.")
    return [float(number) for number in value]
