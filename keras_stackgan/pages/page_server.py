"""A server for one page on this machine, on nothing but the standard library."""

import http.server
import socket
import socketserver
import threading

from keras_stackgan.pages.request_handler import RequestHandler

MAX_CONNECTIONS = 64
BUSY = b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"


class PageServer(http.server.ThreadingHTTPServer):
    """Serves the routes of a page, one thread a request, on this machine unless told otherwise.

    Answered are exact paths alone, so no path reaches a file. Names of hosts that are not known are
    refused (a foreign page could point its own name here), and so is a POST of another site, one
    that is not JSON and one of more than 16 KiB.

    Args:
        page: object with `routes`, a dict from `(method, path)` to a function that takes a dict
            (the query's fields, or the object of a POST) and returns a `Response` or raises a
            `PageError`.
        host: str. The address to listen on. `"127.0.0.1"`: this machine alone.
        port: int. 0 for any that is free.
        allowed_hosts: tuple of str. Names, beside `localhost` and `host`, by which browsers may
            call the server.

    Raises:
        ValueError: The host is unknown, or the port is taken.

    Example:

    ```python
    with PageServer(DemoPage(model, about)) as server:
        print(server.url)
        server.serve_forever()
    ```
    """

    daemon_threads = True

    def __init__(self, page, host="127.0.0.1", port=0, allowed_hosts=()):
        self.page = page
        self.allowed_hosts = {name.lower() for name in ("localhost", host, *allowed_hosts)}
        self._connections = threading.BoundedSemaphore(MAX_CONNECTIONS)
        try:
            self.address_family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            super().__init__((host, port), RequestHandler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ValueError(
                "`host` must be an address of this machine and `port` free; port 0 takes any. "
                f"Received: {host}:{port} ({reason})."
            ) from error

    @property
    def url(self):
        """The address for the browser."""
        host = self.server_address[0]
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.server_address[1]}/"

    def server_bind(self):
        # HTTPServer's own looks the host's name up, which can take seconds where there is no net.
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request, client_address):
        if not self._connections.acquire(blocking=False):
            request.settimeout(1)
            try:
                request.sendall(BUSY)
            except OSError:
                pass
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()
