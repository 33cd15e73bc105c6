"""Unpacking archives that may be hostile."""

import gzip
import re
import shutil
import tarfile
import zlib
from pathlib import PurePosixPath

# Neither empty, nor hidden tricks of some file system: drives, streams, control characters.
_NAME = re.compile(r"[\w.+-][\w.+ -]{0,150}", re.ASCII)
_MAX_DEPTH = 8
MAX_FILES = 256
MAX_BYTES = 4 * 2**30
# Weights hardly compress; an archive that grows more than this is a bomb.
MAX_GROWTH = 20
SMALL = 64 * 2**20


class _Bounded:
    """A stream of which no more than so many bytes can be read."""

    def __init__(self, stream, limit):
        self.stream, self.left = stream, limit

    def read(self, size=-1):
        # One byte too many shows that there is more.
        size = self.left + 1 if size < 0 else min(size, self.left + 1)
        content = self.stream.read(size)
        self.left -= len(content)
        if self.left < 0:
            raise ValueError("it unpacks to too many bytes")
        return content


def unpack(path, directory):
    """Unpacks the files of a `.tar.gz` archive into a directory, and nothing but files.

    Args:
        path: Path of the archive.
        directory: Path of an empty directory.

    Raises:
        ValueError: If the archive is cut short or foreign, too large once unpacked, or holds a
            link, a device or a name that leads out of the directory; the message is a clause.
    """
    limit = min(MAX_BYTES, max(SMALL, MAX_GROWTH * path.stat().st_size))
    names = set()
    try:
        with gzip.open(path) as stream:
            bounded = _Bounded(stream, limit)
            with tarfile.open(fileobj=bounded, mode="r|") as archive:
                for member in archive:
                    target = directory.joinpath(*_parts(member))
                    names.add(member.name)
                    if len(names) > MAX_FILES:
                        raise ValueError(f"it holds more than {MAX_FILES} files")
                    if member.isdir():
                        target.mkdir(parents=True, exist_ok=True)
                        continue
                    target.parent.mkdir(parents=True, exist_ok=True)
                    # Never over a file that is there already: names that differ by case alone.
                    with archive.extractfile(member) as source, open(target, "xb") as file:
                        shutil.copyfileobj(source, file)
            # To the end: only there is gzip's own checksum compared.
            while bounded.read(2**20):
                pass
    except (gzip.BadGzipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise ValueError(f"it is no whole .tar.gz archive ({error})") from error
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise ValueError(f"it holds a name twice ({error.filename})") from error


def _parts(member):
    """The parts of a member's path, if it is a file or directory below where it is unpacked."""
    shown = repr(member.name[:200])
    # A sparse file unpacks to more than the archive holds.
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise ValueError(f"{shown} is no plain file or directory")
    parts = PurePosixPath(member.name).parts
    if member.name.startswith("/") or ".." in parts:
        raise ValueError(f"{shown} leads out of its directory")
    if len(parts) > _MAX_DEPTH or not all(_NAME.fullmatch(part) for part in parts):
        raise ValueError(f"{shown} is no plain name")
    return parts
