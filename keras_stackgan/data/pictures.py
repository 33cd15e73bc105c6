"""Pictures of records, for functions that run in `tf.data`: read, cut, resize, crop, flip."""

import numpy as np

from keras_stackgan.data.decoding import decode
from keras_stackgan.data.preprocessing import check_box, crop_bounds

CACHE_LIMIT = 2**30  # bytes


class PictureLoader:
    """Reads a record's picture at the size from which crops are taken.

    Call it with a record's index, inside a `tf.data` function, for a uint8 picture `(h, w, 3)`.
    `decode` says which pictures are read and how. Pillow does the work, on several threads at a
    time, so the pixels are those of the published code.

    Args:
        records: list of `Record`.
        preprocessing: a `Preprocessing`.
        size: int. The side of the crops to come, in pixels.
        use_boxes: bool. Whether records with a box are cut to the square around it, 1.5 times its
            longer side, as the birds of the paper. Defaults to True.
        cache: bool or `"auto"`. Whether all pictures are decoded now and held in memory.
            Defaults to `"auto"`: where they need less than 1 GiB by estimate.
        num_parallel_calls: int or None. Threads that fill the cache. Defaults to None: TensorFlow
            chooses.
        boxes: bool. Whether `with_box` is wanted; every record must have a box then.

    Raises:
        ValueError: a picture cannot be decoded, or its box has no part in it (while the cache is
            filled).

    Example:

    ```python
    loader = PictureLoader(records, PREPROCESSINGS["v2"], size=64)
    loader(0).shape  # (76, 101, 3)
    ```
    """

    def __init__(
        self,
        records,
        preprocessing,
        size,
        use_boxes=True,
        cache="auto",
        num_parallel_calls=None,
        boxes=False,
    ):
        self._records = records
        self._preprocessing = preprocessing
        self._size = size
        self._use_boxes = use_boxes
        self._wants_boxes = boxes
        self._pixels = None
        # Most photographs are 4:3.
        load_size = preprocessing.load_size(size)
        estimate = len(records) * load_size * load_size * 3 * 4 // 3
        if cache is True or (cache == "auto" and estimate < CACHE_LIMIT):
            self._fill_cache(num_parallel_calls)

    def __call__(self, index):
        import tensorflow as tf

        if self._pixels is None:
            picture = tf.numpy_function(self.load, [index], tf.uint8, stateful=False)
            picture.set_shape((None, None, 3))
            return picture
        height, width = self._sizes[index, 0], self._sizes[index, 1]
        pixels = tf.slice(self._pixels, [self._starts[index]], [height * width * 3])
        return tf.reshape(pixels, (height, width, 3))

    def with_box(self, index):
        """A record's picture, and its box as float32 `(4,)` in units of that picture."""
        import tensorflow as tf

        if self._pixels is not None:
            return self(index), self._boxes[index]
        kinds = [tf.uint8, tf.float32]
        picture, box = tf.numpy_function(self.load_with_box, [index], kinds, stateful=False)
        picture.set_shape((None, None, 3))
        box.set_shape((4,))
        return picture, box

    def load(self, index):
        """Returns the picture of a record as a NumPy array."""
        return self._load(index)[0]

    def load_with_box(self, index):
        """Returns the picture of a record and its box, `(left, top, width, height)` of it."""
        picture, bounds = self._load(index)
        x, y, width, height = self._records[index].box
        left, top, right, bottom = bounds
        side = np.array([right - left, bottom - top], "float64")
        box = np.concatenate([[x - left, y - top] / side, [width, height] / side])
        return picture, box.astype("float32")

    def _load(self, index):
        """The picture, and the part of the original that it shows."""
        record = self._records[index]
        picture = decode(record.read(), record.path)
        box = record.box if self._use_boxes else None
        if box is not None or self._wants_boxes:
            check_box(picture.size, record.box, record.path)
        bounds = (0, 0, *picture.size) if box is None else crop_bounds(picture.size, box)
        return self._preprocessing.load(picture, self._size, box), bounds

    def _fill_cache(self, num_parallel_calls):
        import tensorflow as tf

        calls = num_parallel_calls or tf.data.AUTOTUNE
        pictures = tf.data.Dataset.range(len(self._records))
        load = self.with_box if self._wants_boxes else lambda index: (self(index), tf.zeros(4))
        pictures = pictures.map(load, calls, deterministic=True)
        flat, sizes, boxes = [], [], []
        try:
            for picture, box in pictures:
                boxes.append(box)
                flat.append(tf.reshape(picture, (-1,)))
                sizes.append(picture.shape[:2])
        except tf.errors.OpError:
            # The order is kept, so the first picture that did not arrive is the broken one; read
            # again, it gives the error without TensorFlow's frame of it.
            self.load(len(flat))
            raise
        # On the CPU by name: these tensors are captured by functions that run in tf.data.
        with tf.device("CPU:0"):
            # One buffer, not a list: a captured tensor costs no copy, and a slice of it little.
            self._pixels = tf.concat(flat, axis=0)
            self._boxes = tf.stack(boxes)
            self._sizes = tf.constant([tuple(size) for size in sizes], tf.int64)
            self._starts = tf.cumsum(self._sizes[:, 0] * self._sizes[:, 1] * 3, exclusive=True)


