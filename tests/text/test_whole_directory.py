"""A directory is written whole or stays as it was."""

import os

import pytest

from keras_stackgan.text.whole_directory import whole_directory


def save(target, content="new"):
    with whole_directory(target, lambda path: True, "one of mine") as new:
        (new / "file").write_text(content)


def test_it_takes_the_place_of_the_old_one(tmp_path):
    save(tmp_path / "a", "old")
    save(tmp_path / "a")
    assert (tmp_path / "a" / "file").read_text() == "new"
    assert os.listdir(tmp_path) == ["a"]


def test_something_else_stays(tmp_path):
    (tmp_path / "a").mkdir()
    with (
        pytest.raises(FileExistsError, match="must be new, empty or one of mine"),
        whole_directory(tmp_path / "a", lambda path: False, "one of mine"),
    ):
        pass


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_interrupted_exchange_is_taken_back(tmp_path, monkeypatch, error):
    save(tmp_path / "a", "old")
    exchange = os.replace

    def interrupted(source, target):
        if os.path.basename(source) == "new":
            raise error
        exchange(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(error):
        save(tmp_path / "a")
    assert (tmp_path / "a" / "file").read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_the_working_directory_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileExistsError, match="must not be the working directory"):
        save(".")
    assert os.listdir(".") == []


def test_a_link_stays(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real" / "file").exists()
