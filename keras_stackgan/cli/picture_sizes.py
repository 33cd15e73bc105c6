"""How large the pictures of a data set are, and which stages that is enough for."""

import statistics

SIZES = (64, 128, 256)
SMALLEST = [16, 32]
# A little enlargement does no harm: 240 pixels still make a stage of 256.
ENLARGEMENT = 1.2


def shorter_side(records):
    """Returns the median of the pictures' shorter sides, of a hundred of them at about equal steps.

    Args:
        records: list of `Record`.

    Returns:
        A number of pixels, or `None` where no picture could be opened.
    """
    from PIL import Image

    sides = []
    for record in records[:: max(1, len(records) // 100)]:
        try:
            with Image.open(record.path) as picture:
                sides.append(min(picture.size))
        except OSError:
            continue
    return statistics.median(sides) if sides else None


def stages(side):
    """Returns the stages' sizes up to about the pictures' own: enlarged ones teach nothing."""
    most = SIZES[-1] if side is None else ENLARGEMENT * side
    return [size for size in SIZES if size <= most] or SMALLEST


def warning(records, largest):
    """Returns a line about pictures that the largest stage is too large for, or `None`."""
    side = shorter_side(records)
    if side is None or largest <= max(ENLARGEMENT * side, SMALLEST[-1]):
        return None
    fitting = ",".join(map(str, stages(side)))
    return (
        f"Note: half of the pictures are at most {side:g} pixels high or wide, and are enlarged to "
        f"{largest}, which teaches nothing. --image_sizes {fitting} fits them."
    )
