"""Where results and their page lie: a GPU's beside the CPU's, so that neither is lost."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent


def folder(device):
    """The folder of JSON lines of a device, `"cpu"` or `"gpu"`."""
    return HERE / ("results_gpu" if device == "gpu" else "results")


def page(device):
    """The page that is made of them."""
    return HERE / ("RESULTS_GPU.md" if device == "gpu" else "RESULTS.md")


def is_default(path):
    """Whether a path is the folder of one of the devices."""
    return pathlib.Path(path).resolve() in (folder("cpu"), folder("gpu"))
