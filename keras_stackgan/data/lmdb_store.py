"""Pictures inside an LMDB database, found by key; the package `lmdb` is asked for when needed."""

import functools
import threading
from pathlib import Path

_LOCK = threading.Lock()


def lmdb_keys(folder):
    """Lists the keys of a database in its own order; the pictures are not read.

    Args:
        folder: str or path. The database's folder, with `data.mdb` in it.

    Returns:
        A list of str.

    Raises:
        FileNotFoundError: the folder holds no database.
        ImportError: the package `lmdb` is not installed.
        ValueError: a key is not ASCII text.

    Example:

    ```python
    lmdb_keys("lsun/church_outdoor_val_lmdb")[:2]
    ```
    """
    with _open(str(folder)).begin(buffers=False) as transaction:
        keys = list(transaction.cursor().iternext(keys=True, values=False))
    try:
        return [key.decode("ascii") for key in keys]
    except UnicodeDecodeError as error:
        raise ValueError(
            f"The keys of '{folder}' must be ASCII text. Received: {error.object!r:.60}"
        ) from None


def read_lmdb(folder, key):
    """Returns the bytes that a database holds under a key.

    Args:
        folder: str or path. The database's folder.
        key: str.

    Raises:
        FileNotFoundError: there is no such database or key.

    Example:

    ```python
    data = read_lmdb("lsun/church_outdoor_val_lmdb", key)
    ```
    """
    with _open(str(folder)).begin(buffers=False) as transaction:
        data = transaction.get(key.encode("ascii"))
    if data is None:
        raise FileNotFoundError(f"The database '{folder}' holds nothing under the key '{key}'.")
    return data


def _open(folder):
    # Opening one file twice in a process is an error of LMDB's: it stays open, and of several
    # threads that come first one opens it.
    with _LOCK:
        return _open_once(folder)


@functools.cache
def _open_once(folder):
    try:
        import lmdb
    except ImportError as error:
        raise ImportError(
            f"'{folder}' is an LMDB database; reading it needs the package lmdb: pip install lmdb. "
            "Or export its pictures to a folder (`python data.py export` of LSUN's own tools)."
        ) from error
    if not (Path(folder) / "data.mdb").is_file():
        raise FileNotFoundError(f"The folder '{folder}' is no LMDB database: it has no data.mdb.")
    # Without locks: nothing writes, and the folder may be on a disk that cannot be written to.
    return lmdb.open(folder, readonly=True, lock=False, readahead=False, meminit=False)
