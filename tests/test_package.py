"""The package as a whole: its version, what importing it brings along, and that it is light."""

import re
from pathlib import Path

import keras_stackgan

REPOSITORY = Path(__file__).parent.parent
OPTIONAL = (
    "lmdb",
    "gradio",
    "keras_cv",
    "matplotlib",
    "onnx",
    "pandas",
    "scipy",
    "skia",
    "sklearn",
    "tensorflow_datasets",
    "tensorflow_hub",
    "tf2onnx",
    "tokenizers",
    "torch",
)


def test_version_has_one_place():
    from keras_stackgan.version import __version__

    assert keras_stackgan.__version__ == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", __version__)
    assert f'"{__version__}"' not in (REPOSITORY / "setup.py").read_text()
    assert __version__ in (REPOSITORY / "CHANGELOG.md").read_text()


def test_import_brings_nothing_optional(run_in_new_process):
    # TensorFlow itself imports some of them where they are installed: what counts is ours.
    printed = run_in_new_process(
        f"""
        import sys
        import tensorflow, keras
        before = set(sys.modules)
        import keras_stackgan
        new = {{name.split(".")[0] for name in set(sys.modules) - before}}
        print(sorted(new & set({OPTIONAL!r})))
        """
    )
    assert printed.strip() == "[]"


def test_import_leaves_global_settings_alone(run_in_new_process):
    printed = run_in_new_process(
        """
        import logging, random
        import keras
        import numpy as np

        random.seed(1), np.random.seed(1)
        before = (random.getstate(), np.random.get_state()[1].tolist(), logging.root.level)
        before += (keras.config.dtype_policy().name, keras.config.image_data_format())
        import keras_stackgan
        after = (random.getstate(), np.random.get_state()[1].tolist(), logging.root.level)
        after += (keras.config.dtype_policy().name, keras.config.image_data_format())
        print(before == after)
        """
    )
    assert printed.strip() == "True"


def test_models_import_where_tensorflow_is_blocked(run_without_tensorflow):
    printed = run_without_tensorflow(
        """
        import sys
        import keras
        from keras_stackgan import StackGANv2
        print(keras.backend.backend(), StackGANv2.__name__, "tensorflow" in sys.modules)
        """
    )
    assert printed.split() == ["jax", "StackGANv2", "False"]


def test_data_imports_where_tensorflow_is_blocked(run_without_tensorflow):
    printed = run_without_tensorflow(
        """
        import sys
        from keras_stackgan.data import read_records, write_toy_flowers
        records = write_toy_flowers("flowers", count=2, size=16)
        print(len(read_records("flowers")), "tensorflow" in sys.modules)
        """
    )
    assert printed.split() == ["2", "False"]
