"""The demo's routes: what they draw, and the bounds of each field."""

import base64
import io
import json
import threading

import numpy as np
import pytest
from client import serving
from PIL import Image
from toy_presets import toy_encoder, toy_v2

from keras_stackgan import GAWWN
from keras_stackgan.models import interpolate_captions, interpolate_noise
from keras_stackgan.pages import DemoPage
from keras_stackgan.pages.demo_page import MAX_CAPTION, MAX_SEED
from keras_stackgan.text import PrecomputedEmbeddings

DRAW = {"condition": "a red bird", "seed": 3, "num_images": 1}
BLEND = {"condition": "a red bird", "second": "a blue bird", "seed": 3, "steps": 3}


def decoded(text):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))


@pytest.mark.parametrize(
    ("path", "kind", "piece"),
    [
        ("/", "text/html; charset=utf-8", b'<label for="caption">'),
        ("/demo.js", "text/javascript; charset=utf-8", b'ask("/about")'),
        ("/shared.js", "text/javascript; charset=utf-8", b"export async function ask"),
        ("/style.css", "text/css; charset=utf-8", b"prefers-color-scheme"),
    ],
)
def test_files_of_the_page(drawing, path, kind, piece):
    status, headers, body = drawing.get(path)
    assert (status, headers["Content-Type"]) == (200, kind) and piece in body


def test_nothing_comes_from_elsewhere(drawing):
    for path in ("/", "/demo.js", "/shared.js", "/style.css"):
        body = drawing.get(path)[2]
        assert b"http" not in body and b"innerHTML" not in body and b"@import" not in body


def test_about(drawing):
    about = json.loads(drawing.get("/about")[2])
    assert about["name"] == "toy <b>birds</b>" and about["class_name"] == "StackGANv2"
    assert about["knows"] == ["colors of birds"] and about["sizes"] == [16, 32]
    assert about["bounds"] == {"characters": MAX_CAPTION, "images": 4, "seed": MAX_SEED}
    assert "files" not in about


def test_pictures_are_those_of_generate(drawing, model):
    status, answer = drawing.post("/draw", {**DRAW, "num_images": 3})
    assert status == 200 and answer["seconds"] > 0
    expected = model.generate("a red bird", num_images=3, seed=3, stages="all")
    assert [p["file"] for p in answer["pictures"]] == [f"a_red_bird_seed3_{k}" for k in (1, 2, 3)]
    for k, picture in enumerate(answer["pictures"]):
        assert [stage["size"] for stage in picture["stages"]] == [16, 32]
        for stage, images in zip(picture["stages"], expected, strict=True):
            np.testing.assert_array_equal(decoded(stage["png"]), images[k])


def test_a_blend_is_that_of_interpolate_captions(drawing, model):
    status, answer = drawing.post("/interpolate", BLEND)
    expected = interpolate_captions(model, "a red bird", "a blue bird", 3, 3)
    assert status == 200 and answer["file"] == "a_red_bird_to_a_blue_bird_seed3"
    np.testing.assert_array_equal(decoded(answer["strip"]), np.concatenate(expected, axis=1))
    with Image.open(io.BytesIO(base64.b64decode(answer["gif"]))) as moving:
        # There and back, for ever.
        assert (moving.n_frames, moving.size, moving.info["loop"]) == (4, (32, 32), 0)


def test_spaces_do_not_count(drawing):
    plain = drawing.post("/draw", DRAW)[1]["pictures"]
    assert drawing.post("/draw", {**DRAW, "condition": " a \n red\tbird "})[1]["pictures"] == plain


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ("/draw", {"condition": ""}, "1 to 300 characters. It has 0"),
        ("/draw", {"condition": " \n"}, "1 to 300 characters. It has 0"),
        ("/draw", {"condition": "x" * 301}, "It has 301"),
        ("/draw", {"condition": None}, "The sentence must be a text"),
        ("/draw", {"condition": ["a"]}, "The sentence must be a text"),
        ("/draw", {"condition": "a\x00b"}, "no text"),
        ("/draw", {"condition": "a\ud800b"}, "no text"),
        ("/draw", {"seed": -1}, "The seed must be a whole number from 0 to 2,147,483,647"),
        ("/draw", {"seed": 2**31}, "The seed"),
        ("/draw", {"seed": 1.5}, "The seed"),
        ("/draw", {"seed": None}, "The seed"),
        ("/draw", {"seed": True}, "The seed"),
        ("/draw", {"seed": "9" * 30}, "The seed"),
        ("/draw", {"num_images": 0}, "The number of pictures must be a whole number from 1 to 4"),
        ("/draw", {"num_images": 5}, "The number of pictures"),
        ("/draw", {"num_images": 1e99}, "The number of pictures"),
        ("/interpolate", {"steps": 1}, "The number of steps must be a whole number from 2 to 4"),
        ("/interpolate", {"steps": 5}, "The number of steps"),
        ("/interpolate", {"second": None}, "The sentence must be a text"),
        ("/interpolate", {"seed": []}, "The seed"),
        ("/draw", {"box": [0, 0, 1]}, "The box must be four numbers"),
        ("/draw", {"box": [0, 0, 1, True]}, "The box must be four numbers"),
        ("/interpolate", {"box": "middle"}, "The box must be four numbers"),
        ("/draw", {"box": [0, 0, 1, 1]}, "This model takes no box"),
    ],
)
def test_bounds(drawing, path, change, message):
    fields = {**(DRAW if path == "/draw" else BLEND), **change}
    status, answer = drawing.post(path, fields)
    assert status == 400 and message in answer["error"]


