"""Training on one's own pictures: any captions, bad files, folders that move."""

import json
import shutil

import pytest

from keras_stackgan.cli import train, train_text
from keras_stackgan.cli.main import main
from keras_stackgan.data import read_records, write_toy_flowers

TOY = ["--image_sizes", "16", "--steps", "2", "--batch_size", "4", "--stats_every", "1"]
TOY += ["--generator_filters", "4", "--discriminator_filters", "4"]
HASHED = ["--text_encoder", "hashed_ngrams"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to be in, with painted flowers."""
    monkeypatch.chdir(tmp_path)
    write_toy_flowers("flowers", count=8, size=16)
    return tmp_path


def with_captions(caption_of):
    """Writes the flowers' captions anew."""
    with open("flowers/captions.jsonl", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    for number, line in enumerate(lines):
        line["captions"] = [caption_of(number)]
    with open("flowers/captions.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def test_captions_of_another_language_teach_an_encoder(place, capsys):
    with_captions(lambda k: f"eine {['rote', 'blaue'][k % 2]} Blume")
    assert main(["train", "--data", "flowers", "--run_dir", "run", *TOY]) == 0
    assert "told from the other captions alone" in capsys.readouterr().err
    assert main(["generate", "--run_dir", "run", "--caption", "eine rote Blume"]) == 0


def test_bad_pictures_do_not_teach_the_encoder(place, capsys):
    first = read_records("flowers")[0].path
    first.write_bytes(first.read_bytes()[:40])
    arguments = ["train", "--data", "flowers", "--run_dir", "run", *TOY]
    assert main([*arguments, "--skip_bad"]) == 0
    assert "7 pictures" in capsys.readouterr().out


def test_a_run_goes_on_where_it_was_moved_to(place, monkeypatch, capsys):
    assert main(["train", "--data", "flowers", "--run_dir", "run", *TOY]) == 0
    (place / "elsewhere").mkdir()
    shutil.move("run", "elsewhere/moved")
    monkeypatch.chdir(place / "elsewhere")
    resume = ["--resume", "--more_steps", "1", "--data", "../flowers"]
    assert main(["train", "--run_dir", "moved", *resume]) == 0
    assert "1 steps" in capsys.readouterr().err


def test_a_run_whose_data_moved_asks_for_them(place, capsys):
    assert main(["train", "--data", "flowers", "--run_dir", "run", *TOY, *HASHED]) == 0
    shutil.move("flowers", "moved")
    capsys.readouterr()
    assert main(["train", "--run_dir", "run", "--resume"]) == 2
    line = capsys.readouterr().err
    assert "'flowers' of the run 'run' does not exist" in line
    assert line.endswith("It may have moved: --data FOLDER.\n")
    assert main(["train", "--run_dir", "run", "--resume", "--data", "moved"]) == 0


def test_an_encoder_of_other_captions_is_not_taken(place, monkeypatch):
    taught = []

    def by_pictures(records, out, seed, say):
        taught.append(len(records))
        (out / "text_encoder").mkdir(parents=True)

    monkeypatch.setattr(train_text, "by_pictures", by_pictures)
    records = read_records("flowers")
    first = train._taught_encoder(records, place / "run", 0)
    assert train._taught_encoder(records, place / "run", 0) == first and taught == [8]
    assert train._taught_encoder(records[1:], place / "run", 0) != first
    assert train._taught_encoder(records, place / "run", 1) != first and taught == [8, 7, 8]


def test_embeddings_go_to_the_run_where_the_data_cannot_be_written(place):
    (place / "flowers" / ".caption_embeddings").write_text("in the way")
    assert main(["train", "--data", "flowers", "--run_dir", "run", *TOY, *HASHED]) == 0
    assert list((place / "run" / ".caption_embeddings").glob("*.npy"))


def test_a_wrong_setting_leaves_no_run_behind(place, capsys):
    arguments = ["train", "--data", "flowers", "--run_dir", "run", *TOY, *HASHED]
    assert main([*arguments, "--set", "phases.0.compile.kl_wieght=1.0"]) == 2
    assert "kl_wieght" in capsys.readouterr().err
    assert not (place / "run" / "config.json").exists()
    assert main(arguments) == 0
