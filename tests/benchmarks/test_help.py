"""`--help` of the benchmarks names the flags that the README uses."""

import subprocess
import sys
from pathlib import Path

import pytest

WITH_DEVICE = ("run_all", "train_step")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("program", "flags"),
    [
        ("run_all", ["only", "quick", "device", "results"]),
        ("report", ["results", "page"]),
        ("memory", ["quick", "results", "steps"]),
        ("train_step", ["device", "contenders", "dtypes", "recipe"]),
        ("paper_tables", ["width", "pictures", "seeds", "rows", "probe"]),
    ],
)
def test_help_names_all_flags(program, flags):
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / f"{program}.py", "--help"],
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    lines = [line.strip() for line in done.stdout.splitlines()]
    # `--device` is not taken where it would change nothing.
    assert (program in WITH_DEVICE) == any(line.startswith("--device:") for line in lines)
    for flag in flags:
        assert any(line.startswith((f"--{flag}:", f"--[no]{flag}:")) for line in lines), flag
