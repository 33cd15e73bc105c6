"""Preparing a study, the orders in which it is shown, and votes on disk."""

import json
import threading

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.models import GAWWN
from keras_stackgan.pages import RankStudy, VoteLog, prepare_study

ORDERED = ["one", "two", "three"]


def gray(path):
    with Image.open(path) as image:
        return int(np.asarray(image)[0, 0, 0])


# === Preparing ===


def test_folders_become_a_study(study):
    assert study.models == ORDERED and study.captions[2] == "a green bird"
    assert [[gray(study.picture(m, k)) for k in range(4)] for m in range(3)] == [
        [10, 11, 12, 13],
        [20, 21, 22, 23],
        [30, 31, 32, 33],
    ]


def test_photographs_are_shown_as_they_were_held(study, tmp_path):
    photograph = Image.new("RGB", (12, 8), "white")
    photograph.paste((0, 0, 0), (0, 0, 6, 8))
    turned = photograph.getexif()
    turned[0x0112] = 6  # To be shown a quarter turn clockwise.
    photograph.save(tmp_path / "one" / "0.png", exif=turned)
    sources = {name: tmp_path / name for name in ORDERED}
    again = RankStudy(prepare_study(sources, study.captions, tmp_path / "again"))
    with Image.open(again.picture(0, 0)) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (12, 8, 3) and pixels[:6].max() == 0 and pixels[6:].min() == 255


def test_models_draw_once(model, tmp_path):
    captions = [f"bird number {k}" for k in range(18)]
    sources = {"a": lambda: model, "b": lambda: model}
    study = RankStudy(prepare_study(sources, captions, tmp_path / "study", seed=5))
    # In calls of 16 captions, each with a seed of its own.
    expected = [*model.generate(captions[:16], seed=5), *model.generate(captions[16:], seed=21)]
    for k in range(18):
        with Image.open(study.picture(1, k)) as image:
            np.testing.assert_array_equal(np.asarray(image), expected[k])


def test_models_that_take_boxes_draw_into_them(model, tmp_path):
    from toy_presets import toy_encoder

    boxed = GAWWN(32, 4, 4, embedding_dim=8, latent_dim=5)
    rng = np.random.default_rng(0)
    for weight in boxed.averaged_generator.trainable_weights:
        weight.assign(weight.numpy() + 0.2 * rng.normal(size=weight.shape))
    boxed.text_encoder = toy_encoder()
    captions, boxes = ["a red bird", "a blue bird"], [[0.5, 0.2, 0.4, 0.6], [0.0, 0.0, 0.5, 0.5]]
    sources = {"a": lambda: model, "b": lambda: boxed}
    study = RankStudy(prepare_study(sources, captions, tmp_path / "study", boxes=boxes))
    expected = [model.generate(captions), boxed.generate(captions, boxes=boxes)]
    for number in range(2):
        for k in range(2):
            with Image.open(study.picture(number, k)) as image:
                np.testing.assert_array_equal(np.asarray(image), expected[number][k])
    assert not np.array_equal(expected[1], boxed.generate(captions))
    for wrong, message in (([boxes[0]] * 3, "one for each of 2 captions"), (["a"], "numbers")):
        with pytest.raises(ValueError, match=message):
            prepare_study(sources, captions, tmp_path / "new", boxes=wrong)
    with pytest.raises(ValueError, match="need a source that takes boxes"):
        prepare_study({**sources, "b": sources["a"]}, captions, tmp_path / "new", boxes=boxes)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("two") and s.pop("three"), "`sources` must be 2 to 9"),
        (lambda s: s.update({"": s["one"]}), "each with a name"),
        (lambda s: s.update(two="nowhere"), "must be a folder of pictures. Received: 'nowhere'"),
        (lambda s: (s["two"] / "3.png").unlink(), "for each of 4 captions.*holds 3"),
        (
            lambda s: (s["two"] / "3.png").rename(s["two"] / "4.png"),
            "of the same names. Only one of them has '3'",
        ),
        (lambda s: (s["two"] / "3.png").write_bytes(b"no"), "3.png' must be a picture"),
    ],
)
def test_sources_that_make_no_study(study, tmp_path, change, message):
    sources = {name: tmp_path / name for name in ORDERED}
    change(sources)
    with pytest.raises(ValueError, match=message):
        prepare_study(sources, study.captions, tmp_path / "new")
    assert not (tmp_path / "new").exists() and not list(tmp_path.glob(".*"))