def test_the_longest_sentence_is_drawn(drawing):
    assert drawing.post("/draw", {**DRAW, "condition": "é" * MAX_CAPTION})[0] == 200


def test_what_an_encoder_refuses_is_told(model, monkeypatch):
    def refuse(captions):
        raise ValueError(f"No embedding of {captions[0]!r} is recorded.")

    monkeypatch.setattr(model, "text_encoder", refuse)
    with serving(DemoPage(model)) as client:
        status, answer = client.post("/draw", DRAW)
    assert (status, answer["error"]) == (400, "No embedding of 'a red bird' is recorded.")


def test_one_at_a_time(drawing, model, monkeypatch):
    """One request draws, one waits, the third is turned away at once, and then there is room."""
    began, go_on, answers = threading.Event(), threading.Event(), []
    generate, drawn = model.generate, []

    def slow(*args, **keywords):
        drawn.append(len(drawn) + 1)
        began.set()
        assert go_on.wait(60) and len(drawn) == 1
        pictures = generate(*args, **keywords)
        drawn.pop()
        return pictures

    monkeypatch.setattr(model, "generate", slow)
    threads = [
        threading.Thread(target=lambda: answers.append(drawing.post("/draw", DRAW)[0]))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert began.wait(60)
    queue = drawing.server.page._queue
    while queue._inside < 2:
        pass
    status, headers, body = drawing.ask(
        "POST", "/draw", json.dumps(DRAW), Content_Type="application/json"
    )
    assert (status, headers["Retry-After"]) == (503, "5") and b"waiting already" in body
    # Reading about the model waits for nobody.
    assert drawing.get("/about")[0] == 200
    go_on.set()
    for thread in threads:
        thread.join()
    assert answers == [200, 200] and drawing.post("/draw", DRAW)[0] == 200


def test_models_of_classes_and_of_nothing():
    classes, free = toy_v2(embedding_dim=None, num_classes=3), toy_v2(embedding_dim=None)
    page = DemoPage(classes)
    page.warm_up()
    with serving(page) as client:
        assert json.loads(client.get("/about")[2])["takes"] == "class"
        answer = client.post("/draw", {**DRAW, "condition": 2})[1]["pictures"][0]
        assert answer["file"] == "2_seed3_1"
        expected = classes.generate(labels=[2], seed=3)[0]
        np.testing.assert_array_equal(decoded(answer["stages"][-1]["png"]), expected)
        status, answer = client.post("/draw", {**DRAW, "condition": 3})
        assert status == 400 and "The class must be a whole number from 0 to 2" in answer["error"]
        assert client.post("/interpolate", {**BLEND, "condition": 0, "second": 1})[0] == 200
    with serving(DemoPage(free)) as client:
        assert json.loads(client.get("/about")[2])["takes"] == "nothing"
        assert client.post("/draw", DRAW)[1]["pictures"][0]["file"] == "picture_seed3_1"
        answer = client.post("/interpolate", {"seed": 3, "second": 4, "steps": 2})[1]
        expected = interpolate_noise(free, steps=2, seeds=(3, 4))
        np.testing.assert_array_equal(decoded(answer["strip"]), np.concatenate(expected, axis=1))


def test_models_that_take_boxes():
    boxed = GAWWN(32, 4, 4, embedding_dim=8, latent_dim=5)
    rng = np.random.default_rng(0)
    for weight in boxed.averaged_generator.trainable_weights:
        weight.assign(weight.numpy() + 0.2 * rng.normal(size=weight.shape))
    boxed.text_encoder = toy_encoder()
    box = [0, 0, 0.5, 0.5]
    with serving(DemoPage(boxed)) as client:
        assert json.loads(client.get("/about")[2])["takes_boxes"]
        shown = []
        for more in ({}, {"box": box}):
            answer = client.post("/draw", {**DRAW, **more})[1]["pictures"][0]
            shown.append(decoded(answer["stages"][-1]["png"]))
        expected = boxed.generate("a red bird", seed=3, boxes=box)[0]
        np.testing.assert_array_equal(shown[1], expected)
        assert (shown[0] != shown[1]).any()
        strip = client.post("/interpolate", {**BLEND, "box": box})[1]["strip"]
        expected = interpolate_captions(boxed, "a red bird", "a blue bird", 3, 3, boxes=box)
        np.testing.assert_array_equal(decoded(strip), np.concatenate(expected, axis=1))
        status, answer = client.post("/draw", {**DRAW, "box": [0.7, 0, 0.5, 0.5]})
        assert status == 400 and "inside of the picture" in answer["error"]


def test_models_and_bounds_that_make_no_page(model):
    with pytest.raises(ValueError, match="has no `text_encoder`.*--text_encoder"):
        DemoPage(toy_v2())
    with pytest.raises(ValueError, match="`max_images` must be a number >= 2. Received: 1"):
        DemoPage(model, max_images=1)


def test_encoders_of_recorded_embeddings_can_be_warmed_up(tmp_path):
    model = toy_v2()
    rows = np.random.default_rng(0).normal(size=(2, 8)).astype("float32")
    model.text_encoder = PrecomputedEmbeddings(["a red bird", "a blue bird"], rows)
    DemoPage(model).warm_up()
    page = DemoPage(model, {"captions": ["a red bird"]})
    drawn = []
    page._generate = lambda value, count, seed: drawn.append((value, count, seed))
    page.warm_up()
    assert drawn == [("a red bird", 1, 0)]
