"""The hub's layout, and loading it from a server on loopback."""

import functools
import hashlib
import http.server
import io
import json
import os
import tarfile
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_stackgan.export import hub, hub_page, packing, publish, write_index
from keras_stackgan.presets import save_to_preset

CAPTIONS = ["a red bird", "a blue flower"]


@pytest.fixture(scope="module")
def published(exported, tmp_path_factory):
    """A model, the folder that it was published to, and the entry that this gave."""
    folder = tmp_path_factory.mktemp("hub") / "models"
    model = exported("captions").model
    metadata = {"description": "Toy birds.", "license": "CC0", "captions": CAPTIONS}
    return model, folder, publish(model, folder, "toys/birds", 1, metadata=metadata)


def test_layout_and_checksums(published):
    model, folder, entry = published
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    page = [f"toys/birds/1/{x}" for x in ("README.md", "entry.json", "sample_1.png")]
    page.append("toys/birds/1/sample_2.png")
    assert files == [
        ".lock",
        "index.json",
        "toys/birds/1.tar.gz",
        "toys/birds/1.tar.gz.sha256",
        *page,
    ]
    data = (folder / entry["file"]).read_bytes()
    assert entry["sha256"] == hashlib.sha256(data).hexdigest() and entry["bytes"] == len(data)
    line = (folder / "toys/birds/1.tar.gz.sha256").read_text()
    assert line == f"{entry['sha256']}  1.tar.gz\n"
    index = json.loads((folder / "index.json").read_text())
    assert index["models"]["toys/birds"]["1"]["sha256"] == entry["sha256"]
    assert index["models"]["toys/birds"]["1"]["license"] == "CC0"
    # Stages side by side: 16 pixels enlarged, then 32.
    sample = np.asarray(Image.open(folder / "toys/birds/1/sample_1.png"))
    assert sample.shape == (32, 64, 3)
    np.testing.assert_array_equal(sample[:, 32:], model.generate(CAPTIONS, seed=0)[0])


def test_card(published):
    _, folder, entry = published
    card = (folder / entry["card"]).read_text()
    assert card.startswith("# toys/birds/1\n") and "Toy birds." in card and "CC0" in card
    for text in (entry["sha256"], "toys/birds/1.tar.gz", "sample_2.png", *CAPTIONS):
        assert text in card
    assert "from_preset" not in card


def test_samples_of_models_that_take_boxes_are_in_them(exported, tmp_path):
    model, boxes = exported("boxes").model, [[0.0, 0.0, 0.5, 0.5], [0.5, 0.4, 0.5, 0.6]]
    said = {"description": "Toy birds.", "captions": CAPTIONS}
    entry = publish(model, tmp_path, "toys", 1, boxes=boxes, metadata=said)
    expected = model.generate(CAPTIONS, boxes=boxes, seed=0)
    assert (expected[1] != model.generate(CAPTIONS, seed=0)[1]).any()
    for k, picture in enumerate(expected):
        sample = np.asarray(Image.open(tmp_path / f"toys/1/sample_{k + 1}.png"))
        np.testing.assert_array_equal(sample, picture)
    card = (tmp_path / entry["card"]).read_text()
    assert "loaded.generate_in_boxes(captions=" in card
    with pytest.raises(ValueError, match="boxes for a StackGANv2"):
        publish(exported("captions").model, tmp_path, "others", 1, captions=CAPTIONS, boxes=boxes)


def test_archive_has_directories_and_the_model_on_top(published):
    _, folder, entry = published
    with tarfile.open(folder / entry["file"]) as archive:
        members = archive.getmembers()
    names = [member.name for member in members]
    assert "saved_model.pb" in names and names == sorted(names)
    assert next(member for member in members if member.name == "variables").isdir()
    assert names.index("variables") < names.index("variables/variables.index")
    assert {(member.mtime, member.uid, member.uname) for member in members} == {(0, 0, "")}


def test_the_same_files_give_the_same_bytes(tmp_path):
    for name, time in (("a", 1_000_000_000), ("b", 1_700_000_000)):
        (tmp_path / name / "variables").mkdir(parents=True)
        for file in ("variables/x", "saved_model.pb"):
            (tmp_path / name / file).write_bytes(b"content")
            os.utime(tmp_path / name / file, (time, time))
    (tmp_path / "b" / "variables" / "x").chmod(0o600)
    first, second = (packing.pack(tmp_path / name) for name in "ab")
    assert first == second
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        assert archive.extractfile("variables/x").read() == b"content"


