"""Archives behind addresses, fetched once and kept under the user's cache directory."""

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from keras_stackgan.presets import archive
from keras_stackgan.presets.preset_directory import CONFIG, PresetDirectory

VARIABLE = "KERAS_STACKGAN_CACHE"
TIMEOUT = 30.0
MAX_ARCHIVE = 2 * 2**30
_PREFIX = ".fetching-"
# A download that is older was killed.
_STALE = 24 * 3600.0


def cache_directory():
    """Returns where presets are kept.

    `KERAS_STACKGAN_CACHE` if it is set, else `keras_stackgan` below the platform's cache directory
    (`XDG_CACHE_HOME`, `~/.cache`; `~/Library/Caches`; `%LOCALAPPDATA%`).
    """
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE]).expanduser()
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32" and os.environ.get("LOCALAPPDATA"):
        base = Path(os.environ["LOCALAPPDATA"])
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "keras_stackgan"


def fetch(url, sha256):
    """Returns the directory of the preset in an archive, from the cache if it is there.

    The archive is checked against `sha256` before it is opened, unpacked beside its place, and
    renamed into it once the preset has been found whole; so the cache never holds half of one, and
    processes that fetch at once do not meet.

    Args:
        url: str. An https address that ends in `.tar.gz`; http of this machine only.
        sha256: str. The archive's checksum, 64 hexadecimal digits.

    Raises:
        ValueError: If an argument is not as described, or the archive is another one or no preset.
        OSError: If it cannot be fetched or kept.
    """
    from keras_stackgan.presets import download

    download.check_url(url)
    digest = _check_digest(url, sha256)
    directory = cache_directory() / "presets" / digest
    if (kept := _kept(directory)) is not None:
        return kept
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(directory.parent)
        scratch = Path(tempfile.mkdtemp(dir=directory.parent, prefix=_PREFIX))
    except OSError as error:
        raise type(error)(
            error.errno,
            f"Presets cannot be kept in '{directory.parent}' ({error.strerror}). Set {VARIABLE} to "
            "a directory that can be written",
        ) from error
    try:
        download.download(url, scratch / "archive", MAX_ARCHIVE, TIMEOUT)
        _check_archive(url, scratch / "archive", digest)
        _unpack(url, scratch / "archive", scratch / "new")
        return _keep(scratch / "new", directory)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


# === Small parts ===


def _check_digest(url, sha256):
    if not isinstance(sha256, str) or not re.fullmatch("[0-9a-fA-F]{64}", sha256):
        raise ValueError(
            "`sha256` must be the archive's checksum, 64 hexadecimal digits: an address alone "
            f"does not say what lies behind it. Received: sha256={sha256!r} for {url!r}."
        )
    return sha256.lower()


def _kept(directory):
    """The preset in the cache, if it is whole; else its place is cleared."""
    if not directory.exists():
        return None
    try:
        found = _root(directory)
        PresetDirectory(found).verify(but=())
        return found
    except ValueError:
        _discard(directory)
        return None


def _check_archive(url, path, digest):
    with open(path, "rb") as file:
        received = hashlib.file_digest(file, "sha256").hexdigest()
    if received != digest:
        raise ValueError(
            f"The archive behind {url!r} must have the checksum sha256={digest!r}. Received one "
            f"with {received!r} ({path.stat().st_size} bytes), which was thrown away. Compare "
            "both with what the preset's author states."
        )


def _unpack(url, path, directory):
    directory.mkdir()
    try:
        archive.unpack(path, directory)
        PresetDirectory(_root(directory)).verify(but=())
    except ValueError as error:
        reason = str(error).replace(str(directory), "the archive")
        raise ValueError(
            f"The archive behind {url!r} must hold a preset. Received: {reason}. It was thrown away"
        ) from error


def _root(directory):
    """The preset in an archive: all of it, or its one folder."""
    if (directory / CONFIG).is_file():
        return directory
    entries = [path for path in directory.iterdir() if path.is_dir()]
    if len(entries) == 1 and (entries[0] / CONFIG).is_file():
        return entries[0]
    raise ValueError(f"it has no {CONFIG}, neither at the top nor in its one folder")


def _keep(new, directory):
    """Renames what was unpacked into its place, unless another process came first."""
    try:
        os.replace(new, directory)
    except OSError:
        if (kept := _kept(directory)) is not None:
            return kept
        os.replace(new, directory)
    return _root(directory)


def _discard(directory):
    # Renamed first, so that nobody finds half of it.
    scratch = Path(tempfile.mkdtemp(dir=directory.parent, prefix=_PREFIX))
    with contextlib.suppress(OSError):
        os.replace(directory, scratch / "old")
    shutil.rmtree(scratch, ignore_errors=True)


def _remove_stale(folder):
    for path in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE:
                shutil.rmtree(path, ignore_errors=True)
