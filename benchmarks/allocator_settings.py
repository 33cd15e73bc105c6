"""Ways to hand out memory that a process can be started with; picture-sized tensors feel them."""

import os
import pathlib
import subprocess

MAPS = pathlib.Path("/proc/self/maps")

# Freed memory is kept: else each step's tensors are given back to the system and zeroed again.
_KEPT = "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=1099511627776"
SETTINGS = {
    "glibc": {},
    "glibc, 64 MB": {
        "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
    },
    "glibc, all kept": {"GLIBC_TUNABLES": _KEPT},
    "glibc, all kept, huge pages": {"GLIBC_TUNABLES": f"{_KEPT}:glibc.malloc.hugetlb=1"},
    "jemalloc": {
        "LD_PRELOAD": "libjemalloc.so.2",
        # As PyTorch's own launcher of CPU programs sets it.
        "MALLOC_CONF": "oversize_threshold:1,background_thread:true,metadata_thp:auto,"
        "dirty_decay_ms:-1,muzzy_decay_ms:-1",
    },
    "tcmalloc": {"LD_PRELOAD": "libtcmalloc_minimal.so.4"},
}


def environment(name):
    """The environment of one setting by its name in `SETTINGS`."""
    if name not in SETTINGS:
        raise ValueError(f"An allocator must be one of {'; '.join(SETTINGS)}. Received: {name!r}.")
    return SETTINGS[name]


def lacking(name):
    """The library that a setting needs and that cannot be loaded here; else `None`."""
    library = environment(name).get("LD_PRELOAD")
    if library is None:
        return None
    done = subprocess.run(
        ["/bin/true"], env={**os.environ, "LD_PRELOAD": library}, capture_output=True, text=True
    )
    return library if "cannot be preloaded" in done.stderr else None


def check(name):
    """Sees to it that this process has the allocator that it is said to have.

    Args:
        name: str. One of `SETTINGS`.

    Raises:
        RuntimeError: its library is not loaded, or another one's is.
    """
    wanted = environment(name).get("LD_PRELOAD")
    if not MAPS.is_file():
        return
    loaded = {line.rpartition("/")[2] for line in MAPS.read_text().splitlines()}
    for library in {setting.get("LD_PRELOAD") for setting in SETTINGS.values()} - {None}:
        # The file has its whole version in its name.
        is_there = any(file.startswith(library) for file in loaded)
        if is_there != (library == wanted):
            what = f"{library} is {'' if is_there else 'not '}loaded"
            raise RuntimeError(
                f"allocator must be what this process runs with. Received: {name!r}, but {what}: "
                f"{'unset LD_PRELOAD' if is_there else 'install it, or try the allocators again'}."
            )
