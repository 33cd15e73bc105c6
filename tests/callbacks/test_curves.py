import numpy as np
import pytest

from keras_stackgan.callbacks.curves import COLORS, HEIGHT, WIDTH, Panel, draw_panels


def where(picture, color):
    """The places of a color, as `(x, y)` rows."""
    rgb = [int(color[k : k + 2], 16) for k in (1, 3, 5)]
    ys, xs = np.nonzero((picture == rgb).all(axis=-1))
    return np.stack([xs, ys], axis=1)


def test_two_diagrams_a_row_and_notes_below():
    curve = {"a": [(0, 1.0), (10, 2.0)]}
    panels = [Panel("first", curve), Panel("second", curve), Panel("third", curve)]
    assert draw_panels(panels).shape == (2 * HEIGHT, 2 * WIDTH, 3)
    assert draw_panels(panels[:1]).shape == (HEIGHT, WIDTH, 3)
    noted = draw_panels(panels[:1], ["a sentence with many words " * 20])
    assert noted.shape[0] > HEIGHT + 50 and noted.shape[1] == WIDTH
    np.testing.assert_array_equal(noted[:HEIGHT], draw_panels(panels[:1]))
    assert (noted[HEIGHT:] < 128).any()


def test_a_panel_without_curves_is_left_out():
    panels = [Panel("none", {}), Panel("empty", {"a": []}), Panel("one", {"a": [(0, 1.0)]})]
    assert draw_panels(panels).shape == (HEIGHT, WIDTH, 3)


def test_curves_rise_where_values_do():
    panel = Panel("two", {"up": [(0, 1.0), (100, 5.0)], "down": [(0, 5.0), (100, 1.0)]})
    picture = draw_panels([panel])[60:]
    for color, sign in ((COLORS[0], -1), (COLORS[1], 1)):
        xs, ys = where(picture, color).T
        assert len(xs) > 100
        assert np.sign(np.corrcoef(xs, ys)[0, 1]) == sign


def test_on_a_logarithmic_axis_powers_are_equally_far_apart():
    panel = Panel("log", {"a": [(0, 1.0), (1, 10.0), (2, 100.0)]}, logarithmic=True)
    xs, ys = where(draw_panels([panel])[60:], COLORS[0]).T
    slope, offset = np.polyfit(xs, ys, 1)
    assert np.abs(ys - slope * xs - offset).max() < 3


@pytest.mark.parametrize("logarithmic", [False, True])
def test_what_cannot_be_drawn_is_left_out(logarithmic):
    points = [(0, 1.0), (1, float("nan")), (2, float("inf")), (3, 2.0)]
    if logarithmic:
        points.append((4, 0.0))
    whole = draw_panels([Panel("t", {"a": [(0, 1.0), (3, 2.0)]}, logarithmic=logarithmic)])
    np.testing.assert_array_equal(
        draw_panels([Panel("t", {"a": points}, logarithmic=logarithmic)]), whole
    )


def test_one_point_and_a_curve_that_stands_still():
    for points in ([(5, 3.0)], [(0, 0.0), (9, 0.0)]):
        picture = draw_panels([Panel("still", {"a": points}, level=1.0)])
        assert len(where(picture[60:], COLORS[0])) > 10
