"""What every benchmark prints first: machine, versions, command."""

import datetime
import importlib.metadata
import os
import platform
import shlex
import sys

import gpu_memory
import result_places

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
    return sorted(set(gpu_memory.query("name") or ()))


def command():
    """The command line that began this; the folder of results only where it is not the usual one.

    Settings that were found are read from that folder: without its name the command would be
    another one.
    """
    arguments, given = [], sys.argv[1:]
    while given:
        text = given.pop(0)
        if text in ("--results", "-results") and given:
            text = f"--results={given.pop(0)}"
        name, _, folder = text.partition("=")
        if name not in ("--results", "-results") or not result_places.is_default(folder):
            arguments.append(text)
    return shlex.join(["python", f"benchmarks/{os.path.basename(sys.argv[0])}", *arguments])


def versions(*packages):
    """One string of Python's version and the packages'; "absent" for what is not installed."""
    found = [f"python {platform.python_version()}"]
    for package in (*PACKAGES, *packages):
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{package} absent")
    return ", ".join(found)


def identity():
    """What a figure holds for."""
    return {"machine": processor(), "cores": len(os.sched_getaffinity(0))}


def facts():
    """Where and how this runs, for lines of JSON."""
    return {
        **identity(),
        "versions": versions("torch"),
        "command": command(),
        "date": datetime.date.today().isoformat(),
    }


def describe(*packages):
    """Returns three lines about where and how this runs."""
    here = identity()
    where = f"machine: {here['machine']}, {here['cores']} cores"
    return f"{where}\nversions: {versions(*packages)}\ncommand: {command()}"
