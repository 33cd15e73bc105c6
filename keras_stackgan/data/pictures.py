"""Pictures from files, as TensorFlow graphs: decode, cut to the box, bring to size, crop, flip."""

CACHE_LIMIT = 2**30  # bytes


class PictureLoader:
    """Reads a record's picture at the size from which crops are taken.

    Call it with a record's index, inside a `tf.data` function, for a uint8 picture `(h, w, 3)`
    whose shorter side is `load_size`. JPEG, PNG, BMP and GIF (its first frame) are read; grey
    becomes RGB and transparency becomes white.

    Args:
        records: list of `Record`.
        load_size: int. The shorter side in pixels; the aspect ratio is kept.
        use_boxes: bool. Whether records with a box are cut to the square around it, 1.5 times its
            longer side, as the birds of the paper. Defaults to True.
        cache: bool or `"auto"`. Whether all pictures are decoded now and held in memory.
            Defaults to `"auto"`: where they need less than 1 GiB by estimate.
        num_parallel_calls: int or None. Threads that fill the cache. Defaults to None: TensorFlow
            chooses.

    Raises:
        ValueError: a picture cannot be decoded (while the cache is filled).

    Example:

    ```python
    loader = PictureLoader(records, load_size=76)
    loader(0).shape  # (76, 101, 3)
    ```

    Reference: the transforms of StackGAN-v2's `TextDataset`.
    """

    def __init__(self, records, load_size, use_boxes=True, cache="auto", num_parallel_calls=None):
        import tensorflow as tf

        self.load_size = load_size
        no_box = (0.0, 0.0, 0.0, 0.0)
        boxes = [(record.box if use_boxes else None) or no_box for record in records]
        # On the CPU by name: these tensors are captured by functions that run in tf.data.
        with tf.device("CPU:0"):
            self._paths = tf.constant([str(record.path) for record in records])
            self._boxes = tf.constant(boxes, tf.float32)
            # Most photographs are 4:3.
            estimate = len(records) * load_size * load_size * 3 * 4 // 3
            self._pixels = None
            if cache is True or (cache == "auto" and estimate < CACHE_LIMIT):
                self._fill_cache(tf, records, num_parallel_calls)

    def __call__(self, index):
        import tensorflow as tf

        if self._pixels is None:
            return self._read(index)
        height, width = self._sizes[index, 0], self._sizes[index, 1]
        pixels = tf.slice(self._pixels, [self._starts[index]], [height * width * 3])
        return tf.reshape(pixels, (height, width, 3))

    def _read(self, index):
        picture = decode_picture(self._paths[index])
        return resize_shorter_side(crop_to_box(picture, self._boxes[index]), self.load_size)

    def _fill_cache(self, tf, records, num_parallel_calls):
        calls = num_parallel_calls or tf.data.AUTOTUNE
        pictures = tf.data.Dataset.range(len(records)).map(self._read, calls, deterministic=True)
        flat, sizes = [], []
        try:
            for picture in pictures:
                flat.append(tf.reshape(picture, (-1,)))
                sizes.append(picture.shape[:2])
        except tf.errors.OpError as error:
            # The order is kept, so the first picture that did not arrive is the broken one.
            raise ValueError(
                f"The picture '{records[len(flat)].path}' cannot be decoded. Replace it or remove "
                f"it and its captions. ({error.message})"
            ) from None
        # One buffer, not a list: a captured tensor costs no copy, and a slice of it little.
        self._pixels = tf.concat(flat, axis=0)
        self._sizes = tf.constant([tuple(size) for size in sizes], tf.int64)
        lengths = self._sizes[:, 0] * self._sizes[:, 1] * 3
        self._starts = tf.cumsum(lengths, exclusive=True)


