"""`keras-stackgan demo` and `rank`."""

import contextlib
import functools
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keras_stackgan import StackGANv2
from keras_stackgan.cli import demo
from keras_stackgan.cli.main import main
from keras_stackgan.pages import RankStudy, VoteLog
from keras_stackgan.text import HashedNgramEncoder

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
    model = StackGANv2(
        image_sizes=(16,), generator_filters=4, discriminator_filters=4, embedding_dim=encoder.dim
    )
    model.text_encoder = encoder
    directory = tmp_path_factory.mktemp("presets") / "toy"
    model.save_to_preset(directory, {"captions": ["a red bird"], "knows": ["nothing"]})
    return directory


@pytest.fixture
def served(monkeypatch):
    """The servers that commands open; each is stopped by what Ctrl-C raises, at once."""
    opened = []

    def stop(server):
        opened.append(server)
        raise KeyboardInterrupt

    monkeypatch.setattr("keras_stackgan.pages.PageServer.serve_forever", stop)
    return opened


@pytest.fixture(scope="module")
def study(preset, tmp_path_factory):
    """What `rank prepare` has made of two presets."""
    folder = tmp_path_factory.mktemp("rank")
    captions, out = folder / "captions.txt", folder / "study"
    # With the mark that some editors begin a file with.
    captions.write_text("\ufeffa red bird\n\n a blue bird \n", encoding="utf-8")
    models = ["--preset", f"ours={preset}", "--preset", str(preset)]
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        arguments = ["rank", "prepare", *models, "--captions", str(captions), "--out", str(out)]
        assert main(arguments) == 0
    assert "2 captions, 2 models" in shown.getvalue() and "ours draws." in shown.getvalue()
    assert json.loads((out / "study.json").read_text())["captions"] == ["a red bird", "a blue bird"]
    return str(out)


def test_demo_serves_a_preset(preset, served, capsys):
    assert main(["demo", "--preset", str(preset), "--port", "0", "--max_images", "3"]) == 0
    page = served[0].page
    about = json.loads(page.about({}).body)
    assert about["name"] == "toy" and about["knows"] == ["nothing"]
    assert about["bounds"]["images"] == 3 and "files" not in about
    shown = capsys.readouterr().out
    assert f"Draw sentences at: {served[0].url}" in shown and "Every machine" not in shown
    assert served[0].server_address[0] == "127.0.0.1"


def test_demo_says_what_a_run_is(tmp_path):
    config = {"format": 1, "recipe": "captions_cpu", "phases": [], "data": {"folder": "flowers"}}
    config["run"] = {"sample_captions": ["a red rose"]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    about = demo.about(demo.COMMAND.parse(["--run_dir", str(tmp_path)])[0])
    assert about["name"] == tmp_path.name and about["captions"] == ["a red rose"]
    assert "captions_cpu" in about["description"] and "'flowers'" in about["knows"][0]


def test_another_host_is_said_aloud(served, study, capsys):
    arguments = ["rank", "serve", "--study", study, "--port", "0", "--host", "0.0.0.0"]
    assert main([*arguments, "--allow_host", "birds.example"]) == 0
    assert "Every machine that reaches this one" in capsys.readouterr().out
    assert served[0].allowed_hosts == {"localhost", "0.0.0.0", "birds.example"}


def test_rank_from_presets_to_a_report(study, served, capsys):
    made = RankStudy(study)
    assert made.models == ["ours", "toy"] and made.captions == ["a red bird", "a blue bird"]
    assert main(["rank", "report", "--study", study]) == 2
    assert "no votes yet" in capsys.readouterr().err
    assert main(["rank", "serve", "--study", study, "--port", "0"]) == 0
    assert served[0].page.study.models == ["ours", "toy"]
    VoteLog(made.votes, 2, made.models).add("Ann", 0, ["toy", "ours"])
    assert main(["rank", "report", "--study", study, "--level", "0.9"]) == 0
    shown = capsys.readouterr().out
    assert "| toy | 1.00 | 1.00 to 1.00 | 100 % | 1 |" in shown and "90 % interval" in shown
    lines = (made.directory / "ranks.jsonl").read_text().splitlines()
    assert [json.loads(line)["model"] for line in lines] == ["toy", "ours"]


def test_ctrl_c_ends_a_server_well(study):
    server = subprocess.Popen(
        [sys.executable, "-m", "keras_stackgan", "rank", "serve", "--study", study, "--port", "0"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What runs in a shell's background has Ctrl-C turned off, and hands that down.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    lines = [server.stdout.readline() for _ in range(2)]
    server.send_signal(signal.SIGINT)
    _, said = server.communicate(timeout=60)
    assert "Rank pictures at: http://127.0.0.1:" in lines[1]
    assert (server.returncode, said) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demo"], "--run_dir or --preset"),
        (["demo", "--preset", "nowhere"], "nowhere"),
        (["demo", "--preset", "p", "--port", "70000"], "port"),
        (["rank"], "prepare, serve, report. See --help."),
        (["rank", "vote"], "Received: 'vote'"),
        (["rank", "prepare"], "Give --captions and --out"),
        (["rank", "prepare", "--captions", "nowhere", "--out", "o"], "two models at least"),
        (
            ["rank", "prepare", "--captions", "nowhere", "--out", "o", "--folder", "a"]
            + ["--folder", "b"],
            "'nowhere'",
        ),
        (
            ["rank", "prepare", "--captions", "c", "--out", "o", "--folder", "x/a"]
            + ["--preset", "y/a"],
            "Received: --folder 'x/a'. Give it one: --folder NAME=x/a",
        ),
        (["rank", "serve"], "Give --study"),
        (["rank", "serve", "--study", "nowhere"], "`rank prepare` wrote"),
        (["rank", "serve", "--study", "s", "--captions", "c"], "`rank serve` takes no --captions"),
        (["rank", "report", "--study", "s", "--port", "1"], "`rank report` takes no --port"),
    ],
)
def test_an_error_of_the_user_is_one_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and message in lines[0]
    assert not list(tmp_path.iterdir())


def test_dry_runs(capsys):
    assert main(["demo", "--preset", "p", "--dry_run"]) == 0
    assert json.loads(capsys.readouterr().out)["port"] == demo.PORT
    assert main(["rank", "prepare", "--preset", "p", "--preset", "q", "--dry_run"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["rank"] == "prepare" and shown["preset"] == ["p", "q"]
