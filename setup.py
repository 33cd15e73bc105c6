"""Package metadata of keras_stackgan; the version's one place is keras_stackgan/version.py."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
README = ROOT / "README.md"


def read_version():
    # Read as text: importing the package here would need TensorFlow at build time.
    text = (ROOT / "keras_stackgan" / "version.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE).group(1)


EXTRAS = {
    "datasets": ["tensorflow-datasets"],
    # tensorflow-hub imports pkg_resources, which setuptools 82 removed.
    "hub": ["tensorflow-hub", "setuptools<82"],
    "cv": ["keras-cv"],
    "onnx": ["onnx", "onnxruntime", "tf2onnx"],
    "litert": ["ai-edge-litert"],
    # The packages with the networks of FID and LPIPS ask for torch, and for flax, which reading
    # their files does not need: docs/evaluation.md says how to install them without.
    "evaluate": ["scikit-learn"],
    "paint": ["skia-python"],
    # LSUN's own archives.
    "lsun": ["lmdb"],
    "tensorboard": ["tensorboard"],
    # What the benchmarks compare with.
    "bench": ["torch"],
    "test": ["build", "jax", "pytest", "pytest-xdist", "ruff", "scipy", "setuptools", "tokenizers"],
}
USERS = ("cv", "datasets", "evaluate", "hub", "litert", "lsun", "onnx", "paint", "tensorboard")
EXTRAS["all"] = [package for extra in USERS for package in EXTRAS[extra]]
EXTRAS["test"] += EXTRAS["all"]
EXTRAS["dev"] = list(EXTRAS["test"])

setup(
    name="keras_stackgan",
    version=read_version(),
    description="StackGAN and StackGAN++ for Keras 3: pictures from sentences",
    long_description=README.read_text(encoding="utf-8") if README.exists() else "",
    long_description_content_type="text/markdown",
    author="The keras_stackgan authors",
    license="MIT",
    license_files=["LICENSE"],
    packages=find_packages(include=["keras_stackgan*"]),
    # The built-in presets too: keras_stackgan/presets/builtin/<name>/.
    package_data={
        "keras_stackgan": [
            "py.typed",
            "**/*.npz",
            "**/*.json",
            "**/*.h5",
            "**/*.md",
            "**/*.txt",
            "pages/assets/*",
        ]
    },
    include_package_data=False,
    zip_safe=False,
    python_requires=">=3.11",
    # No lower than what was tried: the versions of constraints.txt.
    install_requires=[
        "tensorflow>=2.21",
        "keras>=3.12",
        "numpy>=2.4",
        "absl-py>=2.5",
        "pillow>=12.3",
    ],
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["keras-stackgan = keras_stackgan.cli.main:run"]},
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Science/Research",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
