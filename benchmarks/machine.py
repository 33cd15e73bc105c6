"""What every benchmark prints first: machine, versions, command."""

import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys

PACKAGES = ("keras_stackgan", "keras", "tensorflow", "numpy")
CPUINFO = "/proc/cpuinfo"
# What speed depends on, and what names of virtual processors do not tell; the widest come last.
INSTRUCTIONS = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_bf16": "AVX512-BF16",
    "amx_bf16": "AMX-BF16",
}


def processor():
    """The processor's name and widest instructions, and the GPU's if there is one."""
    cpu = platform.processor() or platform.machine()
    if os.path.exists(CPUINFO):
        with open(CPUINFO, encoding="utf-8") as file:
            told = [line.split(":", 1) for line in file if ":" in line]
        # Of the first processor: the others are like it.
        told = {key.strip(): value.strip() for key, value in reversed(told)}
        flags = told.get("flags", "").split()
        known = [name for flag, name in INSTRUCTIONS.items() if flag in flags]
        cpu = " ".join([told.get("model name", cpu), *(f"({name})" for name in known[-1:])])
    return " with ".join([cpu, *graphics()])


def graphics():
    """Names of the NVIDIA GPUs, each once."""
    if shutil.which("nvidia-smi") is None:
        return []
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(command, capture_output=True, text=True)
    return (
        sorted({line.strip() for line in done.stdout.splitlines()}) if not done.returncode else []
    )


def command():
    """The command line that began this, without the folder that its results go to."""
    arguments = [text for text in sys.argv[1:] if not text.startswith("--results=")]
    return " ".join(["python", f"benchmarks/{os.path.basename(sys.argv[0])}", *arguments])


def versions(*packages):
    """One string of Python's version and the packages'; "absent" for what is not installed."""
    found = [f"python {platform.python_version()}"]
    for package in (*PACKAGES, *packages):
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{package} absent")
    return ", ".join(found)


def facts():
    """Where and how this runs, for lines of JSON."""
    return {
        "machine": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "versions": versions("torch"),
        "command": command(),
        "date": datetime.date.today().isoformat(),
    }


def describe(*packages):
    """Returns three lines about where and how this runs."""
    machine = f"machine: {processor()}, {os.cpu_count()} cores"
    return f"{machine}\nversions: {versions(*packages)}\ncommand: {command()}"
