"""Presets behind addresses: fetched once, checked, and nothing half of one in the cache."""

import io
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest
from toy_presets import METADATA, contents, edit_config, pack, pack_members, serve

from keras_stackgan import StackGANv2
from keras_stackgan.presets import describe, download
from keras_stackgan.presets.cache import cache_directory
from keras_stackgan.presets.preset_directory import file_sha256

ROOT = Path(__file__).parents[2]


def test_an_archive_is_fetched_once(saved, tmp_path, cache):
    model, directory = saved
    digest = pack(directory, tmp_path / "toy.tar.gz")
    with serve(tmp_path) as (url, asked):
        loaded = StackGANv2.from_preset(f"{url}/toy.tar.gz", sha256=digest.upper())
        assert len(asked) == 1
        StackGANv2.from_preset(f"{url}/toy.tar.gz", sha256=digest)
        assert len(asked) == 1
    # Without a server: what is kept is enough, under any address.
    kept = describe("https://example.invalid/other.tar.gz", sha256=digest)
    assert kept["name"] == "toy" and not kept["damaged"]
    assert [p.name for p in (cache / "presets").iterdir()] == [digest]
    assert contents(cache / "presets" / digest / "toy") == contents(directory)
    pictures = [m.generate(METADATA["captions"], seed=3).astype(int) for m in (model, loaded)]
    assert np.abs(pictures[0] - pictures[1]).max() <= 1


def test_a_preset_at_the_top_of_its_archive(saved, tmp_path, cache):
    digest = pack(saved[1], tmp_path / "toy.tar.gz", top=".")
    with serve(tmp_path) as (url, _):
        assert describe(f"{url}/toy.tar.gz", sha256=digest)["class_name"] == "StackGANv2"


def test_a_damaged_cache_is_fetched_again(saved, tmp_path, cache):
    digest = pack(saved[1], tmp_path / "toy.tar.gz")
    with serve(tmp_path) as (url, asked):
        directory = Path(describe(f"{url}/toy.tar.gz", sha256=digest)["path"])
        (directory / "model.weights.h5").write_bytes(b"")
        assert describe(f"{url}/toy.tar.gz", sha256=digest)["damaged"] == []
        shutil.rmtree(directory)
        assert describe(f"{url}/toy.tar.gz", sha256=digest)["damaged"] == []
    assert len(asked) == 3
    assert contents(directory) == contents(saved[1])


def refused(url, digest, match, cache, error=ValueError):
    with pytest.raises(error, match=match) as caught:
        StackGANv2.from_preset(url, sha256=digest)
    assert "\n" not in str(caught.value)
    assert contents(cache) == {} and not any((cache / "presets").glob("*"))


def test_another_checksum(saved, tmp_path, cache):
    digest = pack(saved[1], tmp_path / "toy.tar.gz")
    with serve(tmp_path) as (url, _):
        refused(f"{url}/toy.tar.gz", "0" * 64, f"Received one with '{digest}'", cache)


@pytest.mark.parametrize("sha256", [None, "", "0" * 63, "g" * 64, 3])
def test_addresses_need_a_checksum(cache, sha256):
    refused("https://example.invalid/a.tar.gz", sha256, "`sha256` must be", cache)


@pytest.mark.parametrize(
    "url, match",
    [
        ("http://example.invalid/a.tar.gz", "must be https"),
        ("http://127.0.0.1.example.invalid/a.tar.gz", "must be https"),
        ("ftp://example.invalid/a.tar.gz", "must be https"),
        ("file:///tmp/a.tar.gz", "must be https"),
        ("https:///a.tar.gz", "must be https"),
        ("https://[::1/a.tar.gz", "is no address"),
        ("https://example.invalid/a.zip", "must end in .tar.gz"),
    ],
)
def test_addresses_that_are_not_fetched(cache, url, match):
    refused(url, "0" * 64, match, cache)


def test_checksums_are_of_archives_only(saved):
    with pytest.raises(ValueError, match="leave it out"):
        StackGANv2.from_preset(saved[1], sha256="0" * 64)


# === The network ===


