"""The package as a whole: its version, what importing it brings along, and that it is light."""

import ast
import re
import runpy
from pathlib import Path

import pytest

import keras_stackgan

REPOSITORY = Path(__file__).parent.parent
OPTIONAL = (
    "lmdb",
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


@pytest.fixture
def metadata(monkeypatch):
    """What setup.py says of the package."""
    said = {}
    monkeypatch.setattr("setuptools.setup", lambda **arguments: said.update(arguments))
    runpy.run_path(str(REPOSITORY / "setup.py"))
    return said


def test_what_is_required_has_a_lower_bound_that_was_tried(metadata):
    text = (REPOSITORY / "constraints.txt").read_text()
    tried = dict(re.findall(r"^([\w-]+)==(\S+)$", text, re.MULTILINE))
    for requirement in metadata["install_requires"]:
        name, bound = requirement.split(">=")
        numbers = [[int(n) for n in version.split(".")[:2]] for version in (bound, tried[name])]
        assert numbers[0] <= numbers[1]


def test_the_extra_all_is_what_users_may_want(metadata):
    extras = metadata["extras_require"]
    wanted = {name for key in set(extras) - {"all", "bench", "dev", "test"} for name in extras[key]}
    assert set(extras["all"]) == wanted


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


# Where a part may import from: those of a lower rank, itself, and what is named here.
RANKS = dict.fromkeys(("version", "file_lock", "formats", "layers", "losses", "recipes"), 0)
RANKS |= {"models": 1}
RANKS |= dict.fromkeys(("presets", "export", "data", "text", "metrics", "callbacks", "convert"), 2)
RANKS |= {"training": 3, "evaluation": 4, "pages": 4, "cli": 5}
BESIDE = {
    ("losses", "layers"),
    ("layers", "losses"),
    ("export", "presets"),
    ("export", "text"),
    ("presets", "text"),
    ("callbacks", "metrics"),
}


def imports_at_the_top(path):
    """The parts of this package that a file imports outside of its functions."""
    for node in ast.iter_child_nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("keras_stackgan."))


def test_imports_point_one_way():
    package = REPOSITORY / "keras_stackgan"
    wrong = []
    for path in sorted(package.glob("*/**/*.py")):
        part = path.relative_to(package).parts[0]
        for other in imports_at_the_top(path):
            if other != part and RANKS[other] >= RANKS[part] and (part, other) not in BESIDE:
                wrong.append(f"{path.relative_to(REPOSITORY)} imports {other}")
    assert wrong == []


def test_the_command_line_is_light_and_python_programs_know_the_models(run_in_new_process):
    code = """
        import sys
        sys.argv = [{name!r}]
        import keras_stackgan
        print("tensorflow" in sys.modules, hasattr(keras_stackgan, "StackGANv2"))
        """
    for name in ("keras-stackgan", "keras-stackgan.exe", "keras-stackgan-script.py"):
        light = run_in_new_process(code.format(name=f"/usr/bin/{name}"))
        assert light.split() == ["False", "False"]
    # A script of the user's, though it is called like the command.
    assert run_in_new_process(code.format(name="keras-stackgan.py")).split() == ["True", "True"]


def test_modules_take_from_the_package_only_its_folders():
    # The command line imports the package without its models, for its help not to wait for them.
    package = REPOSITORY / "keras_stackgan"
    folders = {path.name for path in package.iterdir() if path.is_dir()}
    taken = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "keras_stackgan":
                taken.update(alias.name for alias in node.names)
    assert taken and taken <= folders
