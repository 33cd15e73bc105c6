"""What `generate` takes as captions, and the files that it writes."""

import json

import numpy as np
import pytest
from PIL import Image

import keras_stackgan
from keras_stackgan import StackGANv2
from keras_stackgan.cli import captions, drawn_files
from keras_stackgan.cli.main import main
from keras_stackgan.text import HashedNgramEncoder


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
    model = StackGANv2((16, 32), 4, 4, embedding_dim=encoder.dim)
    model.text_encoder = encoder
    directory = tmp_path_factory.mktemp("drawing") / "toy"
    model.save_to_preset(directory)
    return str(directory)


def lines_of(folder):
    return [
        json.loads(line) for line in (folder / "pictures.jsonl").read_text("utf-8").split("\n")[:-1]
    ]


def test_a_file_of_captions_is_drawn_with_a_sheet_and_a_list(preset, tmp_path, capsys):
    (tmp_path / "captions.txt").write_text("\ufeffa red bird\n\n ein grüner Vogel \n", "utf-8")
    out = tmp_path / "out"
    arguments = ["generate", "--preset", preset, "--captions", str(tmp_path / "captions.txt")]
    arguments += ["--num_images", "2", "--grid", "--seed", "3", "--out", str(out)]
    assert main(arguments) == 0
    names = ["000_a_red_bird", "001_a_red_bird", "002_ein_grüner_vogel", "003_ein_grüner_vogel"]
    names = [f"{name}.png" for name in names]
    assert sorted(path.name for path in out.glob("*.png")) == [*names, "grid_000.png"]
    pictures = [np.asarray(Image.open(out / name)) for name in names]
    sheet = np.concatenate([np.concatenate(pictures[k : k + 2], axis=1) for k in (0, 2)])
    np.testing.assert_array_equal(np.asarray(Image.open(out / "grid_000.png")), sheet)
    assert lines_of(out)[2] == {
        "file": names[2], "caption": "ein grüner Vogel", "preset": preset, "seed": 3, "place": 2
    }  # fmt: skip
    texts = Image.open(out / names[2]).text
    assert texts["Description"] == "ein grüner Vogel"
    assert texts["Software"] == f"keras_stackgan {keras_stackgan.__version__}"
    facts = json.loads(texts["Comment"])
    assert {"file": names[2], **facts} == lines_of(out)[2]
    assert f"5 files in '{out}': 000_a_red_bird.png to grid_000.png." in capsys.readouterr().out


def test_pictures_are_numbered_on_from_those_that_are_there(preset, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["generate", "--preset", preset, "--caption", "a bird", "--out", str(out)]
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"Written: '{out / '000_a_bird.png'}'.\n"
    assert main([*arguments, "--stages", "all"]) == 0
    assert (out / "000_a_bird.png").is_file() and (out / "001_a_bird_stages.png").is_file()
    files = [line["file"] for line in lines_of(out)]
    assert files == ["000_a_bird.png", "001_a_bird_stage1_16.png", "001_a_bird_stage2_32.png"]


@pytest.mark.parametrize("caption", ["", " \t"])
def test_a_caption_that_says_nothing_is_refused(capsys, tmp_path, caption):
    arguments = ["generate", "--preset", "nowhere", "--caption", "a bird", "--caption", caption]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
    assert "`--caption` must be a sentence to draw. Received: " in capsys.readouterr().err


def test_a_file_of_captions_is_read_or_refused(tmp_path, capsys):
    path = tmp_path / "captions.txt"
    path.write_text("a\n")
    both = ["generate", "--preset", "nowhere", "--caption", "a", "--captions", str(path)]
    assert main(both) == 2 and "Received both" in capsys.readouterr().err
    path.write_bytes("grün".encode("latin-1"))
    with pytest.raises(ValueError, match="must be a text file in UTF-8. Received: .*captions.txt"):
        captions.read(path)
    path.write_text(" \n")
    with pytest.raises(ValueError, match="must hold a sentence a line"):
        captions.read(path)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Eine rote Blüte!", "eine_rote_blüte"),
        ("красная птица", "красная_птица"),
        ("一只红色的鸟", "一只红色的鸟"),
        ("लाल चिड़िया", "लाल_चिड़िया"),
        ("../../etc: *?", "etc"),
        ("!?", "picture"),
        ("a" * 50, "a" * 40),
    ],
)
def test_names_keep_the_letters_of_any_script(words, name):
    import unicodedata

    assert drawn_files.slug(words) == unicodedata.normalize("NFC", name)
