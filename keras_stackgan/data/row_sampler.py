"""What one row of a batch holds."""

import dataclasses

from keras_stackgan.data import order
from keras_stackgan.data.pictures import box_in_square, crop_and_flip, smaller_pictures
from keras_stackgan.data.preprocessing import Preprocessing


@dataclasses.dataclass(frozen=True)
class RowSampler:
    """One row of a batch, as a function of its place in the endless sequence.

    Args:
        count: int. The number of records.
        seed: int.
        sizes: tuple of ints, rising. Sides of the pictures.
        preprocessing: a `Preprocessing`.
        load: a `PictureLoader`.
        augment: an `Augmenter` or None.
        embed: function of a record's index and two draws that gives an embedding, or None.
        label_ids: int tensor `(count,)` or None. The records' labels as numbers.
        shuffle: bool. Whether each epoch has an order of its own.
        mismatched_images: bool. Whether to add another record's picture.
        labels: bool. Whether to add the label.
        boxes: bool. Whether to add the box.
    """

    count: int
    seed: int
    sizes: tuple
    preprocessing: Preprocessing
    load: object
    augment: object
    embed: object
    label_ids: object
    shuffle: bool
    mismatched_images: bool
    labels: bool
    boxes: bool

    def sample(self, position):
        index = position % self.count
        if self.shuffle:
            index = order.shuffled_index(self.seed, position, self.count)
        draws = order.uniform_draws(self.seed, position, 10)
        # Each of a row's two pictures has a number of its own for its augmentation.
        if self.boxes:
            loaded, box = self.load.with_box(index)
            place = (self.sizes[-1], draws[0:3], self.preprocessing)
            result = {"boxes": box_in_square(box, loaded, *place)}
        else:
            loaded, result = self.load(index), {}
        result["images"] = self.picture(loaded, draws[0:3], 2 * position)
        if self.embed is not None:
            result["embeddings"] = self.embed(index, draws[3:5])
        if self.mismatched_images:
            other = self.other(index, draws[5], draws[6])
            wrong = self.load(other)
            result["mismatched_images"] = self.picture(wrong, draws[7:10], 2 * position + 1)
        if self.labels:
            result["labels"] = self.label_ids[index]
        return result

    def picture(self, loaded, draws, number):
        square = crop_and_flip(loaded, self.sizes[-1], draws, self.preprocessing)
        if self.augment is not None:
            square = self.augment(square, number)
        pictures = smaller_pictures(square, self.sizes, self.preprocessing)
        return pictures if len(pictures) > 1 else pictures[0]

    def other(self, index, draw, second_draw):
        import tensorflow as tf

        other = order.other_index(draw, index, self.count)
        if self.label_ids is None:
            return other
        again = order.other_index(second_draw, index, self.count)
        return tf.where(self.label_ids[other] == self.label_ids[index], again, other)
