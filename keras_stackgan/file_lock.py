"""A lock on a file, which processes that write it take turns with."""

import contextlib

try:
    import fcntl
except ImportError:
    # Windows has no such locks.
    fcntl = None


@contextlib.contextmanager
def locked(file):
    """Holds a file's lock, waiting for it if another process or another opened file has it.

    Where there are no locks, on Windows and on some network file systems, it goes on without.

    Args:
        file: an open file.

    Example:

    ```python
    with open("votes.jsonl", "ab") as file, locked(file):
        file.write(line)
    ```
    """
    if fcntl is None:
        yield
        return
    with contextlib.suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
