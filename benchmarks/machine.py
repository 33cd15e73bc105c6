"""What every benchmark prints first: machine, versions, command."""

import datetime
import importlib.metadata
import os
import platform
import sys


def processor():
    """The processor's name."""
    cpu = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.split(":", 1)[1].strip() for line in file if "model name" in line]
        cpu = models[0] if models else cpu
    return cpu


def command():
    """The command line that began this."""
    return " ".join(["python", f"benchmarks/{os.path.basename(sys.argv[0])}", *sys.argv[1:]])


def facts():
    """Where and how this runs, for lines of JSON."""
    return {
        "machine": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "command": command(),
        "date": datetime.date.today().isoformat(),
    }


def describe(*packages):
    """Returns three lines about where and how this runs."""
    versions = [f"python {platform.python_version()}"]
    for package in ("keras_stackgan", "keras", "tensorflow", "numpy", *packages):
        versions.append(f"{package} {importlib.metadata.version(package)}")
    machine = f"machine: {processor()}, {os.cpu_count()} cores"
    return f"{machine}\nversions: {', '.join(versions)}\ncommand: {command()}"
