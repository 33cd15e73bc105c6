"""The files of a preset: what they are called, and whether they are whole."""

import hashlib
import json
from pathlib import Path, PurePath

import keras

from keras_stackgan.presets import metadata as preset_metadata
from keras_stackgan.version import __version__

FORMAT = "keras_stackgan.preset"
VERSION = 1
CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
TRAINING_WEIGHTS = "training.weights.h5"
TEXT_ENCODER = "text_encoder"
CARD = "README.md"
# Written by people, perhaps, and never read by a program.
FOR_PEOPLE = (CARD,)
_MAX_JSON = 16 * 2**20


class PresetDirectory:
    """A preset on disk, of which `config.json` and `metadata.json` have been read.

    Args:
        path: path of the directory.

    Raises:
        ValueError: If it is no preset, or one of a later version of the format.
    """

    def __init__(self, path):
        self.path = Path(path)
        try:
            entry = self._read_json(CONFIG)
            _check_version(entry)
            # Not before: a later version may keep it elsewhere.
            self.metadata = self._read_json(METADATA)
            self.class_name, self.config = str(entry["class_name"]), dict(entry["config"])
            self.files = {
                name: (int(file["bytes"]), str(file["sha256"]))
                for name, file in self.metadata["files"].items()
            }
            if fault := preset_metadata.fault_of_read(self.metadata):
                raise ValueError(f"{METADATA} has {fault}")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            reason = f"there is no {error}" if isinstance(error, KeyError) else str(error)
            raise self.error(reason) from error

    @property
    def name(self):
        return self.path.absolute().name

    def has(self, name):
        """Whether the preset was saved with a file, or with a directory of files."""
        return any(file == name or file.startswith(f"{name}/") for file in self.files)

    def model_class(self, wanted):
        """Returns the model's class, which must be `wanted` or a subclass.

        Raises:
            ValueError: If it is unknown or another.
        """
        found = self._find_class()
        if found is None:
            raise self.error(
                f"its class {self.class_name[:200]!r} is not known; import the module that defines "
                "it, or install a newer keras_stackgan"
            )
        if not issubclass(found, wanted):
            raise ValueError(
                f"`{wanted.__name__}.from_preset` takes presets of {wanted.__name__}. Received: "
                f"'{self.path}', which is one of {found.__name__}; use "
                f"{found.__name__}.from_preset or keras_stackgan.from_preset."
            )
        return found

    def is_of(self, wanted):
        """Whether the model's class is known, and `wanted` or a subclass."""
        found = self._find_class()
        return found is not None and issubclass(found, wanted)

    def verify(self, but=FOR_PEOPLE):
        """Compares the files with the checksums in the metadata.

        Args:
            but: names of files that need not be whole.

        Raises:
            ValueError: If a file is missing or is not the one that was saved.
        """
        for needed in (CONFIG, WEIGHTS):
            if needed not in self.files:
                raise self.error(f"{METADATA} names no {needed}")
        for name in self.files:
            if name not in but and (fault := self.fault(name)):
                raise self.error(f"{name} {fault}")

    def fault(self, name):
        """What is wrong with a file, as the end of a sentence, or `None`."""
        size, digest = self.files[name]
        path = self.path / name
        if PurePath(name).is_absolute() or ".." in PurePath(name).parts:
            return "lies outside of it"
        if not path.is_file():
            return "is missing"
        if path.stat().st_size != size:
            return f"has {path.stat().st_size} bytes where {size} were saved"
        if file_sha256(path) != digest:
            return "has another checksum than when it was saved"
        return None

    def error(self, reason):
        """Returns the error for a preset that cannot be loaded."""
        return ValueError(
            f"'{self.path}' must be a whole preset, as `save_to_preset` writes it. Received one "
            f"where {reason}. Save or fetch it again."
        )

    # === Small parts ===

    def _find_class(self):
        # Models register themselves when they are imported.
        from keras_stackgan.models import AdversarialModel

        found = keras.saving.get_registered_object(self.class_name)
        is_model = isinstance(found, type) and issubclass(found, AdversarialModel)
        return found if is_model else None

    def _read_json(self, name):
        """A file's object, or a `ValueError` whose message is a clause."""
        try:
            with open(self.path / name, "rb") as file:
                content = file.read(_MAX_JSON + 1)
        except OSError as error:
            raise ValueError(f"{name} cannot be read ({error.strerror})") from error
        try:
            if len(content) > _MAX_JSON:
                raise ValueError("it is too large")
            entry = json.loads(content)
        # RecursionError: brackets nested by the thousand.
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{name} is no JSON ({error})") from error
        if not isinstance(entry, dict):
            raise ValueError(f"{name} holds a {type(entry).__name__} and no object")
        return entry


def _check_version(entry):
    if entry["format"] != FORMAT:
        raise ValueError(f"the format is {str(entry['format'])[:80]!r} and not {FORMAT!r}")
    if entry["version"] != VERSION:
        raise ValueError(
            f"the format has version {entry['version']!r}, and keras_stackgan {__version__} reads "
            f"version {VERSION}; update keras_stackgan"
        )


def is_preset(path):
    """Whether a directory is empty or a preset of this format, so that one may replace it."""
    path = Path(path)
    if not path.is_dir():
        return False
    if not any(path.iterdir()):
        return True
    try:
        return json.loads((path / CONFIG).read_text(encoding="utf-8"))["format"] == FORMAT
    except (OSError, KeyError, TypeError, ValueError):
        return False


def file_sha256(path):
    """Returns a file's checksum, 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_json(entry):
    """Returns plain data as text, the same for the same data."""
    return json.dumps(entry, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
