"""What Linux says of the memory of this process and of the machine."""


def _entry(path, name):
    try:
        with open(path, encoding="utf-8") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith(name + ":"))
    except (OSError, StopIteration):
        return None


def own(name):
    """An entry of `/proc/self/status` in MB, or `None` where there is none.

    `VmHWM` is the largest resident memory. Unlike `ru_maxrss` it begins at nothing in a new
    program: `ru_maxrss` begins with that of the process it was started from.

    Args:
        name: str. `"VmHWM"`, `"VmRSS"` or `"RssAnon"`.
    """
    return _entry("/proc/self/status", name)


def left():
    """Memory of the machine that is not in use, in MB, or `None`."""
    return _entry("/proc/meminfo", "MemAvailable")