def reply(code, body=b"", **headers):
    def answer(handler):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    "answer, match, error",
    [
        (reply(404), "answered 404", OSError),
        (reply(500, b"x" * 10), "answered 500", OSError),
        (reply(200, b"x" * 10, Content_Length="20"), "10 of 20 bytes arrived", OSError),
        (
            lambda handler: handler.connection.shutdown(socket.SHUT_RDWR),
            "could not be fetched",
            OSError,
        ),
        (reply(302, Location="http://example.invalid/b.tar.gz"), "must be https", ValueError),
        (reply(302, Location="file:///etc/passwd"), "is not allowed", OSError),
        (reply(302, Location="/a.tar.gz"), "infinite loop", OSError),
        (reply(200, b"x" * 5000), "at most 1000 bytes", ValueError),
    ],
)
def test_answers_that_are_no_archive(tmp_path, cache, monkeypatch, answer, match, error):
    monkeypatch.setattr("keras_stackgan.presets.cache.MAX_ARCHIVE", 1000)
    with serve(tmp_path, {"/a.tar.gz": answer}) as (url, _):
        refused(f"{url}/a.tar.gz", "0" * 64, match, cache, error)


def test_a_server_that_does_not_go_on(tmp_path, cache, monkeypatch):
    monkeypatch.setattr("keras_stackgan.presets.cache.TIMEOUT", 0.3)

    def stall(handler):
        reply(200, b"x", Content_Length="10")(handler)
        handler.wfile.flush()
        time.sleep(1.0)

    with serve(tmp_path, {"/a.tar.gz": stall}) as (url, _):
        refused(f"{url}/a.tar.gz", "0" * 64, "timed out", cache, OSError)


def test_redirections_on_this_machine_are_followed(saved, tmp_path, cache):
    digest = pack(saved[1], tmp_path / "toy.tar.gz")
    with serve(tmp_path, {"/a.tar.gz": reply(302, Location="/toy.tar.gz")}) as (url, asked):
        assert describe(f"{url}/a.tar.gz", sha256=digest)["name"] == "toy"
    assert asked == ["/a.tar.gz", "/toy.tar.gz"]


def test_https_is_never_left():
    import urllib.request

    request = urllib.request.Request("https://example.invalid/a.tar.gz")
    redirects = download._Redirects()
    with pytest.raises(ValueError, match="must be https"):
        redirects.redirect_request(request, io.BytesIO(), 302, "", {}, "http://127.0.0.1/a.tar.gz")
    followed = redirects.redirect_request(request, io.BytesIO(), 302, "", {}, "https://b.invalid/c")
    assert followed.full_url == "https://b.invalid/c"


