"""What there is to know of a preset without loading it, as plain data."""

from keras_stackgan.presets import preset_directory as layout
from keras_stackgan.presets import registry
from keras_stackgan.text import encoder_files


def describe(preset, sha256=None):
    """Returns what a preset is, without making the model.

    Args:
        preset: str or path. See `from_preset`.
        sha256: str. The checksum of an archive behind an address.

    Returns:
        dict that JSON can hold: `name`, `path`, `class_name`, `config` (the model's arguments),
        `description`, `text_encoder` (its class, or `None`), `has_training_weights`, `bytes` (of
        all files), `damaged` (files that are missing or not as they were saved) and `metadata`,
        all of `metadata.json`.

    Raises:
        ValueError: If there is no such preset, or its `config.json` or `metadata.json` is damaged.
        OSError: If an archive cannot be fetched or kept.

    Example:

    ```python
    describe("my_preset")["metadata"]["figures"]
    ```
    """
    found = layout.PresetDirectory(registry.find(preset, sha256))
    encoder = None
    if found.has(layout.TEXT_ENCODER):
        try:
            encoder = encoder_files.read_config(found.path / layout.TEXT_ENCODER)[0]
        except ValueError as error:
            raise found.error(str(error)) from error
    return {
        "name": found.name,
        "path": str(found.path),
        "class_name": found.class_name.rpartition(">")[2],
        "config": found.config,
        "description": found.metadata["description"],
        "text_encoder": encoder and encoder.rpartition(">")[2],
        "has_training_weights": found.has(layout.TRAINING_WEIGHTS),
        "bytes": sum(size for size, _ in found.files.values()),
        "damaged": sorted(name for name in found.files if found.fault(name)),
        "metadata": found.metadata,
    }
