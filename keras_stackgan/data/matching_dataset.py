"""Records as batches of pictures and texts, for training a picture-text matching net."""

import numpy as np

from keras_stackgan.data.embeddings import CaptionEmbeddings
from keras_stackgan.data.hard_negatives import HardNegatives
from keras_stackgan.data.pipeline import caption_dataset


def matching_dataset(
    records,
    encoder,
    image_size=64,
    batch_size=128,
    *,
    seed=0,
    start_step=0,
    steps=None,
    num_hard=2,
    hard_negatives=None,
    load_scale=70 / 64,
    random_crop=True,
    flip=False,
    brightness=0.1,
    use_boxes=True,
    shuffle=True,
    cache="auto",
):
    """Makes a `tf.data.Dataset` of pictures, one caption of each and wrong captions, endless.

    Batch `k` is a function of `seed` and `k` alone. Texts are made to the encoder's inputs as they
    are needed, so memory does not grow with the number of captions.

    Args:
        records: list of `Record`, each with at least one caption.
        encoder: a text encoder with `inputs_of(texts)`, which gives an array of N rows.
        image_size: int. The pictures' side in pixels.
        batch_size: int.
        seed: int, at least 0.
        start_step: int, at least 0. The number of batches that were used already.
        steps: int or None. How many batches to give. Defaults to None: without end, so `fit` needs
            `steps_per_epoch`.
        num_hard: int, at least 0. Wrong captions a picture.
        hard_negatives: callable `(caption, rng)` to a str or None, or None. Makes the wrong
            captions. Defaults to None: `HardNegatives` of the records' captions.
        load_scale: float in [1, 8]. The picture's shorter side before the crop, in units of
            `image_size`.
        random_crop: bool. False crops the center.
        flip: bool. Whether half of the pictures are mirrored. Defaults to False, as captions may
            say which way a bird faces.
        brightness: float in [0, 1]. By how much pictures become lighter or darker at most; 0 for
            not at all.
        use_boxes: bool. Whether records with a box are cut to it first.
        shuffle: bool. False keeps the records' order in every epoch.
        cache: bool or `"auto"`. As `caption_dataset` takes it.

    Returns:
        A `tf.data.Dataset` of dicts: `"images"` uint8 `(B, S, S, 3)`, `"texts"` as the encoder's
        inputs `(B, ...)`, `"records"` and `"captions"` int32 `(B,)`, equal where the picture or
        the caption is, and with `num_hard` `"hard_texts"` `(B, num_hard, ...)` and `"hard_mask"`
        float32 `(B, num_hard)`, 1 where a wrong caption could be made.

    Raises:
        ValueError: an argument is out of its range, a record has no caption, or no caption has a
            word that could be changed.

    Example:

    ```python
    encoder = HashedNgramEncoder()
    model = MatchingModel(encoder)
    model.compile()
    dataset = matching_dataset(read_records("my_birds"), encoder)
    model.fit(dataset, epochs=10, steps_per_epoch=100)
    ```
    """
    import keras
    import tensorflow as tf

    if not isinstance(num_hard, int) or num_hard < 0:
        raise ValueError(f"`num_hard` must be a whole number >= 0. Received: {num_hard!r}.")
    captions = [caption for record in records for caption in record.captions]
    if num_hard and hard_negatives is None:
        hard_negatives = HardNegatives(captions)
    augmenter = None
    if brightness:
        # Named and seeded, so that descriptions of equal data are equal; the draws are `seed`'s.
        augmenter = keras.layers.RandomBrightness(brightness, seed=0, name="brightness")
    dataset = caption_dataset(
        records,
        _places(records, captions),
        image_size,
        batch_size,
        seed=seed,
        start_step=start_step,
        steps=steps,
        load_scale=load_scale,
        random_crop=random_crop,
        flip=flip,
        augmenter=augmenter,
        use_boxes=use_boxes,
        shuffle=shuffle,
        cache=cache,
    )
    texts = _Texts(captions, encoder, num_hard, hard_negatives, seed)

    def with_texts(step, batch):
        places = tf.cast(batch["embeddings"], tf.int32)
        made = {"images": batch["images"], "records": places[:, 1], "captions": places[:, 2]}
        specs = texts.specs(batch_size)
        arrays = tf.numpy_function(
            texts.of, [step, places[:, 0]], [spec.dtype for spec in specs.values()], stateful=False
        )
        for (name, spec), array in zip(specs.items(), arrays, strict=True):
            made[name] = tf.ensure_shape(array, spec.shape)
        return made

    described = {**dataset.description, "num_hard": num_hard}
    dataset = dataset.enumerate(start=start_step)
    dataset = dataset.map(with_texts, tf.data.AUTOTUNE, deterministic=True).prefetch(2)
    dataset.description = described
    return dataset


def _places(records, captions):
    """Each caption's place, its record and its number, in the place of embeddings."""
    # Floats hold whole numbers to 2**24.
    if len(captions) > 2**24:
        raise ValueError(
            f"`records` must hold at most {2**24} captions. Received: {len(captions)}."
        )
    counts = [len(record.captions) for record in records]
    first = {}
    numbers = [first.setdefault(caption, len(first)) for caption in captions]
    rows = np.stack([np.arange(len(captions)), np.repeat(np.arange(len(records)), counts), numbers])
    return CaptionEmbeddings(rows.T.astype("float32"), np.cumsum([0, *counts]))


class _Texts:
    """A batch's captions and wrong captions as the encoder's inputs."""

    def __init__(self, captions, encoder, num_hard, hard_negatives, seed):
        self.captions, self.encoder, self.seed = captions, encoder, int(seed)
        self.num_hard, self.hard_negatives = num_hard, hard_negatives
        self.example = encoder.inputs_of([captions[0]])

    def specs(self, batch_size):
        """Shapes and types of what `of` returns."""
        import tensorflow as tf

        inside, dtype = self.example.shape[1:], self.example.dtype
        specs = {"texts": tf.TensorSpec((batch_size, *inside), dtype)}
        if self.num_hard:
            specs["hard_texts"] = tf.TensorSpec((batch_size, self.num_hard, *inside), dtype)
            specs["hard_mask"] = tf.TensorSpec((batch_size, self.num_hard), tf.float32)
        return specs

    def of(self, step, places):
        captions = [self.captions[place] for place in places]
        texts = self.encoder.inputs_of(captions)
        if not self.num_hard:
            return [texts]
        rng = np.random.default_rng((self.seed, int(step)))
        wrong = [
            self.hard_negatives(caption, rng) for caption in captions for _ in range(self.num_hard)
        ]
        mask = np.array([text is not None for text in wrong], "float32")
        hard = self.encoder.inputs_of([text or "" for text in wrong])
        shape = (len(captions), self.num_hard)
        return [texts, hard.reshape(*shape, *hard.shape[1:]), mask.reshape(shape)]
