"""From a model to a preset, and from a preset to a model."""

from pathlib import Path

import keras

from keras_stackgan.models import AdversarialModel, ema
from keras_stackgan.presets import metadata as preset_metadata
from keras_stackgan.presets import preset_directory as layout
from keras_stackgan.presets import quick_initializer, registry, weights
from keras_stackgan.presets.model_card import model_card
from keras_stackgan.text import TextEncoder
from keras_stackgan.text.arrays_file import read_arrays, write_arrays
from keras_stackgan.text.whole_directory import whole_directory

# What no preset decides: Keras' own name for a model, and whether it trains.
LEFT_OUT = ("name", "trainable")
FROZEN_NETWORK = "discriminator_features"
INITIALIZERS = ("kernel_initializer", "discriminator_kernel_initializer")


def from_preset(preset, *, sha256=None, trainable=False, dtype=None):
    """Loads a model of whatever class the preset is of.

    See `AdversarialModel.from_preset`, which does the same for presets of one class.

    Args:
        preset: str or path. The name of a built-in preset, a directory, or the https address of a
            `.tar.gz` archive.
        sha256: str. The archive's checksum, 64 hexadecimal digits; needed with an address.
        trainable: bool. Whether the model is to be trained further.
        dtype: str or `None`. The model's precision; `None` for the preset's, `"float32"`.

    Returns:
        A model, not compiled, with its `text_encoder` if it has one.

    Raises:
        ValueError: If there is no such preset, or it is damaged, foreign or of a later version.
        OSError: If an archive cannot be fetched or kept.

    Example:

    ```python
    model = keras_stackgan.from_preset("my_preset")
    model.generate("a red bird", num_images=4).shape
    ```
    """
    return load(AdversarialModel, preset, sha256, trainable, dtype)


def load(wanted, preset, sha256=None, trainable=False, dtype=None):
    """Returns a model of the class `wanted`; see `AdversarialModel.from_preset`."""
    if dtype is not None:
        _check_dtype(dtype)
    found = layout.PresetDirectory(registry.find(preset, sha256))
    model_class = found.model_class(wanted)
    found.verify(layout.FOR_PEOPLE if trainable else (*layout.FOR_PEOPLE, layout.TRAINING_WEIGHTS))
    try:
        arrays = read_arrays(found.path / layout.WEIGHTS)
        encoder = _load_encoder(found)
        config = found.config if dtype is None else {**found.config, "dtype": dtype}
        if config.get(FROZEN_NETWORK) is not None:
            # A network that a stranger describes is not built.
            raise ValueError(f"a preset has no {FROZEN_NETWORK}")
        with quick_initializer.bounded(sum(array.size for array in arrays.values())):
            model = _make_model(model_class, config, quick=not trainable)
        weights.assign_inference(model, arrays)
        _check_encoder(model, encoder)
        if trainable and found.has(layout.TRAINING_WEIGHTS):
            arrays = read_arrays(found.path / layout.TRAINING_WEIGHTS)
            weights.assign_training(model, arrays)
        else:
            ema.copy_weights(model.averaged_generator, model.generator)
    # What a constructor raises for arguments that are none.
    except (AttributeError, ImportError, KeyError, OSError, TypeError, ValueError) as error:
        raise found.error(f"{type(error).__name__}: {error}") from error
    model.text_encoder = encoder
    if not trainable:
        model.trainable = False
        # No optimizer has its weights, and batch statistics can be measured anew on trainable
        # layers only.
        model.averaged_generator.trainable = True
    return model


def save_to_preset(model, directory, metadata=None, include_training=False, attachments=None):
    """Writes a model as a preset; see `AdversarialModel.save_to_preset`.

    Args:
        model: the model.
        directory: path to make.
        metadata: dict, or `None`.
        include_training: bool.
        attachments: dict from the name of a further file to its text, or `None`.
    """
    name = keras.saving.get_registered_name(type(model))
    if keras.saving.get_registered_object(name) is not type(model):
        raise ValueError(
            f"A preset's class must be registered. Received: {name}. Decorate it with "
            "@keras.saving.register_keras_serializable('your_package')."
        )
    if include_training and getattr(model, FROZEN_NETWORK, None) is not None:
        raise ValueError(
            "A preset has no place for the network that discriminators look through, and without "
            f"it theirs are of no use. Received: include_training=True of a model with "
            f"{FROZEN_NETWORK}; leave it out, or write model.save('model.keras')."
        )
    said = preset_metadata.check(metadata)
    _check_encoder(model, model.text_encoder)
    arrays = weights.inference_arrays(model)
    described = preset_metadata.complete(said, model)
    with whole_directory(directory, layout.is_preset, "a preset") as new:
        _write_json(new / layout.CONFIG, _config(model, name))
        write_arrays(new / layout.WEIGHTS, arrays)
        if include_training:
            write_arrays(new / layout.TRAINING_WEIGHTS, weights.training_arrays(model))
        if model.text_encoder is not None:
            model.text_encoder.save(new / layout.TEXT_ENCODER, dtype="float16")
        for file, text in (attachments or {}).items():
            (new / file).write_text(text, encoding="utf-8")
        has_text = model.text_encoder is not None
        named = Path(directory).absolute().name, type(model).__name__
        card = model_card(*named, described, has_text, include_training)
        (new / layout.CARD).write_text(card, encoding="utf-8")
        files = sorted(path for path in new.rglob("*") if path.is_file())
        described["files"] = {
            path.relative_to(new).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": layout.file_sha256(path),
            }
            for path in files
        }
        _write_json(new / layout.METADATA, described)


# === Small parts ===


def _config(model, name):
    config = {k: v for k, v in model.get_config().items() if k not in LEFT_OUT}
    # Of a network that only discriminators look through, which a preset does not have.
    config = {k: None if k == FROZEN_NETWORK else v for k, v in config.items()}
    # Mixed precision is for training: processors without bfloat16 draw very slowly in it.
    config["dtype"] = model.dtype_policy.variable_dtype
    return {
        "format": layout.FORMAT,
        "version": layout.VERSION,
        "class_name": name,
        "config": config,
    }


def _check_dtype(dtype):
    try:
        keras.dtype_policies.get(dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "`dtype` must be the name of a Keras dtype policy, such as 'mixed_bfloat16', or None. "
            f"Received: {dtype!r}."
        ) from error


def _make_model(model_class, config, quick):
    if not quick:
        return model_class.from_config(dict(config))
    quick_one = keras.initializers.serialize(quick_initializer.QuickInitializer())
    quicker = {k: quick_one for k in INITIALIZERS if k in config}
    model = model_class.from_config({**config, **quicker})
    for name in quicker:
        setattr(model, name, config[name])
    return model


def _load_encoder(found):
    if not found.has(layout.TEXT_ENCODER):
        return None
    return TextEncoder.load(found.path / layout.TEXT_ENCODER)


def _check_encoder(model, encoder):
    if encoder is None:
        return
    if not isinstance(encoder, TextEncoder):
        raise ValueError(
            "`text_encoder` of a preset must be a `keras_stackgan.text.TextEncoder` or None. "
            f"Received: {encoder!r}; set `model.text_encoder`."
        )
    if encoder.dim != model.embedding_dim:
        raise ValueError(
            f"`text_encoder` must make vectors of the model's embedding_dim={model.embedding_dim}. "
            f"Received: dim={encoder.dim}."
        )


def _write_json(path, entry):
    path.write_text(layout.to_json(entry), encoding="utf-8")
