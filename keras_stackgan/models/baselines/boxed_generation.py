"""What a model draws that is told where."""

import numpy as np

from keras_stackgan.models import box_checks, generation, network_checks


class BoxedGeneration:
    """`GenerationMethods` with boxes: for models with text whose generator reads `boxes`."""

    takes_boxes = True

    def generate(
        self,
        captions=None,
        num_images=1,
        seed=0,
        *,
        boxes=None,
        embeddings=None,
        labels=None,
        stages="last",
        batch_size=16,
        augmentation=True,
    ):
        """Makes pictures with the averaged generator.

        Args:
            captions: See `AdversarialModel.generate`, as for all arguments but `boxes`.
            num_images: int. Pictures for each caption or embedding.
            seed: int from 0 to 2**31 - 1.
            boxes: float array `(4,)`: left, top, width and height in units of the picture; or
                `(n, 4)`, one a caption, or one a picture. `None` for the middle of the picture.
            embeddings: float array `(n, embedding_dim)` in place of captions.
            labels: `None`.
            stages: See `AdversarialModel.generate`.
            batch_size: int. Pictures made at a time; bounds the memory.
            augmentation: bool. Makes no difference here.

        Returns:
            uint8 array `(n * num_images, size, size, 3)`.

        Raises:
            ValueError: If what to draw is not given, or a box is not inside of the picture.
        """
        count = network_checks.check_count("num_images", num_images)
        rows = generation.condition_rows(self, captions, embeddings, labels)
        rows = np.repeat(rows, count, axis=0)
        noise = generation.draw_noise(self, len(rows), seed)
        return self.generate_from(
            noise, embeddings=rows, boxes=boxes, stages=stages, batch_size=batch_size
        )

    def generate_from(
        self,
        noise,
        captions=None,
        *,
        boxes=None,
        embeddings=None,
        labels=None,
        stages="last",
        batch_size=16,
    ):
        """Makes pictures of noise that is given; see `AdversarialModel.generate_from`.

        Args:
            noise: dict as `draw_noise` returns it.
            captions: str or list of str.
            boxes: See `generate`.
            embeddings: float array `(n, embedding_dim)` in place of captions.
            labels: `None`.
            stages: See `generate`.
            batch_size: int. Pictures made at a time; bounds the memory.

        Returns:
            uint8 array `(n, size, size, 3)`.

        Raises:
            ValueError: As `AdversarialModel.generate_from`, or if a box is not inside.
        """
        rows = generation.condition_rows(self, captions, embeddings, labels)
        rows = box_checks.joined(self, rows, box_checks.DEFAULT_BOX if boxes is None else boxes)
        return generation.generate_from(self, noise, rows, stages, batch_size)

    def generation_inputs(self, rows, seed, first, count, augmentation):
        # Without boxes, as from callers that know of embeddings only, the generator has its own.
        width = self.embedding_dim
        inputs = super().generation_inputs(rows[:, :width], seed, first, count, augmentation)
        if rows.shape[1] > width:
            inputs["boxes"] = rows[:, width:]
        return inputs
