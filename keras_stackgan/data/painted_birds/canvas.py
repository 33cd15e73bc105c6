"""A skia surface in picture units: 256 across, whatever the size in pixels."""

import contextlib
import functools
import math

import numpy as np

from keras_stackgan.data.painted_birds.brushes import brush_sheet, weave

UNITS = 256


@functools.cache
def import_skia():
    """Returns the module `skia`.

    Raises:
        ImportError: skia-python, or a system library under it, is absent.
    """
    try:
        import skia
    except ImportError as error:
        raise ImportError(
            "Painting birds needs the package skia-python: pip install skia-python (on Debian "
            f"and Ubuntu also: apt-get install libgl1 libegl1). Received: {error}"
        ) from error
    return skia


@functools.cache
def _brushes():
    skia = import_skia()
    sheet, places = brush_sheet()
    image = skia.Image.fromarray(sheet, colorType=skia.kRGBA_8888_ColorType).withDefaultMipmaps()
    rectangles = {
        kind: [skia.Rect.MakeXYWH(*place) for place in marks] for kind, marks in places.items()
    }
    return image, rectangles


@functools.cache
def _weave():
    skia = import_skia()
    picture = np.full((UNITS, UNITS, 4), 255, np.uint8)
    picture[..., :3] = weave(UNITS)[..., None]
    return skia.Image.fromarray(picture, colorType=skia.kRGBA_8888_ColorType).withDefaultMipmaps()


