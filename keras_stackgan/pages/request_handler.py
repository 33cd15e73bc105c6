"""One request: is it from this page, how large is it, and who answers it."""

import http.server
import ipaddress
import json
import sys
import traceback
import urllib.parse

from keras_stackgan.pages.page_error import PageError
from keras_stackgan.pages.response import Response

MAX_BODY = 16 * 1024
# Of a body that is refused, this much is read and thrown away.
MAX_DRAINED = 2**20
# Nothing comes from elsewhere and nothing is sent elsewhere; no other page may frame these.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class RequestHandler(http.server.BaseHTTPRequestHandler):
    """Answers a request by the routes of `server.page`; see `PageServer`."""

    # Seconds that a read or a write may take: who sends nothing holds no thread for long.
    timeout = 30

    def do_GET(self):
        self._answer("GET")

    def do_HEAD(self):
        self._answer("GET")

    def do_POST(self):
        self._answer("POST")

    def version_string(self):
        return "keras_stackgan"

    def log_message(self, *arguments):
        """Requests are not logged: sentences and names are nobody's business."""

    def _answer(self, method):
        self._body_is_read = False
        try:
            response = self._respond(method)
        except PageError as error:
            response = Response.of_json({"error": error.message}, error.status, error.headers)
        except TimeoutError:
            response = Response.of_json({"error": "The request did not come to its end."}, 408)
        except ConnectionError:
            return
        except Exception:
            traceback.print_exc(file=sys.stderr)
            said = "This is a fault of the server. Its terminal says which."
            response = Response.of_json({"error": said}, 500)
        try:
            self._send(response)
            self._drain()
        except (ConnectionError, TimeoutError):
            # Whoever asked has gone.
            self.close_connection = True

    def _respond(self, method):
        self._check_host()
        address = urllib.parse.urlsplit(self.path)
        routes = self.server.page.routes
        if (method, address.path) not in routes:
            others = sorted(verb for verb, path in routes if path == address.path)
            if others:
                raise PageError(405, f"This is for {others[0]}.", {"Allow": ", ".join(others)})
            raise PageError(404, "There is no such page.")
        if method == "POST":
            self._check_origin()
            fields = self._read_fields()
        else:
            try:
                fields = dict(urllib.parse.parse_qsl(address.query, max_num_fields=16))
            except ValueError:
                raise PageError(400, "The address holds too much.") from None
        return routes[method, address.path](fields)

    def _check_host(self):
        # A foreign page can point a name of its own at this machine and then read the answers. It
        # cannot do so with a number, so numbers are let in, and names only if they are known.
        try:
            name = urllib.parse.urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
            if name not in self.server.allowed_hosts:
                ipaddress.ip_address(name)
        except ValueError:
            raise PageError(
                403, "This server does not answer to that name. Start it with --allow_host NAME."
            ) from None

    def _check_origin(self):
        origin, site = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site")
        own = self.headers["Host"].lower()
        foreign = origin is not None and urllib.parse.urlsplit(origin).netloc.lower() != own
        if foreign or site not in (None, "same-origin"):
            raise PageError(403, "Requests of other sites are refused.")
        # A form of a foreign page can send texts, but not this type unless it is allowed to.
        if self.headers.get_content_type() != "application/json":
            raise PageError(415, "The request must be application/json.")

    def _read_fields(self):
        length = self.headers.get("Content-Length")
        if length is None or "Transfer-Encoding" in self.headers:
            raise PageError(411, "The request must say how long it is.")
        if not (length.isascii() and length.isdigit() and len(length) < 20):
            raise PageError(400, "The request's length must be a number.")
        if int(length) > MAX_BODY:
            raise PageError(413, f"The request is longer than {MAX_BODY:,} bytes.")
        self._body_is_read = True
        body = self.rfile.read(int(length))
        try:
            fields = json.loads(body)
        except (ValueError, RecursionError):
            fields = None
        if len(body) < int(length) or not isinstance(fields, dict):
            raise PageError(400, "The request must be an object of JSON.")
        return fields

    def _drain(self):
        # Closing a connection with bytes unread resets it, and the answer can be lost on its way.
        self.connection.settimeout(1)
        length = self.headers.get("Content-Length", "")
        left = min(int(length), MAX_DRAINED) if length.isascii() and length.isdigit() else 0
        if not self._body_is_read and left:
            self.rfile.read(left)

    def _send(self, response):
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in {**HEADERS, **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
