"""The server that both pages stand on: what it refuses, and that it lives on."""

import json
import socket
import threading

import pytest
from client import serving

from keras_stackgan.pages import OneAtATime, PageError, PageServer, Response
from keras_stackgan.pages.page_server import MAX_CONNECTIONS
from keras_stackgan.pages.request_handler import MAX_BODY, RequestHandler


class EchoPage:
    """Answers with what it was given."""

    def __init__(self):
        self.routes = {
            ("GET", "/"): Response.of_json,
            ("POST", "/echo"): Response.of_json,
            ("POST", "/fail"): self.fail,
        }

    @staticmethod
    def fail(fields):
        raise RuntimeError(f"a secret: {fields}")


@pytest.fixture(scope="module")
def echo():
    with serving(EchoPage(), allowed_hosts=("birds.example",)) as client:
        yield client


# === What is answered ===


def test_it_listens_on_this_machine_alone(echo):
    assert echo.host == "127.0.0.1" and echo.url == f"http://127.0.0.1:{echo.port}/"


def test_queries_and_objects_arrive(echo):
    status, headers, body = echo.get("/?rater=A%20b&place=1")
    assert (status, json.loads(body)) == (200, {"rater": "A b", "place": "1"})
    assert headers["Content-Type"] == "application/json"
    assert echo.post("/echo", {"seed": 3}) == (200, {"seed": 3})


def test_every_answer_forbids_what_a_page_does_not_need(echo):
    for path in ("/", "/nowhere"):
        headers = echo.get(path)[1]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Server"] == "keras_stackgan"


def test_head_has_no_body(echo):
    status, headers, body = echo.ask("HEAD", "/")
    assert (status, headers["Content-Length"], body) == (200, "2", b"")


# === What is refused ===


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/../setup.py",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/assets/style.css",
        "/echo/",
    ],
)
def test_other_paths_lead_nowhere(echo, path):
    assert echo.get(path)[0] == 404


def test_the_wrong_method(echo):
    status, headers, _ = echo.get("/echo")
    assert (status, headers["Allow"]) == (405, "POST")
    assert echo.ask("POST", "/", "{}")[0] == 405
    assert echo.ask("PUT", "/")[0] == 501


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "", "127.0.0.1.evil.example"]
)
def test_foreign_names_of_this_machine(echo, host):
    status, _, body = echo.get("/", Host=host)
    assert status == 403 and b"--allow_host" in body


@pytest.mark.parametrize("host", ["localhost:9", "127.0.0.1", "[::1]:80", "birds.example:80"])
def test_known_names_and_numbers(echo, host):
    assert echo.get("/", Host=host)[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_posts_of_other_sites(echo, headers, status):
    assert echo.post("/echo", {}, **headers)[0] == status


def test_posts_of_the_page_itself(echo):
    own = {"Origin": echo.url.rstrip("/"), "Sec_Fetch_Site": "same-origin"}
    assert echo.post("/echo", {"a": 1}, **own) == (200, {"a": 1})
    # Another port of this machine is another site.
    assert echo.post("/echo", {}, Origin="http://127.0.0.1:1")[0] == 403


@pytest.mark.parametrize(
    "body", ["", "no JSON", "[1]", '"text"', "[" * 10_000, b"\xff\xfe", '{"a": ']
)
def test_what_is_no_object(echo, body):
    status, _, said = echo.ask("POST", "/echo", body, Content_Type="application/json")
    assert status == 400 and b"object of JSON" in said


def test_a_body_that_is_too_long_is_not_read(echo):
    assert echo.post("/echo", {"a": "x" * (MAX_BODY - 9)})[0] == 200
    assert echo.post("/echo", {"a": "x" * (MAX_BODY - 8)})[0] == 413


def test_a_refusal_reaches_who_is_still_sending(echo):
    head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert echo.send(head + b"Content-Length: 900000\r\n\r\n" + b"x" * 900_000).split()[1] == b"413"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (b"", b"411"),
        (b"Content-Length: -1\r\n", b"400"),
        (b"Content-Length: 1e3\r\n", b"400"),
        (b"Content-Length: 9\r\n", b"400"),
        (b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n", b"400"),
    ],
)
def test_lengths_that_are_none(echo, lines, status):
    head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert echo.send(head + lines + b"\r\n{}").split()[1] == status


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\x00" * 100, b"GET\r\n", b"GET / HTTP/9\r\n\r\n"])
def test_noise_does_no_harm(echo, data):
    echo.send(data)
    assert echo.get("/")[0] == 200


def test_a_query_that_is_too_long(echo):
    assert echo.get("/?" + "&".join(f"a{k}=1" for k in range(17)))[0] == 400
    assert echo.get("/?a=" + "x" * 70_000)[0] == 414


def test_who_sends_nothing_is_let_go(echo, monkeypatch):
    monkeypatch.setattr(RequestHandler, "timeout", 0.2)
    with socket.create_connection((echo.host, echo.port), timeout=60) as connection:
        head = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        connection.sendall(head + b"Content-Length: 10\r\n\r\n{")
        assert connection.recv(65536).split()[1] == b"408"


def test_too_many_connections(echo):
    held = [socket.create_connection((echo.host, echo.port)) for _ in range(MAX_CONNECTIONS)]
    try:
        assert echo.send(b"").split()[1] == b"503"
    finally:
        for connection in held:
            connection.close()
    # The threads that held them end by themselves.
    for _ in range(200):
        if echo.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").split()[1] == b"200":
            return
    raise AssertionError("connections that are closed still count")


def test_a_fault_is_told_to_the_terminal_alone(echo, capfd):
    status, said = echo.post("/fail", {"a": 1})
    assert status == 500 and "secret" not in str(said)
    assert "RuntimeError: a secret" in capfd.readouterr().err
    assert echo.get("/")[0] == 200


def test_a_port_that_is_taken(echo):
    with pytest.raises(ValueError, match=r"port 0 takes any. Received: 127.0.0.1:\d+ \(.*in use"):
        PageServer(EchoPage(), port=echo.port)
    with pytest.raises(ValueError, match="Received: no.such.host.invalid:0"):
        PageServer(EchoPage(), host="no.such.host.invalid")


# === The queue ===


def test_one_works_some_wait_others_are_turned_away():
    queue, inside, release = OneAtATime(waiting=1), threading.Event(), threading.Event()
    order = []

    def hold():
        with queue.turn():
            inside.set()
            release.wait(60)
            order.append("first")

    def wait():
        with queue.turn():
            order.append("second")

    first = threading.Thread(target=hold)
    first.start()
    assert inside.wait(60)
    second = threading.Thread(target=wait)
    second.start()
    while queue._inside < 2:
        pass
    with pytest.raises(PageError, match="Too many requests are waiting") as caught, queue.turn():
        pass
    assert caught.value.status == 503 and caught.value.headers == {"Retry-After": "5"}
    release.set()
    first.join()
    second.join()
    assert order == ["first", "second"]
    with queue.turn():
        assert queue._inside == 1


def test_patience_ends_and_failures_free_the_place():
    queue = OneAtATime(waiting=1, patience=0.05)
    with queue.turn(), pytest.raises(PageError, match="took too long"), queue.turn():
        pass
    with pytest.raises(RuntimeError), queue.turn():
        raise RuntimeError
    assert queue._inside == 0
    with pytest.raises(ValueError, match="`waiting` must be a whole number >= 0. Received: -1"):
        OneAtATime(-1)