class Canvas:
    """Draws filled shapes, lines, meshes and brush marks; colors are arrays from 0 to 255.

    Args:
        size: int. The side in pixels.
    """

    def __init__(self, size):
        self.skia = import_skia()
        self.size = size
        self.pixels = np.zeros((size, size, 4), np.uint8)
        self._surface = self.skia.Surface(self.pixels, colorType=self.skia.kRGBA_8888_ColorType)
        self._canvas = self._surface.getCanvas()
        self._canvas.scale(size / UNITS, size / UNITS)

    # Paint and paths

    def _paint(self, color=(0, 0, 0), alpha=1.0, blur=0.0, width=None, shader=None, mode=None):
        skia = self.skia
        red, green, blue = np.clip(np.asarray(color, np.float64) / 255, 0, 1).tolist()
        paint = skia.Paint(AntiAlias=True, Color4f=skia.Color4f(red, green, blue, alpha))
        if width is not None:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(width)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            paint.setStrokeJoin(skia.Paint.kRound_Join)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        if shader is not None:
            paint.setShader(shader)
        if mode is not None:
            paint.setBlendMode(mode)
        return paint

    def polygon(self, points, closed=True):
        """Returns the path through points of shape `(n, 2)` by straight lines."""
        skia = self.skia
        return skia.Path.Polygon([skia.Point(x, y) for x, y in np.asarray(points).tolist()], closed)

    def curve(self, points, closed=True):
        """Returns the smooth path (Catmull-Rom) through points of shape `(n, 2)`."""
        points = np.asarray(points, np.float64)
        if closed:
            around = np.concatenate([points[-1:], points, points[:2]])
        else:
            around = np.concatenate([points[:1], points, points[-1:]])
        before, start, stop, after = around[:-3], around[1:-2], around[2:-1], around[3:]
        first = start + (stop - before) / 6
        second = stop - (after - start) / 6
        path = self.skia.Path()
        path.moveTo(*start[0].tolist())
        for cubic in np.concatenate([first, second, stop], 1).tolist():
            path.cubicTo(*cubic)
        if closed:
            path.close()
        return path

    def circle(self, center, radius):
        """Returns the path of a circle."""
        return self.skia.Path.Circle(float(center[0]), float(center[1]), float(radius))

    def linear(self, start, stop, colors, places=None):
        """Returns the shader of a straight gradient; colors may have a fourth value, alpha."""
        skia = self.skia
        ends = [skia.Point(*map(float, start)), skia.Point(*map(float, stop))]
        return skia.GradientShader.MakeLinear(ends, _packed(colors), places)

    # Drawing

    def fill(self, path, color=(0, 0, 0), alpha=1.0, blur=0.0, shader=None, mode=None):
        """Fills a path with a color or a shader."""
        self._canvas.drawPath(path, self._paint(color, alpha, blur, None, shader, mode))

    def line(self, path, color, width, alpha=1.0, blur=0.0, mode=None):
        """Draws along a path."""
        self._canvas.drawPath(path, self._paint(color, alpha, blur, width, None, mode))

    def wash(self, color=(0, 0, 0), alpha=1.0, shader=None, mode=None):
        """Covers everything inside the clip."""
        self._canvas.drawPaint(self._paint(color, alpha, shader=shader, mode=mode))

    def field(self, colors):
        """Spreads a coarse grid of colors, of shape `(n, n, 3)`, smoothly over the picture."""
        skia = self.skia
        opaque = np.full((*colors.shape[:2], 4), 255, np.uint8)
        opaque[..., :3] = np.clip(colors, 0, 255)
        image = skia.Image.fromarray(opaque, colorType=skia.kRGBA_8888_ColorType)
        sampling = skia.SamplingOptions(skia.CubicResampler.Mitchell())
        self._canvas.drawImageRect(image, skia.Rect(0, 0, UNITS, UNITS), sampling)

    def mesh(self, points, colors):
        """Draws a grid of points, shape `(rows, columns, 2)`, with a color at every point."""
        skia = self.skia
        rows, columns = points.shape[:2]
        corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1, 1)
        indices = corner + np.array((0, 1, columns, 1, columns + 1, columns))
        vertices = skia.Vertices.MakeCopy(
            skia.Vertices.kTriangles_VertexMode,
            [skia.Point(x, y) for x, y in points.reshape(-1, 2).tolist()],
            None,
            _packed(colors.reshape(-1, 3)),
            indices.reshape(-1).tolist(),
        )
        self._canvas.drawVertices(vertices, self._paint((255, 255, 255)), skia.BlendMode.kDst)

    def marks(self, kind, points, angles, lengths, colors, alphas, variants):
        """Draws brush marks, one a row of `points`, each centered, turned and scaled.

        Args:
            kind: str. Of `brushes.MARKS`.
            points: float array of shape `(n, 2)`.
            angles, lengths, alphas: float arrays of shape `(n,)`.
            colors: float array of shape `(n, 3)`.
            variants: int array of shape `(n,)`. Which mark of the kind; taken modulo their number.
        """
        skia = self.skia
        image, rectangles = _brushes()
        rectangles = rectangles[kind]
        width, height = rectangles[0].width(), rectangles[0].height()
        cosine = np.cos(angles) * lengths / width
        sine = np.sin(angles) * lengths / width
        x = points[:, 0] - cosine * width / 2 + sine * height / 2
        y = points[:, 1] - sine * width / 2 - cosine * height / 2
        transforms = [skia.RSXform(*row) for row in np.stack([cosine, sine, x, y], 1).tolist()]
        places = [rectangles[number % len(rectangles)] for number in variants.tolist()]
        packed = _packed(np.concatenate([colors, 255 * np.reshape(alphas, (-1, 1))], 1))
        sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        modulate = skia.BlendMode.kModulate
        self._canvas.drawAtlas(image, transforms, places, packed, modulate, sampling, None, None)

    def layer(self, other, flipped_at=None, alpha=1.0, shift=(0.0, 0.0), blur=0.0):
        """Draws another canvas over this one, or its mirror image below the height given."""
        skia = self.skia
        paint = skia.Paint(AntiAlias=True, Alphaf=alpha)
        if blur:
            paint.setImageFilter(skia.ImageFilters.Blur(blur, blur * 0.5))
        with self.transformed():
            self._canvas.translate(*map(float, shift))
            if flipped_at is not None:
                self._canvas.translate(0, 2 * flipped_at)
                self._canvas.scale(1, -1)
            image = other._surface.makeImageSnapshot()
            sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
            self._canvas.drawImageRect(image, skia.Rect(0, 0, UNITS, UNITS), sampling, paint)

    def grain(self):
        """Lets the weave of the canvas show through everything."""
        skia = self.skia
        paint = skia.Paint(Alphaf=0.16, BlendMode=skia.BlendMode.kSoftLight)
        sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        self._canvas.drawImageRect(_weave(), skia.Rect(0, 0, UNITS, UNITS), sampling, paint)

    # State

    @contextlib.contextmanager
    def clipped(self, path, outside=False):
        """Draws only inside (or only outside) a path."""
        clip = self.skia.ClipOp.kDifference if outside else self.skia.ClipOp.kIntersect
        self._canvas.save()
        self._canvas.clipPath(path, clip, True)
        yield
        self._canvas.restore()

    @contextlib.contextmanager
    def transformed(self, shift=(0.0, 0.0), scale=(1.0, 1.0), turn=0.0):
        """Moves, turns (radians) and scales what is drawn."""
        self._canvas.save()
        self._canvas.translate(*map(float, shift))
        self._canvas.scale(*map(float, scale))
        self._canvas.rotate(math.degrees(turn))
        yield
        self._canvas.restore()


def _packed(colors):
    colors = np.clip(np.asarray(colors, np.float64), 0, 255).astype(np.uint32)
    alpha = colors[:, 3] if colors.shape[1] == 4 else np.uint32(255)
    return (alpha << 24 | colors[:, 0] << 16 | colors[:, 1] << 8 | colors[:, 2]).tolist()
