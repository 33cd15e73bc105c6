"""Fetching a file by https, with bounds."""

import contextlib
import http.client
import ipaddress
import string
import urllib.error
import urllib.parse
import urllib.request

from keras_stackgan.version import __version__

_CHUNK = 2**20


def check_url(url):
    """Raises a `ValueError` unless an address is one of an archive that may be fetched."""
    parts = _split(url)
    if not parts.path.endswith(".tar.gz"):
        raise ValueError(
            f"A preset's address must end in .tar.gz. Received: {url!r}. Unpacked presets are "
            "loaded by the path of their directory."
        )
    if not url.isascii():
        quoted = urllib.parse.quote(url, safe=string.punctuation)
        raise ValueError(
            "A preset's address must be written in ASCII, other letters as % and their bytes. "
            f"Received: {url!r}; if the letters are in its path, it is {quoted!r}."
        )


def download(url, path, max_bytes, timeout):
    """Writes what is behind an address to a file.

    Args:
        url: str. See `check_url`. Redirections must lead to https, or stay on this machine.
        path: Path of the file.
        max_bytes: int. The largest size that is accepted.
        timeout: float. Seconds without an answer until it is an error.

    Raises:
        OSError: If the address does not answer, or the answer breaks off.
        ValueError: If a redirection leads elsewhere, or the file is too large.
    """
    received = 0
    with _answering(url):
        response = _opener(url).open(url, timeout=timeout)
    with response, open(path, "wb") as file:
        while True:
            with _answering(url):
                chunk = response.read(_CHUNK)
            if not chunk:
                break
            received += len(chunk)
            if received > max_bytes:
                raise ValueError(
                    f"The archive behind {url!r} must have at most {max_bytes} bytes. Received: "
                    "more."
                )
            file.write(chunk)
        stated = response.headers.get("Content-Length", "")
    if stated.isdigit() and int(stated) != received:
        raise _error(url, f"{received} of {stated} bytes arrived")


# === Small parts ===


def _opener(url):
    handlers = [_Redirects()]
    if _is_loopback(_split(url).hostname):
        # A proxy would look for the address on a machine of its own.
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    # Some servers turn Python's own name away.
    opener.addheaders = [("User-Agent", f"keras_stackgan/{__version__}")]
    return opener


@contextlib.contextmanager
def _answering(url):
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise _error(url, f"the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error or type(error).__name__
        raise _error(url, reason) from error


def _error(url, reason):
    # Python tells of loops of redirections in several lines.
    reason = " ".join(str(reason).split()).rstrip(".")
    return OSError(
        f"The preset behind {url!r} could not be fetched: {reason}. Check the address and the "
        "network, and try again."
    )


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, file, code, message, headers, url):
        try:
            if _split(url).scheme != "https" and _split(request.full_url).scheme == "https":
                raise _scheme_error(url)
        except ValueError:
            file.close()
            raise
        return super().redirect_request(request, file, code, message, headers, url)


def _split(url):
    try:
        parts = urllib.parse.urlsplit(url)
        host, scheme = parts.hostname, parts.scheme
    except ValueError as error:
        raise ValueError(f"`{url!r}` is no address: {error}.") from error
    if not host or not (scheme == "https" or (scheme == "http" and _is_loopback(host))):
        raise _scheme_error(url)
    return parts


def _scheme_error(url):
    return ValueError(
        f"A preset's address must be https (http only for this machine itself). Received: {url!r}."
    )


def _is_loopback(host):
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
