"""The methods of models that read and write presets."""


class _Presets:
    """The built-in presets of a class, as its attribute."""

    def __get__(self, instance, owner):
        from keras_stackgan.presets import available

        return available(owner)


class PresetMethods:
    """Loading a trained model from a preset, and saving one as a preset.

    Attributes:
        presets: dict from the name of each built-in preset of the class to its description.
    """

    presets = _Presets()

    @classmethod
    def from_preset(cls, preset, *, sha256=None, trainable=False, dtype=None):
        """Loads a model from a preset; every file is compared with its checksum.

        Args:
            preset: str or path. The name of a built-in preset (see `presets`), a directory, or the
                https address of a `.tar.gz` archive, which is kept in the user's cache directory
                (`KERAS_STACKGAN_CACHE` names another).
            sha256: str. The archive's checksum, 64 hexadecimal digits; needed with an address.
            trainable: bool. `False` for a model that draws. `True` for one to `compile` and `fit`:
                its live generator begins as the average, with fresh discriminators, or as the
                preset's own training left both if it was saved with `include_training`.
            dtype: str or `None`. The model's precision, such as `"mixed_bfloat16"`; `None` for the
                preset's: that of its weights.

        Returns:
            A model, not compiled, with its `text_encoder` if the preset has one.

        Raises:
            ValueError: If there is no such preset, it is of another class, or it is damaged,
                foreign or of a later version.
            OSError: If an archive cannot be fetched or kept.

        Example:

        ```python
        model = StackGANv2.from_preset("my_preset")
        pictures = model.generate("a red bird with black wings", num_images=4, seed=0)
        ```
        """
        from keras_stackgan.presets import preset as presets

        return presets.load(cls, preset, sha256, trainable, dtype)

    def save_to_preset(self, directory, metadata=None, include_training=False):
        """Writes the averaged generator, its text encoder and a model card to a directory.

        The directory is written whole or not at all, and the same model gives the same bytes.
        Kernels are kept as float16. What was trained in mixed precision will draw in that of its
        weights.

        Args:
            directory: path to make. What is there already is replaced if it is a preset or empty.
            metadata: dict, or `None`. What the model card says; all of it is optional:
                `description` (a sentence), `license`; the lists of sentences `knows` (what it can
                draw), `captions` (examples), `limits`, `citation`; the dicts `dataset` (such as
                `name`, `license`, `credit`) and `training` (such as `steps`, `hours`, `command`);
                `figures`, a list of dicts with `name`, `value`, the `command` that measured it,
                and more if wanted.
            include_training: bool. Whether the live generator and the discriminators are kept too,
                for training further. Optimizers are not: those are a training state's.

        Raises:
            ValueError: If `metadata` is not as described, a weight is not finite, or
                `text_encoder` is none that can be saved.
            FileExistsError: If `directory` holds something else.

        Example:

        ```python
        model.save_to_preset("my_preset", {"description": "Red birds.", "license": "CC BY 4.0"})
        ```
        """
        from keras_stackgan.presets import save_to_preset

        save_to_preset(self, directory, metadata, include_training)
