"""Sheets of pictures, each row with its words beside it."""

import textwrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from keras_stackgan.evaluation.score_plot import draw_scores
from keras_stackgan.metrics import Score
from quality.collecting import enlarged

TEXT_WIDTH, FONT_SIZE, GAP = 270, 15, 6
WORD_CHANGES = 11


def caption_sheet(model, captions, columns=6, seed=0):
    """Draws fixed captions, a row each from the same noises, and the stages in a last row.

    Args:
        model: `AdversarialModel` with a text encoder.
        captions: list of str.
        columns: int. Seeds.
        seed: int. Of the noises.

    Returns:
        A uint8 array `(height, width, 3)`.
    """
    size, stages = model.output_sizes[-1], len(model.output_sizes)
    rows, strip, shown = [], [], []
    for number, caption in enumerate(captions):
        drawn = model.generate(caption, num_images=columns, seed=seed, stages="all")
        rows.append((caption, list(drawn[-1])))
        # As many captions' stages as fill a row.
        if number < max(1, columns // stages):
            strip += [enlarged(stage[:1], size)[0] for stage in drawn]
            shown.append(str(number + 1))
    sizes = ", ".join(map(str, model.output_sizes))
    return sheet(
        [*rows, (f"The stages of rows {', '.join(shown)}: {sizes} pixels, enlarged.", strip)]
    )


def change_sheet(changes, pictures):
    """Lays out pairs of captions with one changed value, drawn from the same noise.

    Args:
        changes: list of `Change`.
        pictures: uint8 array `(2, count, size, size, 3)`.
    """
    rows = []
    for number, change in enumerate(changes[:WORD_CHANGES]):
        before, after = (getattr(bird, change.attribute) for bird in change.birds)
        label = f"{change.attribute}: {before}, then {after}. {change.captions[0].text}"
        rows.append((label, list(pictures[:, number])))
    return sheet(rows)


def sheet(rows):
    """Lays out rows of pictures with their labels at the left.

    Args:
        rows: list of `(label, pictures)`; all pictures uint8 `(size, size, 3)` of one size.
    """
    size, columns = rows[0][1][0].shape[0], max(len(pictures) for _, pictures in rows)
    shape = ((size + GAP) * len(rows) + GAP, TEXT_WIDTH + (size + GAP) * columns, 3)
    canvas = Image.new("RGB", (shape[1], shape[0]), "white")
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(FONT_SIZE)
    for number, (label, pictures) in enumerate(rows):
        top = GAP + number * (size + GAP)
        text = textwrap.fill(label, 33)
        draw.text((10, top + size // 2), text, fill="black", font=font, anchor="lm")
        for column, picture in enumerate(pictures):
            canvas.paste(Image.fromarray(picture), (TEXT_WIDTH + column * (size + GAP), top))
    return np.asarray(canvas)


def aim_plot(aims):
    """Draws every aim: what was measured, with its interval, above what is wanted."""
    rows = {}
    for aim in aims:
        if aim.measured is not None:
            about = (aim.n, 0, aim.by)
            rows[aim.name, aim.by, "none"] = {
                "measured": Score("", "measured", aim.measured, aim.low, aim.high, *about),
                "aim": Score("", "aim", aim.wanted, None, None, *about),
            }
    return draw_scores(rows, lambda name: name)