def crop_and_flip(picture, size, draws, preprocessing):
    """Takes a square out of a picture, at a random place and perhaps mirrored.

    Args:
        picture: uint8 tensor `(height, width, 3)`, both at least `size`.
        size: int. The square's side in pixels.
        draws: float64 tensor `(3,)` in [0, 1). They decide row, column and flip.
        preprocessing: a `Preprocessing`: whether there is chance in it.

    Returns:
        uint8 tensor `(size, size, 3)`.

    Example:

    ```python
    draws = tf.constant([0.1, 0.5, 0.9], tf.float64)
    crop_and_flip(picture, 64, draws, PREPROCESSINGS["v2"]).shape  # (64, 64, 3)
    ```
    """
    import tensorflow as tf

    offset = _crop_offset(picture, size, draws, preprocessing)
    square = tf.slice(picture, [offset[0], offset[1], 0], [size, size, 3])
    if not preprocessing.flip:
        return square
    return tf.cond(draws[2] < 0.5, lambda: tf.reverse(square, axis=[1]), lambda: square)


def _crop_offset(picture, size, draws, preprocessing):
    """The row and column at which the square begins."""
    import tensorflow as tf

    room = tf.shape(picture)[:2] - size
    if not preprocessing.random_crop:
        return room // 2
    offsets = room + 1 if preprocessing.last_offset else room
    return tf.cast(draws[:2] * tf.cast(offsets, tf.float64), tf.int32)


def box_in_square(box, picture, size, draws, preprocessing):
    """Where a box lies in the square that `crop_and_flip` takes with the same draws.

    Args:
        box: float32 tensor `(4,)`: left, top, width and height in units of the picture.
        picture: uint8 tensor `(height, width, 3)`, from which the square is taken.
        size: int. The square's side in pixels.
        draws: float64 tensor `(3,)` in [0, 1).
        preprocessing: a `Preprocessing`.

    Returns:
        float32 tensor `(4,)` in units of the square: the part of the box that it shows, at least
        one pixel wide and high.

    Example:

    ```python
    box_in_square(box, picture, 64, draws, PREPROCESSINGS["v2"])
    ```
    """
    import tensorflow as tf

    offset = tf.cast(_crop_offset(picture, size, draws, preprocessing)[::-1], tf.float32)
    side = tf.cast(tf.shape(picture)[1::-1], tf.float32)
    low = (box[:2] * side - offset) / size
    high = ((box[:2] + box[2:]) * side - offset) / size
    low = tf.clip_by_value(low, 0.0, 1.0 - 1.0 / size)
    high = tf.clip_by_value(high, low + 1.0 / size, 1.0)
    if preprocessing.flip:
        mirrored = draws[2] < 0.5
        left, right = low[0], high[0]
        low = tf.stack([tf.where(mirrored, 1.0 - right, left), low[1]])
        high = tf.stack([tf.where(mirrored, 1.0 - left, right), high[1]])
    return tf.concat([low, high - low], axis=0)


def smaller_pictures(square, sizes, preprocessing):
    """Makes the pictures of all stages from the largest.

    Args:
        square: uint8 tensor `(size, size, 3)`.
        sizes: ints. The sides wanted, rising; the last is that of `square`.
        preprocessing: a `Preprocessing`.

    Returns:
        A tuple of uint8 tensors, one a size.

    Example:

    ```python
    smaller_pictures(square, (64, 128, 256), PREPROCESSINGS["v2"])
    ```
    """
    import tensorflow as tf

    if len(sizes) == 1:
        return (square,)

    def shrink(pixels):
        return [np.ascontiguousarray(x) for x in preprocessing.shrink(pixels, sizes[:-1])]

    kinds = [tf.uint8] * (len(sizes) - 1)
    # Flattened, as outside of a graph a single picture comes without its list.
    pictures = tf.nest.flatten(tf.numpy_function(shrink, [square], kinds, stateful=False))
    for picture, size in zip(pictures, sizes, strict=False):
        picture.set_shape((size, size, 3))
    return (*pictures, square)