def test_a_proxy_is_not_asked_for_this_machine(saved, tmp_path, cache, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    digest = pack(saved[1], tmp_path / "toy.tar.gz")
    with serve(tmp_path) as (url, _):
        assert describe(f"{url}/toy.tar.gz", sha256=digest)["name"] == "toy"


# === Hostile archives ===


def info(name, **attributes):
    member = tarfile.TarInfo(name)
    for key, value in attributes.items():
        setattr(member, key, value)
    return member


HOSTILE = {
    "absolute": ([(info("/tmp/escaped"), b"x")], "leads out"),
    "parent": ([(info("toy/../../escaped"), b"x")], "leads out"),
    "backslash": ([(info("..\\escaped"), b"x")], "no plain name"),
    "drive": ([(info("C:escaped"), b"x")], "no plain name"),
    "control": ([(info("a\x1b[2J"), b"x")], "no plain name"),
    "deep": ([(info("a/" * 20 + "b"), b"x")], "no plain name"),
    "link": ([(info("a", type=tarfile.SYMTYPE, linkname="/etc/passwd"), b"")], "no plain file"),
    "hard link": ([(info("a", type=tarfile.LNKTYPE, linkname="b"), b"")], "no plain file"),
    "device": ([(info("a", type=tarfile.CHRTYPE), b"")], "no plain file"),
    "pipe": ([(info("a", type=tarfile.FIFOTYPE), b"")], "no plain file"),
    "twice": ([(info("a"), b"x"), (info("./a"), b"y")], "a name twice"),
    "file as folder": ([(info("a"), b"x"), (info("a/b"), b"y")], "a name twice"),
    "many": ([(info(f"a{k}"), b"") for k in range(300)], "more than 256 files"),
    "bomb": ([(info("a"), bytes(2**20 * 65))], "too many bytes"),
    "nothing": ([], "no config.json"),
    "no preset": ([(info("toy/config.json"), b"{}")], "there is no 'format'"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_archives(tmp_path, cache, kind):
    members, match = HOSTILE[kind]
    digest = pack_members(tmp_path / "a.tar.gz", members)
    with serve(tmp_path) as (url, _):
        refused(f"{url}/a.tar.gz", digest, f"must hold a preset.*{match}", cache)
    assert not Path("/tmp/escaped").exists() and not (tmp_path / "escaped").exists()


def test_a_sparse_file_counts_what_it_unpacks_to(tmp_path, cache):
    # By GNU tar's own form in extended headers: a hole of 8 GiB in a file of no bytes.
    member = info("a")
    member.pax_headers = {
        "GNU.sparse.size": str(2**33),
        "GNU.sparse.numblocks": "1",
        "GNU.sparse.map": f"{2**33},0",
    }
    digest = pack_members(tmp_path / "a.tar.gz", [(member, b"")])
    with serve(tmp_path) as (url, _):
        refused(f"{url}/a.tar.gz", digest, "no plain file", cache)


def test_spoiled_archives(saved, tmp_path, cache):
    pack(saved[1], tmp_path / "toy.tar.gz")
    whole = (tmp_path / "toy.tar.gz").read_bytes()
    spoiled = {
        "empty": b"",
        "foreign": b"<html>Not found</html>",
        "cut": whole[: len(whole) // 2],
        "cut_at_the_end": whole[:-4],
        "checksum": whole[:-6] + b"\0\0" + whole[-4:],
    }
    with serve(tmp_path) as (url, _):
        for name, content in spoiled.items():
            path = tmp_path / f"{name}.tar.gz"
            path.write_bytes(content)
            refused(f"{url}/{name}.tar.gz", file_sha256(path), "no whole .tar.gz archive", cache)


def test_a_preset_of_a_later_version_is_not_kept(preset, tmp_path, cache):
    edit_config(preset, version=2)
    digest = pack(preset, tmp_path / "toy.tar.gz")
    with serve(tmp_path) as (url, _):
        refused(f"{url}/toy.tar.gz", digest, "update keras_stackgan", cache)


# === The cache ===


@pytest.mark.slow
def test_two_processes_fetch_at_once(saved, tmp_path, cache):
    digest = pack(saved[1], tmp_path / "toy.tar.gz")
    content = (tmp_path / "toy.tar.gz").read_bytes()
    waiting = []

    def slowly(handler):
        # No answer is complete before both have asked.
        waiting.append(handler)
        reply(200, content[:100], Content_Length=str(len(content)))(handler)
        deadline = time.monotonic() + 250
        while len(waiting) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        handler.wfile.write(content[100:])

    # One may start much later than the other.
    code = "import sys; from keras_stackgan.presets import cache; cache.TIMEOUT = 300.0; "
    code += "print(cache.fetch(*sys.argv[1:]))"
    with serve(tmp_path, {"/toy.tar.gz": slowly}) as (url, asked):
        command = [sys.executable, "-c", code, f"{url}/toy.tar.gz", digest]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        both = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        printed = [process.communicate(timeout=400)[0] for process in both]
    assert len(asked) == 2 and [process.returncode for process in both] == [0, 0]
    assert printed[0] == printed[1] == f"{cache / 'presets' / digest / 'toy'}\n"
    assert contents(cache) == {
        f"presets/{digest}/toy/{name}": content for name, content in contents(saved[1]).items()
    }


def test_what_killed_downloads_left_is_removed_in_time(saved, tmp_path, cache):
    digest = pack(saved[1], tmp_path / "toy.tar.gz")
    old, new = cache / "presets" / ".fetching-old", cache / "presets" / ".fetching-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "archive").write_bytes(b"x")
    os.utime(old, (0, 0))
    with serve(tmp_path) as (url, _):
        describe(f"{url}/toy.tar.gz", sha256=digest)
    assert not old.exists() and new.exists()


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KERAS_STACKGAN_CACHE", str(tmp_path / "file"))
    with pytest.raises(OSError, match="cannot be kept in.*Set KERAS_STACKGAN_CACHE"):
        describe("https://example.invalid/a.tar.gz", sha256="0" * 64)


def test_where_the_cache_is(monkeypatch):
    for name in ("KERAS_STACKGAN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/ann")
    places = {}
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        places[platform] = cache_directory().as_posix()
    assert places["linux"] == places["win32"] == "/home/ann/.cache/keras_stackgan"
    assert places["darwin"] == "/home/ann/Library/Caches/keras_stackgan"
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    monkeypatch.setattr(sys, "platform", "win32")
    assert cache_directory().as_posix() == "/local/keras_stackgan"
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_directory().as_posix() == "/xdg/keras_stackgan"
    monkeypatch.setenv("KERAS_STACKGAN_CACHE", "~/own")
    assert cache_directory().as_posix() == "/home/ann/own"