def test_versions_stay_and_others_join(published, exported):
    _, folder, entry = published
    with pytest.raises(FileExistsError, match="'toys/birds' version 1.*Publish the next one"):
        publish(exported("labels").model, folder, "toys/birds", 1)
    second = publish(exported("labels").model, folder, "classes", 2)
    assert len(second["samples"]) == 3
    index = json.loads((folder / "index.json").read_text())
    assert sorted(index["models"]) == ["classes", "toys/birds"]
    assert index["models"]["toys/birds"]["1"]["sha256"] == entry["sha256"]
    assert write_index(folder) == index


@pytest.mark.parametrize("files", [["notes.md"], ["README.md"], ["entry.json", "2/x"], None])
def test_other_people_s_folders_stay(exported, tmp_path, files):
    place = tmp_path / "toy" / "1"
    for name in files or ():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("mine")
    if files is None:
        place.parent.mkdir()
        place.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileExistsError, match="toy/1', where nothing else may be.*Move it away"):
        publish(exported("unconditional").model, tmp_path, "toy", 1)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_an_interrupted_publication_left_is_replaced(exported, tmp_path):
    model = exported("unconditional").model
    publish(model, tmp_path, "toy", 1)
    (tmp_path / "toy" / "1.tar.gz").unlink()
    (tmp_path / "toy" / "1" / "sample_9.png").write_bytes(b"of before")
    (tmp_path / "toy" / "2").mkdir()
    for version in (1, 2):
        publish(model, tmp_path, "toy", version)
    assert not (tmp_path / "toy" / "1" / "sample_9.png").exists()
    assert sorted(json.loads((tmp_path / "index.json").read_text())["models"]["toy"]) == ["1", "2"]


