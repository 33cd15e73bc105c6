"""The flag that says where a model draws."""

from absl import flags


def define(values):
    """Defines `--box` on a `FlagValues`."""
    flags.DEFINE_multi_string(
        "box", None,
        "For models that take boxes: left,top,width,height in units of the picture, such as "
        "0.5,0.2,0.4,0.6. Given once it is that of all captions, else one a caption. By default "
        "the middle.",
        flag_values=values,
    )  # fmt: skip


def get(values):
    """Returns the boxes that the flags give, a list of lists of four floats, or `None`."""
    if not values.box:
        return None
    try:
        boxes = [[float(number) for number in box.split(",")] for box in values.box]
    except ValueError:
        boxes = [[]]
    if any(len(box) != 4 for box in boxes):
        raise ValueError(
            "`--box` must be four numbers, left,top,width,height. "
            f"Received: {', '.join(map(repr, values.box))}."
        )
    return boxes
