"""Bars of pictures a second, drawn with Pillow: no benchmark needs a plotting package."""

import os

from PIL import Image, ImageDraw, ImageFont

WIDTH, ROW, LEFT, BAR = 1000, 24, 260, 560
COLORS = {"ours": (24, 100, 171), "torch": (205, 120, 40)}
GRAY = (110, 110, 110)


def plot(races, path):
    """Draws one block of bars a race.

    Args:
        races: list of titles with their results. Those of one contender compare nothing and are
            left out; if there are no others, nothing is.
        path: path of the PNG file, written whole or not at all.
    """
    races = [race for race in races if len(race[1]) > 1] or races
    font, bold = ImageFont.load_default(15), ImageFont.load_default(17)
    rows = sum(len(results) + 2 for _, results in races)
    picture = Image.new("RGB", (WIDTH, ROW * rows + 12), "white")
    draw = ImageDraw.Draw(picture)
    top = 12
    for title, results in races:
        title = f"{title}: pictures a second"
        while bold.getlength(title) > WIDTH - 28:
            # Of long ones begin and end say most.
            middle = len(title) // 2
            title = f"{title[: middle - 4].rstrip('. ')} ... {title[middle + 4 :].lstrip('. ')}"
        draw.text((14, top), title, "black", bold)
        top += ROW + 4
        largest = max(r.get("fastest", 0.0) for r in results) or 1.0
        for result in results:
            draw.text((LEFT - 12, top + ROW // 2), result["name"], "black", font, anchor="rm")
            _bar(draw, top, result, largest, font)
            top += ROW
        top += ROW - 4
    scratch = path.with_name(f".{path.name}.tmp")
    picture.save(scratch, "PNG", optimize=True)
    os.replace(scratch, path)


def _bar(draw, top, result, largest, font):
    if "failure" in result:
        draw.text((LEFT + 6, top + ROW // 2), "failed", GRAY, font, anchor="lm")
        return
    rate, middle = result["pictures_per_second"], top + ROW // 2
    end = LEFT + BAR * rate / largest
    color = COLORS[result["name"].split(",")[0]]
    draw.rectangle((LEFT, top + 3, end, top + ROW - 4), fill=color)
    # From the slowest to the fastest round.
    low, high = (LEFT + BAR * result[key] / largest for key in ("slowest", "fastest"))
    draw.line((low, middle, high, middle), fill="black")
    for x in (low, high):
        draw.line((x, middle - 4, x, middle + 4), fill="black")
    draw.text((max(end, high) + 8, middle), f"{rate:.1f}", "black", font, anchor="lm")
