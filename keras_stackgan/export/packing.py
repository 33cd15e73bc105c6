"""Archives whose bytes follow from what is in them."""

import gzip
import hashlib
import io
import tarfile


def pack(directory):
    """Packs a directory as TF-Hub wants it; the same files give the same bytes.

    The directory's content is at the archive's top, and directories are members: TensorFlow's
    reader makes none by itself.

    Args:
        directory: Path.

    Returns:
        bytes of a `.tar.gz`.
    """
    packed = io.BytesIO()
    # Neither the archive's own name nor the time is in it.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as compressed:
        with tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path in sorted(directory.rglob("*")):
                member = tarfile.TarInfo(path.relative_to(directory).as_posix())
                if path.is_dir():
                    member.type, member.mode = tarfile.DIRTYPE, 0o755
                    archive.addfile(member)
                else:
                    data = path.read_bytes()
                    member.size, member.mode = len(data), 0o644
                    archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def sha256(data):
    """The checksum of bytes, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