def decode_picture(path):
    """Decodes a picture file to uint8 `(height, width, 3)`.

    Args:
        path: string tensor. A JPEG, PNG, BMP or GIF file; what counts is its content, not its name.

    Example:

    ```python
    decode_picture(tf.constant("my_birds/pictures/a.jpg"))
    ```
    """
    import tensorflow as tf

    data = tf.io.read_file(path)
    start = tf.strings.substr(data, 0, 2)
    is_jpeg, is_png = start == b"\xff\xd8", start == b"\x89P"
    known = tf.debugging.Assert(
        is_jpeg | is_png | (start == b"BM") | (start == b"GI"),
        ["This file is no JPEG, PNG, BMP or GIF, whatever its name says; remove it:", path],
    )
    # In eager mode the assertion has raised already and is None here.
    with tf.control_dependencies([] if known is None else [known]):
        data = tf.identity(data)

    def jpeg():
        # TensorFlow's default is a faster transform that differs from Pillow's by up to 5.
        return tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE")

    def other():
        # As many channels as there are: asked for four, TensorFlow gives PNGs of less than 8 bits a
        # nearly transparent alpha, and asked for three, whatever lies under transparent pixels.
        picture = tf.io.decode_image(data, channels=0, expand_animations=False)
        picture.set_shape((None, None, None))
        channels = tf.shape(picture)[-1]
        colors = tf.cond(
            channels < 3, lambda: tf.repeat(picture[..., :1], 3, axis=-1), lambda: picture[..., :3]
        )
        transparent = is_png & (channels % 2 == 0)
        return tf.cond(transparent, lambda: _on_white(colors, picture[..., -1:]), lambda: colors)

    picture = tf.cond(is_jpeg, jpeg, other)
    picture.set_shape((None, None, 3))
    return picture


def _on_white(colors, alpha):
    import tensorflow as tf

    colors, alpha = tf.cast(colors, tf.float32), tf.cast(alpha, tf.float32) / 255.0
    return tf.cast(tf.round(colors * alpha + 255.0 * (1.0 - alpha)), tf.uint8)


def crop_to_box(picture, box):
    """Cuts a picture to the square around a box, 1.5 times its longer side, inside of the picture.

    Args:
        picture: uint8 tensor `(height, width, 3)`.
        box: float tensor `(4,)`. `(x, y, width, height)` in pixels; a width of 0 means no box.

    Example:

    ```python
    crop_to_box(picture, tf.constant([20.0, 30.0, 100.0, 80.0]))
    ```

    Reference: `TextDataset.get_imgs` of StackGAN-v2, whose cut is not square at the border either.
    """
    import tensorflow as tf

    size = tf.cast(tf.shape(picture)[:2], tf.int32)
    x, y, width, height = tf.unstack(tf.cast(box, tf.int32))
    radius = tf.cast(0.75 * tf.cast(tf.maximum(width, height), tf.float32), tf.int32)
    center = tf.stack([(2 * y + height) // 2, (2 * x + width) // 2])
    # A box outside of the picture must not leave nothing.
    low = tf.clip_by_value(center - radius, 0, size - 1)
    high = tf.maximum(tf.minimum(center + radius, size), low + 1)
    return tf.cond(box[2] > 0, lambda: picture[low[0] : high[0], low[1] : high[1]], lambda: picture)


def resize_shorter_side(picture, size):
    """Resizes a picture so that its shorter side is `size`, bilinear with antialiasing.

    Args:
        picture: uint8 tensor `(height, width, 3)`.
        size: int. The shorter side wanted, in pixels.

    Example:

    ```python
    resize_shorter_side(tf.zeros((200, 300, 3), tf.uint8), 76).shape  # (76, 114, 3)
    ```
    """
    import tensorflow as tf

    shape = tf.shape(picture)[:2]
    shorter = tf.reduce_min(shape)

    def resized():
        pixels = tf.image.resize(picture, shape * size // shorter, antialias=True)
        return tf.cast(tf.clip_by_value(tf.round(pixels), 0, 255), tf.uint8)

    return tf.cond(shorter == size, lambda: picture, resized)


def crop_and_flip(picture, size, draws, random_crop=True, flip=True):
    """Takes a square out of a picture, at a random place and perhaps mirrored.

    Args:
        picture: uint8 tensor `(height, width, 3)`, both at least `size`.
        size: int. The square's side in pixels.
        draws: float64 tensor `(3,)` in [0, 1). They decide row, column and flip.
        random_crop: bool. False takes the centre. Defaults to True.
        flip: bool. Whether to mirror half of the pictures. Defaults to True.

    Example:

    ```python
    crop_and_flip(picture, 64, tf.constant([0.1, 0.5, 0.9], tf.float64)).shape  # (64, 64, 3)
    ```
    """
    import tensorflow as tf

    room = tf.shape(picture)[:2] - size
    if random_crop:
        offset = tf.cast(draws[:2] * tf.cast(room + 1, tf.float64), tf.int32)
    else:
        offset = room // 2
    square = tf.slice(picture, [offset[0], offset[1], 0], [size, size, 3])
    if not flip:
        return square
    return tf.cond(draws[2] < 0.5, lambda: tf.reverse(square, axis=[1]), lambda: square)