def test_captions_and_models_that_make_no_study(study, model, tmp_path, monkeypatch):
    sources = {name: tmp_path / name for name in ORDERED}
    for captions in ([], ["a", " "]):
        with pytest.raises(ValueError, match="`captions` must be one sentence at least"):
            prepare_study(sources, captions, tmp_path / "new")
    monkeypatch.setattr(model, "text_encoder", None)
    with pytest.raises(ValueError, match="Source 'm' must draw sentences"):
        prepare_study({**sources, "m": lambda: model}, study.captions, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_votes_are_not_written_over(study, tmp_path):
    sources = {name: tmp_path / name for name in ORDERED}
    prepare_study(sources, study.captions, study.directory)
    VoteLog(study.votes, 4, ORDERED).add("Ann", 0, ORDERED)
    with pytest.raises(FileExistsError, match="a study without votes"):
        prepare_study(sources, study.captions, study.directory)
    with pytest.raises(FileExistsError):
        prepare_study(sources, study.captions, tmp_path / "one")


def test_damaged_studies(study, tmp_path):
    with pytest.raises(FileNotFoundError, match="`rank prepare` wrote"):
        RankStudy(tmp_path / "nowhere")
    study.picture(1, 2).unlink()
    with pytest.raises(ValueError, match="lacks 1, such as"):
        RankStudy(study.directory)
    path = study.directory / "study.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "format": 2}))
    with pytest.raises(ValueError, match="must have the format 1. Received: 2"):
        RankStudy(study.directory)
    path.write_text("{")
    with pytest.raises(ValueError, match="must be a study"):
        RankStudy(study.directory)


# === What is shown ===


def test_orders_are_fixed_for_a_rater_and_differ_between_raters(study):
    again = RankStudy(study.directory)
    raters = [f"rater {k}" for k in range(40)]
    for rater in raters[:3]:
        assert study.order(rater) == again.order(rater)
        assert study.shown(rater, 1) == again.shown(rater, 1)
        assert sorted(study.order(rater)) == [0, 1, 2, 3]
    assert len({tuple(study.order(rater)) for rater in raters}) > 10
    # Every model is seen in every place.
    places = np.array([study.shown(rater, k) for rater in raters for k in range(4)])
    for column in places.T:
        assert np.bincount(column, minlength=3).min() > 25


def test_another_study_has_other_orders(study, tmp_path):
    sources = {name: tmp_path / name for name in ORDERED}
    other = RankStudy(prepare_study(sources, study.captions, tmp_path / "other"))
    raters = [f"rater {k}" for k in range(10)]
    assert [study.order(r) for r in raters] != [other.order(r) for r in raters]


# === Votes ===


@pytest.fixture
def path(tmp_path):
    return tmp_path / "votes.jsonl"


def log(path):
    return VoteLog(path, 4, ORDERED)


def test_the_last_vote_holds(path):
    votes = log(path)
    votes.add("Ann", 1, ["two", "one", "three"])
    votes.add("Bob", 1, ["three", "one", "two"])
    votes.add("Ann", 1, ORDERED)
    expected = {("Ann", 1): ORDERED, ("Bob", 1): ["three", "one", "two"]}
    assert votes.all() == log(path).all() == expected
    assert votes.of("Bob") == {1: ["three", "one", "two"]} and votes.of("Eve") == {}
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == 3 and lines[0]["time"].endswith("+00:00")


def test_a_line_that_was_cut_short_is_passed_over(path):
    log(path).add("Ann", 0, ORDERED)
    whole = path.read_bytes()
    for cut in (1, 20, len(whole) - 1):
        path.write_bytes(whole + whole[:cut])
        votes = log(path)
        assert votes.all() == {("Ann", 0): ORDERED}
        # Reading changes nothing: who serves may be writing.
        assert path.read_bytes() == whole + whole[:cut]
        votes.add("Bob", 2, ORDERED)
        assert log(path).all() == {("Ann", 0): ORDERED, ("Bob", 2): ORDERED}
        assert len(path.read_bytes().splitlines()) == 2
    path.write_bytes(whole[:30])
    assert log(path).all() == {}


def test_two_logs_of_one_file_know_of_each_other(path):
    first, second = log(path), log(path)
    first.add("Ann", 0, ORDERED)
    second.add("Ann", 1, ORDERED)
    assert first.of("Ann") == second.of("Ann") == {0: ORDERED, 1: ORDERED}


def test_many_threads(path):
    votes = log(path)
    threads = [
        threading.Thread(target=lambda k=k: [votes.add(f"r{k}", n, ORDERED) for n in range(4)])
        for k in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log(path).all()) == 32


def test_a_vote_of_another_process_in_between_is_kept(path, monkeypatch):
    pytest.importorskip("fcntl", reason="needs locks")
    first, second = log(path), log(path)
    first.add("Ann", 0, ORDERED)
    look, others = first._end_of_lines, []

    def slow_look(file):
        end = look(file)
        # The other one has its time to write; with the lock it waits.
        others.append(threading.Thread(target=second.add, args=("Bob", 0, ORDERED)))
        others[0].start()
        others[0].join(0.3)
        return end

    monkeypatch.setattr(first, "_end_of_lines", slow_look)
    first.add("Ann", 1, ORDERED)
    others[0].join()
    assert sorted(log(path).all()) == [("Ann", 0), ("Ann", 1), ("Bob", 0)]


def test_votes_are_kept_where_there_are_no_locks(path, monkeypatch):
    from keras_stackgan import file_lock

    class WithoutLocks:
        LOCK_EX = LOCK_UN = 0

        def flock(self, file, operation):
            raise OSError(37, "No locks available")

    for number, missing in enumerate((None, WithoutLocks())):
        monkeypatch.setattr(file_lock, "fcntl", missing)
        log(path).add("Ann", number, ORDERED)
    assert len(log(path).all()) == 2


def test_a_vote_is_synced_before_it_is_acknowledged(path, monkeypatch):
    from keras_stackgan.pages import vote_log

    synced, sync = [], vote_log.os.fsync
    monkeypatch.setattr(
        vote_log.os, "fsync", lambda file: (synced.append(path.stat().st_size), sync(file))
    )
    log(path).add("Ann", 0, ORDERED)
    assert synced[0] == path.stat().st_size > 0


def test_a_full_disk_leaves_no_half_line(path, monkeypatch):
    from keras_stackgan.pages import vote_log

    votes = log(path)
    votes.add("Ann", 0, ORDERED)
    before = path.read_bytes()

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vote_log.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        votes.add("Ann", 1, ORDERED)
    assert path.read_bytes() == before and votes.of("Ann") == {0: ORDERED}


@pytest.mark.parametrize(
    ("vote", "message"),
    [
        (("", 0, ORDERED), "`rater` must be a name"),
        (("Ann", 4, ORDERED), "0 to 3. Received: 4"),
        (("Ann", True, ORDERED), "Received: True"),
        (("Ann", 0, ["one", "two"]), "each once"),
        (("Ann", 0, ["one", "two", "two"]), "each once"),
        (("Ann", 0, "one"), "each once"),
    ],
)
def test_what_is_no_vote(path, vote, message):
    with pytest.raises(ValueError, match=message):
        log(path).add(*vote)
    assert not path.exists()


@pytest.mark.parametrize("line", ["no JSON", "[]", "{}", '{"rater": "A", "caption": 9}'])
def test_a_file_of_something_else_is_named(path, line):
    log(path).add("Ann", 0, ORDERED)
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(ValueError, match="line 2, must be a vote of this study"):
        log(path)