def test_two_that_publish_one_version_at_once(exported, tmp_path, monkeypatch):
    model, pack, first = exported("unconditional").model, packing.pack, []

    def slow_pack(directory):
        if not first:
            first.append(None)
            first[0] = publish(model, tmp_path, "toy", 1, seed=1)
        return pack(directory)

    monkeypatch.setattr(packing, "pack", slow_pack)
    with pytest.raises(FileExistsError, match="'toy' version 1.*Publish the next one"):
        publish(model, tmp_path, "toy", 1, seed=2)
    data = (tmp_path / "toy" / "1.tar.gz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == first[0]["sha256"]
    assert sorted(p.name for p in (tmp_path / "toy").iterdir()) == [
        "1",
        "1.tar.gz",
        "1.tar.gz.sha256",
    ]


def test_the_index_is_written_in_turn(tmp_path, monkeypatch):
    pytest.importorskip("fcntl", reason="needs locks")
    write, others = hub.write_whole, []

    def slow_write(path, data):
        if not others:
            put_entry(tmp_path, "late", 1)
            others.append(threading.Thread(target=write_index, args=(tmp_path,)))
            others[0].start()
            others[0].join(0.3)
        write(path, data)

    monkeypatch.setattr(hub, "write_whole", slow_write)
    put_entry(tmp_path, "early", 1)
    write_index(tmp_path)
    others[0].join()
    models = json.loads((tmp_path / "index.json").read_text())["models"]
    assert sorted(models) == ["early", "late"]


def put_entry(folder, name, number, place=None, **changes):
    """Writes what the index is made from: an archive and its entry."""
    page = folder / (place or f"{name}/{number}")
    page.mkdir(parents=True)
    page.with_name(f"{page.name}.tar.gz").write_bytes(b"archive")
    entry = {"name": name, "version": number, "file": f"{name}/{number}.tar.gz", **changes}
    (page / "entry.json").write_text(json.dumps(entry))


def test_the_index_passes_over_what_is_not_its_own(tmp_path):
    put_entry(tmp_path, "toy", 1)
    for name, text in (("a", "[]"), ("b", "{}"), ("c", "no JSON"), ("d", "\ud800")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "entry.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    put_entry(tmp_path, "toy", 1, place="copies/toy/1")
    put_entry(tmp_path, "toy", 3, file="toy/1.tar.gz")
    put_entry(tmp_path, "toy", 4, version=[4])
    (tmp_path / "e" / "entry.json").mkdir(parents=True)
    assert write_index(tmp_path)["models"] == {"toy": {"1": {"file": "toy/1.tar.gz"}}}


def test_what_fails_leaves_nothing(exported, tmp_path, monkeypatch):
    def fail(directory):
        raise OSError("the disk is full")

    monkeypatch.setattr(packing, "pack", fail)
    with pytest.raises(OSError, match="the disk is full"):
        publish(exported("unconditional").model, tmp_path, "toy", 1)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    assert list((tmp_path / "toy").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "../up"}, "`name` must consist of letters"),
        ({"name": "/root"}, "`name` must consist of letters"),
        ({"name": ""}, "`name` must consist of letters"),
        ({"name": "toy/1"}, "`name` must have no part .*'1'; give the number as `version`"),
        ({"name": "2/toy"}, "`name` must have no part"),
        ({"name": "toy/1.tar.gz"}, "`name` must have no part"),
        ({"name": "index.json"}, "`name` must have no part"),
        ({"version": 0}, "`version` must be a whole number"),
        ({"version": "1a"}, "`version` must be a whole number"),
        ({"captions": "a bird"}, "one of `captions`, `embeddings` and `labels`"),
        ({"captions": []}, "one of `captions`, `embeddings` and `labels`"),
        ({"captions": ["a"], "labels": [1]}, r"one of .*\['captions', 'labels'\]"),
        ({}, "needs `captions` for its sample pictures"),
        ({"metadata": {"color": "red"}}, "the field 'color'"),
    ],
)
def test_bad_input(exported, tmp_path, arguments, message):
    arguments = {"name": "toy", "version": 1, **arguments}
    with pytest.raises(ValueError, match=message):
        publish(exported("captions").model, tmp_path, **arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_preset_brings_its_words(exported, tmp_path):
    model = exported("labels").model
    model.save_to_preset(tmp_path / "preset", {"description": "Three kinds of thing."})
    entry = publish(tmp_path / "preset", tmp_path / "hub", "kinds", 1)
    assert entry["description"] == "Three kinds of thing."
    assert "Three kinds of thing." in (tmp_path / "hub" / entry["card"]).read_text()


def test_a_preset_brings_its_texts(exported, tmp_path):
    preset, hub_folder = tmp_path / "preset", tmp_path / "hub"
    texts = {"CREDITS.txt": "Photographs by Ann.\n", "notes.md": "No text.\n"}
    save_to_preset(exported("labels").model, preset, attachments=texts)
    entry = publish(preset, hub_folder, "kinds", 1)
    assert entry["texts"] == ["kinds/1/CREDITS.txt"]
    assert (hub_folder / "kinds/1/CREDITS.txt").read_text() == "Photographs by Ann.\n"
    assert not (hub_folder / "kinds/1/notes.md").exists()
    # They are of the page, which is replaced as a whole.
    (hub_folder / "kinds/1.tar.gz").unlink()
    assert publish(exported("labels").model, hub_folder, "kinds", 1)["texts"] == []
    assert not (hub_folder / "kinds/1/CREDITS.txt").exists()


def test_the_first_eight_samples_are_drawn_in_their_boxes(exported):
    model, captions = exported("boxes").model, [f"bird {k}" for k in range(10)]
    boxes = np.array([[0.05 * k, 0.0, 0.5, 0.6] for k in range(10)])
    drawn = hub_page.draw_samples(model, captions, None, None, boxes, 0, {})
    assert [title for title, _ in drawn] == captions[:8]
    expected = model.generate(captions[:8], boxes=boxes[:8], seed=0)
    np.testing.assert_array_equal([stages[-1] for _, stages in drawn], expected)
    # One box for all stays.
    assert len(hub_page.draw_samples(model, captions, None, None, boxes[:1], 0, {})) == 8


# === Served ===


@pytest.fixture
def served(published, monkeypatch, tmp_path):
    """The address of the published folder, with a fresh cache, and what was asked for."""
    _, folder, _ = published
    requests = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            requests.append(self.path)

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path / "cache"))
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    server.server_close()
    thread.join()


# Its import asks setuptools for a parser of versions, by a deprecated module.
@pytest.mark.filterwarnings("ignore:pkg_resources is deprecated")
@pytest.mark.filterwarnings("ignore:Deprecated call to `pkg_resources")
def test_hub_and_keras_load_it_from_a_server(published, served, tmp_path):
    hub = pytest.importorskip("tensorflow_hub", reason="needs the extra hub")
    (model, _, entry), (address, requests) = published, served
    handle = f"{address}/{entry['file']}"
    expected = model.generate(CAPTIONS, seed=3)
    loaded = hub.load(handle)
    made = loaded.generate(tf.constant(CAPTIONS), 3)["images"].numpy()
    assert np.abs(made.astype(int) - expected).max() <= 1
    assert len(requests) == 1

    layer = keras.layers.TFSMLayer(hub.resolve(handle), call_endpoint="__call__")
    captions = keras.Input((), dtype="string")
    keras.Model(captions, layer(captions)).save(tmp_path / "outer.keras")
    outer = keras.models.load_model(tmp_path / "outer.keras", safe_mode=False)
    made = outer(tf.constant(CAPTIONS)).numpy()
    assert np.abs(made.astype(int) - model.generate(CAPTIONS)).max() <= 1
    # It was kept from the first time on.
    assert len(requests) == 1
