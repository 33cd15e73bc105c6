"""The page that draws sentences."""

import base64
import contextlib
import io
import re
import time

from PIL import Image

from keras_stackgan.pages import fields as checked
from keras_stackgan.pages.one_at_a_time import OneAtATime
from keras_stackgan.pages.page_error import PageError
from keras_stackgan.pages.response import Response

MAX_CAPTION = 300
MAX_SEED = 2**31 - 1
# Pictures at a time. The model compiles a function for each number up to it and no other.
BATCH = 4
FRAME_MILLISECONDS = 140
SHOWN = ("name", "description", "knows", "captions", "limits", "license", "figures")


class DemoPage:
    """Draws what a browser asks for, one request after the other.

    Args:
        model: an `AdversarialModel`; one that draws from text needs its `text_encoder`.
        about: dict with what the page says of the model, all of it optional: `name`, `description`,
            `license`, the lists of sentences `knows`, `captions` (examples) and `limits`, and
            `figures`, dicts with `name`, `value` and `command`.
        max_images: int >= 2. Pictures, or steps of an interpolation, in one request.
        waiting: int >= 0. Requests that may wait while one is drawn; others get a 503.

    Raises:
        ValueError: The model has no encoder for the text that it draws, or a bound is out of range.

    Example:

    ```python
    page = DemoPage(StackGANv2.from_preset("my_preset"), {"name": "my_preset"})
    PageServer(page, port=7860).serve_forever()
    ```
    """

    def __init__(self, model, about=None, max_images=16, waiting=8):
        if isinstance(max_images, bool) or not isinstance(max_images, int) or max_images < 2:
            raise ValueError(f"`max_images` must be a number >= 2. Received: {max_images!r}.")
        self.model = model
        self.max_images = max_images
        self.takes = self._what_it_takes()
        self._about = {key: value for key, value in (about or {}).items() if key in SHOWN}
        self._queue = OneAtATime(waiting)
        self.routes = {
            ("GET", "/"): lambda _: Response.of_asset("demo.html"),
            ("GET", "/demo.js"): lambda _: Response.of_asset("demo.js"),
            ("GET", "/shared.js"): lambda _: Response.of_asset("shared.js"),
            ("GET", "/style.css"): lambda _: Response.of_asset("style.css"),
            ("GET", "/about"): self.about,
            ("POST", "/draw"): self.draw,
            ("POST", "/interpolate"): self.interpolate,
        }

    def warm_up(self):
        """Draws once, so that the first request does not wait for compiling."""
        sentence = next(iter(self._about.get("captions") or ()), "a picture")
        value = {"text": sentence, "class": 0, "nothing": None}[self.takes]
        with self._queue.turn(), contextlib.suppress(ValueError):
            # An encoder of recorded embeddings knows none but its own sentences.
            self._generate(value, 1, 0)

    def about(self, fields):
        """What the page shows of the model, and the bounds of requests."""
        del fields
        return Response.of_json(
            {
                "name": type(self.model).__name__,
                **self._about,
                "class_name": type(self.model).__name__,
                "takes": self.takes,
                "takes_boxes": self.model.takes_boxes,
                "num_classes": self.model.num_classes,
                "sizes": list(self.model.output_sizes),
                "bounds": {"characters": MAX_CAPTION, "images": self.max_images, "seed": MAX_SEED},
            }
        )

    def draw(self, fields):
        """Pictures of one sentence, class or of nothing.

        Fields: `condition`, `seed`, `num_images` and, where the model takes boxes, `box`.
        """
        condition = self._condition(fields, "condition")
        seed = checked.whole(fields, "seed", 0, MAX_SEED)
        count = checked.whole(fields, "num_images", 1, self.max_images, "number of pictures")
        boxes = self._boxes(fields)
        began = time.monotonic()
        with self._queue.turn():
            stages = self._made(self._generate, condition, count, seed, **boxes)
            pictures = [
                {
                    "file": f"{_slug(condition)}_seed{seed}_{k + 1}",
                    "stages": [
                        {"size": len(images[k]), "png": _base64(_png(images[k]))}
                        for images in stages
                    ],
                }
                for k in range(count)
            ]
        return Response.of_json({"pictures": pictures, "seconds": time.monotonic() - began})

    def interpolate(self, fields):
        """Pictures from one sentence, class or seed to another: `condition`, `second`, `steps`.

        Where the model takes boxes, all are in `box`.
        """
        seed = checked.whole(fields, "seed", 0, MAX_SEED)
        steps = checked.whole(fields, "steps", 2, self.max_images, "number of steps")
        if self.takes == "nothing":
            ends = (seed, checked.whole(fields, "second", 0, MAX_SEED, "second seed"))
        else:
            ends = (self._condition(fields, "condition"), self._condition(fields, "second"))
        boxes = self._boxes(fields)
        began = time.monotonic()
        with self._queue.turn():
            frames = self._made(self._between, *ends, steps, seed, **boxes)
            made = {
                "file": f"{_slug(ends[0])}_to_{_slug(ends[1])}_seed{seed}",
                "size": frames.shape[1],
                "strip": _base64(_png(frames.swapaxes(0, 1).reshape(len(frames[0]), -1, 3))),
                "gif": _base64(_gif(frames)),
            }
        return Response.of_json({**made, "seconds": time.monotonic() - began})

    def _what_it_takes(self):
        if self.model.num_classes is not None:
            return "class"
        if self.model.embedding_dim is None:
            return "nothing"
        if self.model.text_encoder is None:
            raise ValueError(
                "The model draws sentences and has no `text_encoder` to read them. Set it; on the "
                "command line give --text_encoder. Received: text_encoder=None."
            )
        return "text"

    def _condition(self, fields, name):
        if self.takes == "nothing":
            return None
        if self.takes == "class":
            return checked.whole(fields, name, 0, self.model.num_classes - 1, "class")
        return checked.text(fields, name, MAX_CAPTION, "sentence")

    def _boxes(self, fields):
        box = checked.box(fields, "box")
        if box is not None and not self.model.takes_boxes:
            raise PageError(400, "This model takes no box.")
        return {} if box is None else {"boxes": box}

    @staticmethod
    def _made(function, *arguments, **boxes):
        try:
            return function(*arguments, **boxes)
        except ValueError as error:
            # Such as a sentence that an encoder of recorded sentences has not heard.
            raise PageError(400, str(error)) from error

    def _generate(self, condition, count, seed, **boxes):
        name = {"text": "captions", "class": "labels", "nothing": None}[self.takes]
        given = {} if name is None else {name: [condition]}
        return self.model.generate(
            **given, **boxes, num_images=count, seed=seed, stages="all", batch_size=BATCH
        )

    def _between(self, first, second, steps, seed, **boxes):
        from keras_stackgan.models import interpolate_captions, interpolate_noise

        if self.takes == "nothing":
            return interpolate_noise(
                self.model, steps=steps, seeds=(first, second), batch_size=BATCH
            )
        return interpolate_captions(
            self.model, first, second, steps, seed, **boxes, batch_size=BATCH
        )


def _png(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()


def _gif(frames):
    """There and back again, for ever."""
    images = [Image.fromarray(frame) for frame in [*frames, *frames[-2:0:-1]]]
    file = io.BytesIO()
    images[0].save(
        file,
        format="GIF",
        save_all=True,
        append_images=images[1:],
        duration=FRAME_MILLISECONDS,
        loop=0,
    )
    return file.getvalue()


def _base64(data):
    return base64.b64encode(data).decode("ascii")


def _slug(condition):
    if isinstance(condition, int):
        return str(condition)
    return re.sub(r"[^a-z0-9]+", "_", (condition or "").lower()).strip("_")[:40] or "picture"
