"""What every benchmark prints first: machine, versions, command."""

import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys

PACKAGES = ("keras_stackgan", "keras", "tensorflow", "numpy")


def processor():
    """The processor's name, and the GPU's if there is one."""
    cpu = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.split(":", 1)[1].strip() for line in file if "model name" in line]
        cpu = models[0] if models else cpu
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
