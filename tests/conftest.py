"""Two logical CPU devices for every test, quiet logs, and what several tests share."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pytest
import tensorflow as tf

# Before any op runs: the number of devices is fixed from then on.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
for device in tf.config.list_physical_devices("GPU"):
    # Several test processes share the GPU.
    tf.config.experimental.set_memory_growth(device, True)

REPOSITORY = Path(__file__).parent.parent

WITHOUT_TENSORFLOW = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name == "tensorflow" or name.startswith(("tensorflow.", "tensorflow_")):
            raise ImportError(f"{name} is blocked by this test")

sys.meta_path.insert(0, Blocker())
"""


def pytest_collection_modifyitems(items):
    if not tf.config.list_physical_devices("GPU"):
        skip = pytest.mark.skip(reason="needs a GPU; this machine has none")
        for item in items:
            if "gpu" in item.keywords:
                item.add_marker(skip)


def run_python(code, folder, **environment):
    """Runs code in a fresh process, from another folder than the repository; returns its output."""
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, f"{code}\nfailed with:\n{result.stderr[-4000:]}"
    return result.stdout


@pytest.fixture
def run_in_new_process(tmp_path):
    """A function that runs a snippet in a fresh Python and returns what it printed."""

    def run(code, **environment):
        return run_python(textwrap.dedent(code), tmp_path, **environment)

    return run


@pytest.fixture
def run_without_tensorflow(tmp_path):
    """A function that runs a snippet on Keras' JAX backend, where TensorFlow cannot be imported."""

    def run(code, **environment):
        code = WITHOUT_TENSORFLOW + textwrap.dedent(code)
        return run_python(code, tmp_path, **{"KERAS_BACKEND": "jax", **environment})

    return run
