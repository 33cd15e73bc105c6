"""What an `AdversarialModel` draws, and from what: captions, seeds, noise that is given."""

from keras_stackgan.models import generation


class GenerationMethods:
    """The methods that make pictures with the averaged generator."""

    # Whether `generate` and `generate_from` have an argument `boxes`.
    takes_boxes = False
    # "uniform" for noise between -1 and 1.
    noise_distribution = "normal"

    def generate(
        self,
        captions=None,
        num_images=1,
        seed=0,
        *,
        embeddings=None,
        labels=None,
        stages="last",
        batch_size=16,
        augmentation=True,
    ):
        """Makes pictures with the averaged generator.

        Args:
            captions: str or list of str, encoded by `text_encoder`.
            num_images: int. Pictures for each caption, embedding or label.
            seed: int from 0 to 2**31 - 1. The noise of the i-th picture returned is a function of
                `seed` and `i` alone, however many are asked for.
            embeddings: float array `(n, embedding_dim)` in place of captions.
            labels: int array `(n,)`, for models made with `num_classes`.
            stages: `"last"` for the last stage's pictures, `"all"` for a list with one array a
                stage, or an int: the pictures of that stage, counted from 1.
            batch_size: int. Pictures made at a time; bounds the memory.
            augmentation: bool. Whether the condition is sampled around its mean.

        Returns:
            uint8 array `(n * num_images, size, size, 3)`, all pictures of one caption together; or
            a list of such arrays.

        Raises:
            ValueError: If what to draw is not given, or given twice, or of another width.

        Example:

        ```python
        model = StackGANv2(image_sizes=(16, 32), generator_filters=4, discriminator_filters=4,
                           embedding_dim=8)
        model.generate(embeddings=keras.ops.ones((1, 8)), num_images=2).shape  # (2, 32, 32, 3)
        ```
        """
        return generation.generate(
            self,
            captions,
            num_images,
            seed,
            embeddings=embeddings,
            labels=labels,
            stages=stages,
            batch_size=batch_size,
            augmentation=augmentation,
        )

    def draw_noise(self, num_images, seed=0):
        """Returns the noise that `generate` draws, to change it and pass it to `generate_from`.

        Args:
            num_images: int >= 1. Rows.
            seed: int from 0 to 2**31 - 1. `generate`'s `seed`.

        Returns:
            Dict of float32 arrays with one row a picture: `noise`, `(num_images, latent_dim)`, and,
            where the model augments its conditions, `augmentation_noise` (StackGAN-v1 also has
            `stage2_augmentation_noise`), `(num_images, conditioning_dim)`.

        Raises:
            ValueError: If an argument is out of its range.

        Example:

        ```python
        model = StackGANv2(image_sizes=(16,), generator_filters=4, embedding_dim=8)
        sorted(model.draw_noise(4, seed=1))  # ["augmentation_noise", "noise"]
        ```
        """
        return generation.draw_noise(self, num_images, seed)

    def generate_from(
        self, noise, captions=None, *, embeddings=None, labels=None, stages="last", batch_size=16
    ):
        """Makes pictures of noise that is given, with the averaged generator.

        `generate_from(draw_noise(n, seed), ...)` makes `generate`'s pictures of that seed.

        Args:
            noise: dict as `draw_noise` returns it. `noise` is needed; where an augmentation noise
                is left out the condition's mean is taken.
            captions: str or list of str, encoded by `text_encoder`: one a row of the noise, or one
                for all. One row of noise also serves several captions.
            embeddings: float array `(n, embedding_dim)` in place of captions.
            labels: int array `(n,)`, for models made with `num_classes`.
            stages: See `generate`.
            batch_size: int. Pictures made at a time; bounds the memory.

        Returns:
            uint8 array `(n, size, size, 3)`, or a list of such arrays for `stages="all"`.

        Raises:
            ValueError: If the noise has other names or widths than the model's, or the numbers of
                rows do not fit.

        Example:

        ```python
        model = StackGANv2(image_sizes=(16,), generator_filters=4, embedding_dim=8)
        noise = model.draw_noise(4)
        noise["noise"] *= 0.5  # nearer to the most likely picture
        model.generate_from(noise, embeddings=keras.ops.ones((1, 8))).shape  # (4, 16, 16, 3)
        ```
        """
        condition = generation.condition_rows(self, captions, embeddings, labels)
        return generation.generate_from(self, noise, condition, stages, batch_size)
