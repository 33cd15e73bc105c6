"""What a page refuses."""


class PageError(Exception):
    """Says why a request is refused; the server sends it as JSON.

    Args:
        status: int. The HTTP status, from 400.
        message: str. One sentence for the person in front of the page.
        headers: dict of str. What the answer carries besides.

    Example:

    ```python
    raise PageError(503, "Too many are waiting.", {"Retry-After": "5"})
    ```
    """

    def __init__(self, status, message, headers=None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
