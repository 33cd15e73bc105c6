"""Both stages of StackGAN-v1's generator as one network."""

import keras

from keras_stackgan.models.generator import Generator


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv1Generator(Generator):
    """Stage-I, and Stage-II on its picture.

    Args:
        stage1: `StackGANv1Stage1Generator`.
        stage2: `StackGANv1Stage2Generator`, or `None` for Stage-I alone.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `noise`, `embeddings` and, optionally, `augmentation_noise` (Stage-I's)
            and `stage2_augmentation_noise`.
        training: bool. Whether batch statistics are used.
        num_stages: 1, 2 or `None` for all. Compute only the first so many stages.

    Returns:
        A dict: `images`, a list with one tensor a stage in [-1, 1]; the last stage's `mean` and
        `log_variance`.

    Example:

    ```python
    stage1 = StackGANv1Stage1Generator(16, filters=8, embedding_dim=8)
    stage2 = StackGANv1Stage2Generator(16, 64, filters=8, embedding_dim=8)
    generator = StackGANv1Generator(stage1, stage2)
    inputs = {"noise": keras.ops.ones((2, 100)), "embeddings": keras.ops.ones((2, 8))}
    [image.shape for image in generator(inputs)["images"]]  # [(2, 16, 16, 3), (2, 64, 64, 3)]
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), figure 2.
    """

    def __init__(self, stage1, stage2=None, **kwargs):
        super().__init__(**kwargs)
        self.stage1 = stage1
        self.stage2 = stage2
        self.built = True

    def call(self, inputs, training=None, num_stages=None):
        outputs = self.stage1(inputs, training=training)
        images = [outputs.pop("image")]
        if self.stage2 is not None and num_stages != 1:
            outputs = self.stage2(self.stage2_inputs(inputs, images[0]), training=training)
            images.append(outputs.pop("image"))
        return {"images": images, **outputs}

    def compute_output_shape(self, input_shape):
        shapes = self.stage1.compute_output_shape(input_shape)
        images = [shapes.pop("image")]
        if self.stage2 is not None:
            shapes = self.stage2.compute_output_shape(input_shape)
            images.append(shapes.pop("image"))
        return {"images": images, **shapes}

    @staticmethod
    def stage2_inputs(inputs, image):
        """What Stage-II takes of the whole network's inputs."""
        stage2 = {"image": image, "embeddings": inputs["embeddings"]}
        if "stage2_augmentation_noise" in inputs:
            stage2["augmentation_noise"] = inputs["stage2_augmentation_noise"]
        return stage2

    def get_config(self):
        config = super().get_config()
        config["stage1"] = keras.saving.serialize_keras_object(self.stage1)
        config["stage2"] = keras.saving.serialize_keras_object(self.stage2)
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("stage1", "stage2"):
            config[name] = keras.saving.deserialize_keras_object(config[name])
        return cls(**config)
