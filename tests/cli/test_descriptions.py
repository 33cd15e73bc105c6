"""What `info` prints of a run and of a preset, and in which order."""

import json

from keras_stackgan.callbacks import state_file
from keras_stackgan.cli import descriptions


def preset(**metadata):
    return {
        "name": "toy", "class_name": "StackGANv2", "description": "Toys.", "bytes": 1_500_000,
        "text_encoder": None, "damaged": [], "metadata": {"description": "Toys.", **metadata},
    }  # fmt: skip


def test_a_preset_shows_figures_first_and_the_command_of_training_last():
    training = {"command": "keras-stackgan train", "minutes": 62}
    figure = {"name": "kind", "value": 0.95251, "command": "measure", "n": 400}
    figure["interval"] = [0.92349, 0.97]
    shown = descriptions.described_preset(
        preset(training=training, knows=["roses", "tulips"], figures=[figure], license="MIT")
    )
    assert shown.splitlines() == [
        "Preset toy: Toys.",
        "  StackGANv2, 1.5 MB",
        "  text encoder: none",
        "  figures:",
        "    measure",
        "      kind: 0.953 (interval 0.923 to 0.97, n 400)",
        "  knows:",
        "    roses",
        "    tulips",
        "  license: MIT",
        "  training:",
        "    minutes: 62",
        "  trained by: keras-stackgan train",
    ]
    assert training["command"] == "keras-stackgan train"


def test_what_others_wrote_into_metadata_ends_no_line():
    shown = descriptions.described_preset(preset(training="long", limits=["a\nb"], odd=None))
    assert shown.splitlines()[3:] == ["  limits:", "    a\\nb", "  training: long"]


def test_a_run_shows_times_losses_grids_and_what_comes_next(tmp_path, monkeypatch):
    phases = [{"name": "first", "steps": 200}, {"name": "second", "steps": 300}]
    config = {"format": 1, "data": {"folder": "my flowers"}, "phases": phases}
    config["run"] = {"sample_captions": ["a 'red' rose"]}
    run = tmp_path / "a run"
    run.mkdir()
    (run / "config.json").write_text(json.dumps(config))
    stats = [
        {"phase": "first", "step": 100, "seconds": 60.2, "d_loss_16": 1.0},
        {"phase": "first", "step": 200, "seconds": 62.0, "d_loss_16": 1.23456, "g_loss_16": 2},
    ]
    (run / "stats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in stats) + '{"ph')
    (run / "samples" / "first").mkdir(parents=True)
    steps = {"first": 200}
    monkeypatch.setattr(
        state_file, "newest", lambda path: path.name if path.name in steps else None
    )
    monkeypatch.setattr(
        state_file, "read_header", lambda name: {"position": {"batches": steps[name]}}
    )
    lines = descriptions.described_run(str(run)).splitlines()
    assert lines[1:] == [
        "  data: my flowers",
        "  phase first: 200 of 200 steps, 2 minutes",
        "  phase second: 0 of 300 steps",
        "  losses at step 200 of phase first:",
        "    d_loss_16: 1.23",
        "    g_loss_16: 2",
        f"  sample grids: {run / 'samples' / 'first'}",
        f"  keras-stackgan train --run_dir '{run}' --resume",
    ]
    steps["second"] = 300
    last = descriptions.described_run(str(run)).splitlines()[-1]
    assert last.startswith(f"  keras-stackgan generate --run_dir '{run}' --caption ")
