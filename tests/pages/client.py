"""Requests as a browser makes them, and as it never would."""

import contextlib
import http.client
import json
import socket
import threading

from keras_stackgan.pages import PageServer


class Client:
    """Asks one server."""

    def __init__(self, server):
        self.server = server
        self.host, self.port = server.server_address[:2]

    @property
    def url(self):
        return self.server.url

    def ask(self, method, path, body=None, **headers):
        """Returns status, headers and body; `_` in a header's name stands for `-`."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields, **headers):
        """Returns status and what JSON said."""
        headers = {"Content_Type": "application/json", **headers}
        status, _, body = self.ask("POST", path, json.dumps(fields), **headers)
        return status, json.loads(body)

    def send(self, data):
        """Sends bytes as they are; returns all that comes back."""
        with socket.create_connection((self.host, self.port), timeout=60) as connection:
            # What does not fit waits here, so that a server that stops reading is noticed.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@contextlib.contextmanager
def serving(page, **options):
    """Serves a page from a thread; yields a `Client`."""
    with PageServer(page, **options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Client(server)
        finally:
            server.shutdown()
            thread.join()
