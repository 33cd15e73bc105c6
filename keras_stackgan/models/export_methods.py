"""The methods of models that write them for other programs."""


class ExportMethods:
    """Exports of the averaged generator."""

    def export_saved_model(self, directory):
        """Writes a SavedModel that takes sentences and needs nothing but TensorFlow.

        See `keras_stackgan.export.export_saved_model` for its functions.

        Args:
            directory: path to make. What is there already is replaced if it is a SavedModel or an
                empty directory.

        Raises:
            FileExistsError: If `directory` holds something else.
            RuntimeError: If Keras does not run on TensorFlow.
            ValueError: If the text encoder's vectors do not fit the model.

        Example:

        ```python
        model = StackGANv2(image_sizes=(16, 32), generator_filters=4, embedding_dim=8)
        model.export_saved_model("generator")
        tf.saved_model.load("generator")(tf.ones((2, 8))).shape  # (2, 32, 32, 3)
        ```
        """
        from keras_stackgan.export import export_saved_model

        export_saved_model(self, directory)
