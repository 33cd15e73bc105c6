"""What NVIDIA's driver says of GPUs; no framework is loaded for it."""

import os
import shutil
import subprocess


def query(entry):
    """One entry of each GPU that programs may use, as text; `None` where there is no driver.

    Args:
        entry: str. One of `nvidia-smi --help-query-gpu`.
    """
    if shutil.which("nvidia-smi") is None:
        return None
    command = ["nvidia-smi", f"--query-gpu={entry}", "--format=csv,noheader,nounits"]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    done = subprocess.run(
        [*command, *([f"--id={visible}"] if visible else [])], capture_output=True, text=True
    )
    return None if done.returncode else [line.strip() for line in done.stdout.splitlines()]


def left():
    """Memory of the first GPU that is not in use, in MB, or `None`: there all contenders are."""
    free = query("memory.free")
    return float(free[0]) if free and free[0].isdecimal() else None
