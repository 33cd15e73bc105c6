"""The papers' tables: runs that go on, what is measured of them, and the command."""

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import benchmark_path  # noqa: F401
import numpy as np
import paper_table_material as toy
import pytest
from absl import flags
from paper_tables import command, rows, scoring, sheet
from paper_tables.first_stage import FirstStage
from paper_tables.material import Material
from paper_tables.options import Options
from paper_tables.probe import line, probe
from paper_tables.run import Run
from paper_tables.settings import make_settings
from paper_tables.table import Table
from paper_tables.verdict import MISSING
from PIL import Image

from keras_stackgan.models import recalibrate_batch_statistics
from keras_stackgan.training import Stopped

ROOT = Path(__file__).parents[2]


class TestRun:
    def test_sigterm_stops_a_row_and_it_goes_on_to_the_same_bits(self, tmp_path):
        for name in ("whole", "broken"):
            (tmp_path / name).mkdir()
        whole, broken = (toy.toy_run(tmp_path / name, "dcgan") for name in ("whole", "broken"))
        whole.train()
        with pytest.raises(Stopped, match="stopped at step 3 of 4"):
            broken.train([toy.SignalAt(signal.SIGTERM, 3)])
        assert not broken.done
        broken.train()
        assert toy.digest(broken, "all") == toy.digest(whole, "all")

    @pytest.mark.slow
    @pytest.mark.parametrize(("name", "phase"), [("v2", "all"), ("v1", "stage_2")])
    def test_a_killed_row_goes_on_to_the_same_bits(self, tmp_path, name, phase):
        for folder in ("whole", "broken"):
            (tmp_path / folder).mkdir()
        whole = toy.toy_run(tmp_path / "whole", name)
        whole.train()
        killed = subprocess.run(
            [sys.executable, Path(toy.__file__), tmp_path / "broken", name],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=300,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
        broken = toy.toy_run(tmp_path / "broken", name)
        broken.train()
        assert toy.digest(broken, phase) == toy.digest(whole, phase)

    def test_done_rows_are_not_run_again(self, tmp_path, monkeypatch):
        material, trained = toy.ToyMaterial(tmp_path), []
        for name in ("v2", "v1"):
            run = Run(rows.get(name), 0, material)
            run.folder.mkdir(parents=True)
            run.path.write_text(json.dumps(toy.result(run)))
        monkeypatch.setattr(Run, "train", lambda self: trained.append(self.row.name))
        monkeypatch.setattr(Run, "measure", lambda self, scorer, model: None)
        table = Table(material, ["v2", "v1", "dcgan"], 1, tmp_path / "page.md", "python x")
        monkeypatch.setattr(table, "_prepare", lambda: setattr(table, "_scorer", "scorer"))
        table.train()
        assert trained == ["dcgan"]
        assert "Measured: 2 of" in (tmp_path / "page.md").read_text()
        other = toy.ToyMaterial(tmp_path, Options(size=32, width=8))
        with pytest.raises(ValueError, match="result of these options"):
            Run(rows.get("v2"), 0, other).result()

    def test_batch_statistics_are_estimated_before_the_measures(self, tmp_path, monkeypatch):
        steps, seen = 3, []
        monkeypatch.setattr("paper_tables.run.STATISTICS_STEPS", steps)

        def statistics(model):
            variables = model.averaged_generator.non_trainable_variables
            return {v.path: v.numpy() for v in variables if v.name.startswith("moving_")}

        def scores(model, row):
            seen.append(statistics(model))
            return []

        scorer = SimpleNamespace(
            scores=scores, drawn=lambda model, row: np.zeros((2, 32, 32, 3), "uint8")
        )
        run = toy.toy_run(tmp_path, "dcgan")
        model = run.train()
        before = statistics(model)
        run.measure(scorer, model)
        batches = [{"images": np.zeros((16, 32, 32, 3), "uint8")}] * steps
        recalibrate_batch_statistics(model, batches, steps)
        expected = statistics(model)
        assert before and seen[0].keys() == before.keys()
        for name, values in seen[0].items():
            np.testing.assert_array_equal(values, expected[name], err_msg=name)
            assert np.any(values != before[name]), name
        assert run.result()["scores"] == []

    def test_a_first_stage_is_that_of_another_run(self, tmp_path):
        run = Run(rows.get("stage1"), 1, toy.ToyMaterial(tmp_path))
        assert run.trained.folder == tmp_path / "small" / "v1" / "seed_1"
        assert run.folder == tmp_path / "small" / "stage1" / "seed_1"

    def test_seconds_are_those_of_the_log(self, tmp_path):
        run = Run(rows.get("v1"), 0, toy.ToyMaterial(tmp_path))
        settings = make_settings(run.row, Options(pictures=3200), 0)
        run.folder.mkdir(parents=True)
        lines = [{"phase": "stage_1", "seconds": 5.0}, {"phase": "stage_2", "seconds": 15.0}]
        (run.folder / "stats.jsonl").write_text("\n".join(map(json.dumps, lines)))
        # Two intervals of 50 steps of 16 pictures; the run has twice as many.
        assert run.seconds(settings) == pytest.approx(20.0 * 3200 / 1600)


@pytest.mark.slow
def test_the_probe_measures_every_phase():
    clock, processor = probe(rows.get("v1"), toy.OPTIONS, measured=1)
    assert 0 < clock < math.inf and processor > 0
    said = line(rows.get("v1"), Options(pictures=3200), (300.0, 250.0))
    assert "300.00 s for 1,000 pictures, 16 min a seed (250.00 s" in said


class Drawing:
    """Two stages of flat pictures whose colors differ by a given step."""

    conditional, embedding_dim, text_encoder, num_classes = True, 8, None, None
    output_sizes = (16, 32)

    def __init__(self, step):
        self.step = step

    def generate(self, captions=None, num_images=1, seed=0, stages="last", **kwargs):
        count = len(captions) * num_images
        sizes = [np.full((count, s, s, 3), k * self.step, "uint8") for k, s in enumerate((16, 32))]
        return sizes if stages == "all" else sizes[-1]


class TestScoring:
    def test_color_distance(self):
        records = [SimpleNamespace(captions=("a bird",))] * 3
        same = scoring.color_distance(Drawing(0), records)
        assert same.value == 0.0 and same.n == 3
        other = scoring.color_distance(Drawing(51), records)
        assert other.value == pytest.approx((51 / 127.5) ** 2, rel=1e-4)

    def test_a_first_stage_alone(self):
        model = FirstStage(Drawing(9))
        assert model.generate(["a", "b"]).shape == (2, 16, 16, 3)
        assert model.output_sizes == (16,)


class TestSheet:
    def test_strips_stand_under_one_another(self, tmp_path):
        strips = []
        for number, size in enumerate((16, 32)):
            folder = tmp_path / str(number)
            folder.mkdir()
            pictures = np.full((sheet.COLUMNS + 1, size, size, 3), 100 * number + 50, "uint8")
            sheet.save_strip(folder, pictures)
            strips.append((f"row {number}", folder / sheet.STRIP))
        strips.insert(1, ("not there", tmp_path / "none.png"))
        path = tmp_path / "pages/sheet.jpg"
        assert sheet.write_sheet(strips, 32, path)
        with Image.open(path) as found:
            assert found.size == (sheet.LABEL_WIDTH + sheet.COLUMNS * 32, 64)
            shown = np.asarray(found.convert("L"), "float32")
        assert abs(shown[:32, sheet.LABEL_WIDTH + 8 :].mean() - 50) < 3
        assert abs(shown[32:, sheet.LABEL_WIDTH + 8 :].mean() - 150) < 3
        # Labels are dark on white.
        assert shown[:32, : sheet.LABEL_WIDTH - 8].min() < 100

    def test_without_strips_no_old_sheet_stays(self, tmp_path):
        path = tmp_path / "sheet.jpg"
        path.write_bytes(b"old")
        assert not sheet.write_sheet([("row", tmp_path / "none.png")], 32, path)
        assert not path.exists()


def parse(*arguments):
    values = flags.FlagValues()
    command.define(values)
    values(["paper_tables", *arguments])
    return values


class TestCommand:
    def test_flags(self):
        options = command.options_of(parse("--size=256", "--width=64", "--data=cub"))
        assert options.stage_sizes == (64, 128, 256) and options.data == "cub"
        smoke = command.options_of(parse("--smoke"))
        assert smoke.size == 32 and smoke.run_eagerly
        with pytest.raises(ValueError, match="`--seeds` must be"):
            command.run(parse("--seeds=many"))
        with pytest.raises(ValueError, match="needs --data_dir"):
            command.run(parse("--data=cub"))
        with pytest.raises(ValueError, match="`rows` must be of"):
            command.run(parse("--rows=v3"))

    def test_list_and_page_touch_nothing_else(self, tmp_path):
        said, folder = [], tmp_path / "runs"
        arguments = ["--width=8", f"--runs_dir={folder}", f"--out={tmp_path / 'page.md'}"]
        command.run(parse("--list", *arguments), said.append)
        assert len(said) == len(rows.ROWS) and "seeds done: none" in said[0]
        command.run(parse("--report_only", *arguments), said.append)
        page = (tmp_path / "page.md").read_text()
        assert "Nothing is measured yet" in page
        assert "\npython benchmarks/paper_tables.py --width=8\n" in page
        assert not folder.exists()

    def test_material_of_other_options_is_refused(self, tmp_path):
        (tmp_path / "settings.json").write_text(json.dumps(Options(size=32).shared()))
        with pytest.raises(ValueError, match="must hold the material of one table"):
            Material(Options(), tmp_path)
        Material(Options(size=32, width=4, recipe="published"), tmp_path)


@pytest.mark.slow
def test_smoke(tmp_path):
    pytest.importorskip("skia")
    arguments = ["--smoke", f"--runs_dir={tmp_path}"]
    said = []
    assert command.run(parse(*arguments), said.append) == 0
    page = (tmp_path / "PAPER_TABLES.md").read_text()
    assert f"Measured: {len(rows.ROWS)} of {len(rows.ROWS)} rows" in page
    assert MISSING not in page
    assert "![What the rows draw](PAPER_TABLES.jpg)" in page
    with Image.open(tmp_path / "PAPER_TABLES.jpg") as shown:
        # The real pictures', and each row's.
        assert shown.size[1] == (1 + len(rows.ROWS)) * 32
    results = {p.parent.parent.name for p in tmp_path.glob("small/*/seed_0/result.json")}
    assert results == set(rows.names())
    for metric in ("inception_score", "frechet_distance", "attribute_accuracy", "ms_ssim"):
        found = json.loads((tmp_path / "small/v2/seed_0/result.json").read_text())
        assert metric in {score["metric"] for score in found["scores"]}
    assert "real pictures, 32 pixels" in page
    said.clear()
    command.run(parse(*arguments), said.append)
    assert [line for line in said if line.startswith("===")] == []
