"""What a page answers."""

import dataclasses
import json
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
}


@dataclasses.dataclass(frozen=True)
class Response:
    """A body and how it is to be read.

    Args:
        body: bytes.
        content_type: str.
        status: int.
        headers: dict of str.

    Example:

    ```python
    Response.of_json({"done": 3}).body  # b'{"done": 3}'
    ```
    """

    body: bytes
    content_type: str
    status: int = 200
    headers: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def of_json(cls, value, status=200, headers=None):
        """Returns plain data as JSON."""
        body = json.dumps(value, allow_nan=False).encode()
        return cls(body, "application/json", status, dict(headers or {}))

    @classmethod
    def of_file(cls, path):
        """Returns a file's bytes; its ending says what they are."""
        path = Path(path)
        return cls(path.read_bytes(), KINDS[path.suffix])

    @classmethod
    def of_asset(cls, name):
        """Returns a file of this package; `name` is never part of a request."""
        return cls.of_file(ASSETS / name)
