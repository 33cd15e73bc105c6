"""The ranking's routes, and that votes outlive the server."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from client import serving
from PIL import Image

from keras_stackgan.pages import RankPage, RankStudy, VoteLog

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def ranking(study):
    with serving(RankPage(study)) as client:
        client.study = study
        yield client


def trial(client, rater="Ann", **fields):
    status, answer = client.post("/trial", {"rater": rater, **fields})
    assert status == 200
    return answer


def gray(client, address):
    status, headers, body = client.get(address)
    assert (status, headers["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(body)) as image:
        return int(np.asarray(image)[0, 0, 0])


@pytest.mark.parametrize("path", ["/", "/rank.js", "/shared.js", "/style.css"])
def test_files_of_the_page(ranking, path):
    status, _, body = ranking.get(path)
    assert status == 200 and len(body) > 100
    assert b"http" not in body and b"innerHTML" not in body


def test_a_rater_goes_through_all_captions(ranking):
    seen = []
    for done in range(4):
        shown = trial(ranking)
        assert (shown["done"], shown["place"], shown["total"]) == (done, done, 4)
        assert shown["ranking"] is None
        seen.append(shown["caption"])
        answer = {"rater": "Ann", "place": done, "ranking": [2, 0, 1]}
        assert ranking.post("/vote", answer) == (200, {"done": done + 1, "total": 4})
    assert sorted(seen) == sorted(ranking.study.captions)
    assert trial(ranking) == {"rater": "Ann", "total": 4, "done": 4, "place": None}
    # Another rater begins anew, in an order of his own.
    assert trial(ranking, "Bob")["done"] == 0


def test_pictures_and_votes_belong_to_the_models(ranking):
    study, shown = ranking.study, trial(ranking)
    number = study.captions.index(shown["caption"])
    grays = [gray(ranking, address) for address in shown["pictures"]]
    models = [study.models[g // 10 - 1] for g in grays]
    assert sorted(models) == sorted(study.models) and {g % 10 for g in grays} == {number}
    ranking.post("/vote", {"rater": "Ann", "place": 0, "ranking": [2, 0, 1]})
    assert VoteLog(study.votes, 4, study.models).of("Ann") == {
        number: [models[2], models[0], models[1]]
    }


def test_nothing_tells_whose_a_picture_is(ranking):
    status, headers, body = ranking.ask(
        "POST", "/trial", json.dumps({"rater": "Ann"}), Content_Type="application/json"
    )
    said = (str(headers) + body.decode()).lower()
    for address in json.loads(body)["pictures"]:
        _, headers, picture = ranking.get(address)
        said += str(headers).lower() + address
        assert b"tEXt" not in picture
    assert status == 200 and not re.search(r"\b(one|two|three)\b", said)


def test_a_vote_can_be_given_again(ranking):
    for order in ([2, 0, 1], [1, 2, 0]):
        ranking.post("/vote", {"rater": "Ann", "place": 0, "ranking": order})
        shown = trial(ranking, place=0)
        assert (shown["ranking"], shown["done"]) == (order, 1)
    assert trial(ranking)["place"] == 1


def test_a_rater_comes_back_after_a_restart(ranking):
    ranking.post("/vote", {"rater": "  Ann  Lee ", "place": 0, "ranking": [0, 1, 2]})
    with serving(RankPage(RankStudy(ranking.study.directory))) as again:
        shown = trial(again, "Ann Lee")
    assert (shown["done"], shown["place"]) == (1, 1)


@pytest.mark.parametrize(
    ("path", "fields", "message"),
    [
        ("/trial", {}, "The name must be a text"),
        ("/trial", {"rater": " "}, "1 to 40 characters"),
        ("/trial", {"rater": "x" * 41}, "It has 41"),
        ("/trial", {"rater": "Ann", "place": 4}, "from 0 to 3"),
        ("/trial", {"rater": "Ann", "place": "../1"}, "from 0 to 3"),
        ("/vote", {"rater": "Ann", "ranking": [0, 1, 2]}, "The place"),
        ("/vote", {"rater": "Ann", "place": 0}, "each once"),
        ("/vote", {"rater": "Ann", "place": 0, "ranking": [0, 1]}, "each once"),
        ("/vote", {"rater": "Ann", "place": 0, "ranking": [0, 1, 1]}, "each once"),
        ("/vote", {"rater": "Ann", "place": 0, "ranking": [0, True, 2]}, "each once"),
        ("/vote", {"rater": "Ann", "place": 0, "ranking": "012"}, "each once"),
        ("/vote", {"place": 0, "ranking": [0, 1, 2]}, "The name"),
    ],
)
def test_bounds(ranking, path, fields, message):
    status, answer = ranking.post(path, fields)
    assert status == 400 and message in answer["error"]
    assert not ranking.study.votes.exists()


@pytest.mark.parametrize(
    "query",
    ["", "?rater=Ann", "?rater=Ann&place=0&slot=3", "?rater=Ann&place=-1&slot=0",
     "?rater=Ann&place=0&slot=../../study.json", "?rater=Ann&place=%C2%B2&slot=0"],
)  # fmt: skip
def test_pictures_that_are_none(ranking, query):
    assert ranking.get(f"/picture{query}")[0] == 400


def test_a_vote_that_cannot_be_kept_is_not_acknowledged(ranking, monkeypatch):
    from keras_stackgan.pages import vote_log

    def full(file):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(vote_log.os, "fsync", full)
        vote = {"rater": "Ann", "place": 0, "ranking": [0, 1, 2]}
        status, answer = ranking.post("/vote", vote)
    assert status == 507 and "No space left on device" in answer["error"]
    assert trial(ranking)["done"] == 0 and ranking.post("/vote", vote)[0] == 200


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 3, 7])
def test_votes_survive_a_kill(study, after):
    """A server that is killed among votes has kept each that it acknowledged."""
    arguments = ["rank", "serve", "--study", str(study.directory), "--port", "0"]
    server = subprocess.Popen(
        [sys.executable, "-m", "keras_stackgan", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with server.stdout:
        url = None
        while url is None:
            line = server.stdout.readline()
            assert line, "the server ended"
            url = re.search(r"http://\S+/", line)
        kept = {}
        for k in range(after):
            vote = {"rater": f"rater {k // 4}", "place": k % 4, "ranking": [2, 1, 0]}
            request = urllib.request.Request(
                f"{url.group()}vote",
                json.dumps(vote).encode(),
                {"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.status == 200
            number = study.order(vote["rater"])[vote["place"]]
            shown = study.shown(vote["rater"], number)
            kept[vote["rater"], number] = [study.models[shown[slot]] for slot in (2, 1, 0)]
        server.send_signal(signal.SIGKILL)
        assert server.wait() == -signal.SIGKILL
    assert VoteLog(study.votes, 4, study.models).all() == kept
    # What a kill within a write leaves behind.
    with study.votes.open("ab") as file:
        file.write(b'{"rater": "rater 0", "capt')
    page = RankPage(study)
    assert page.log.all() == kept
