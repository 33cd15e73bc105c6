"""The papers' tables: results of another recipe, other judges or another program are told."""

import copy
import json
import re
import shutil
import subprocess

import benchmark_path  # noqa: F401
import paper_table_material as toy
import pytest
from paper_tables import origin, rows
from paper_tables.bound import read_bound, write_bound
from paper_tables.options import Options
from paper_tables.report import write_report
from paper_tables.results import Results
from paper_tables.run import Run
from paper_tables.settings import make_settings
from paper_tables.table import Table

from keras_stackgan.metrics import Score


def write_result(run, **changes):
    run.folder.mkdir(parents=True, exist_ok=True)
    found = {**toy.result(run), **changes}
    run.path.write_text(json.dumps({k: v for k, v in found.items() if v is not None}))


def write_judge(folder, weights):
    for part in ("judges/plain.keras", "pair/guide/matching.keras"):
        path = folder / part
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(weights)


class TestResult:
    def test_of_an_older_recipe_is_not_done(self, tmp_path, monkeypatch):
        run = toy.toy_run(tmp_path, "v2")
        write_result(run)
        assert run.done

        def other(*arguments):
            settings = make_settings(*arguments)
            settings["phases"][0]["compile"]["r1_weight"] = 0.7
            return settings

        monkeypatch.setattr("paper_tables.run.make_settings", other)
        with pytest.raises(ValueError, match="must be of this program's settings.*Remove it, and"):
            run.result()

    def test_of_other_judges_is_not_done(self, tmp_path):
        write_judge(tmp_path, b"one")
        run = toy.toy_run(tmp_path, "v2")
        write_result(run)
        assert run.done
        (tmp_path / "pair/guide/matching.keras").write_bytes(b"two")
        with pytest.raises(ValueError, match="must be of this program's judges.*Remove it, and"):
            run.result()

    @pytest.mark.parametrize("name", ["settings", "judges"])
    def test_that_does_not_say_what_it_is_of_is_not_done(self, tmp_path, name):
        run = toy.toy_run(tmp_path, "v2")
        write_result(run, **{name: None})
        with pytest.raises(ValueError, match=f"Received: a file that does not name its {name}"):
            run.result()

    def test_of_a_first_stage_is_of_the_settings_that_trained_it(self, tmp_path):
        stage, whole = toy.toy_run(tmp_path, "stage1"), toy.toy_run(tmp_path, "v1")
        assert stage.origin() == whole.origin() != toy.toy_run(tmp_path, "v1_no_ca").origin()


def test_a_table_with_a_foreign_result_trains_nothing(tmp_path, monkeypatch):
    material, trained = toy.ToyMaterial(tmp_path), []
    write_result(toy.toy_run(tmp_path, "v1"), settings="other")
    monkeypatch.setattr(Run, "train", lambda self: trained.append(self.row.name))
    monkeypatch.setattr(Run, "measure", lambda self, scorer, model: None)
    monkeypatch.setattr(Table, "_prepare", lambda self: None)
    # The page is of all rows, whichever are trained.
    with pytest.raises(ValueError, match="Received: other. Remove it, and"):
        Table(material, ["dcgan", "wgan_gp"], 1, tmp_path / "page.md", "python x").train()
    assert trained == []


def test_a_bound_by_other_judges_is_refused(tmp_path):
    material = toy.ToyMaterial(tmp_path)
    write_judge(tmp_path, b"one")
    assert read_bound(material, 32) is None
    write_bound(material, 32, [Score("ms_ssim", "real", 0.1, 0.0, 0.2, 20, 0, "ms-ssim")])
    assert read_bound(material, 32)["scores"][0]["value"] == 0.1
    write_judge(tmp_path, b"two")
    with pytest.raises(ValueError, match="real_32.json' must be measured by.*Remove it, and"):
        read_bound(material, 32)
    path = tmp_path / "real_32.json"
    path.write_text(json.dumps({"row": "real_32", "seed": 0, "scores": []}))
    with pytest.raises(ValueError, match="Received: a file that does not name them"):
        read_bound(material, 32)


class TestDigests:
    def test_settings_without_what_changes_no_bits(self):
        row = rows.get("v1")
        settings = make_settings(row, Options(), 0)
        digest, before = origin.settings_digest(settings), copy.deepcopy(settings)
        assert settings == before
        assert origin.settings_digest(make_settings(row, Options(save_every=7), 0)) == digest
        assert origin.settings_digest(make_settings(row, Options(), 1)) != digest
        assert origin.settings_digest(make_settings(rows.get("v2"), Options(), 0)) != digest

    def test_judges_by_their_content(self, tmp_path):
        folders = [tmp_path / name for name in ("one", "other")]
        for folder in folders:
            write_judge(folder, b"weights")
        assert origin.judges_digest(folders[0]) == origin.judges_digest(folders[1])
        shutil.move(folders[1] / "judges/plain.keras", folders[1] / "judges/separable.keras")
        assert origin.judges_digest(folders[0]) != origin.judges_digest(folders[1])
        # A table that goes on from another's material.
        linked = tmp_path / "linked"
        linked.mkdir()
        for part in ("judges", "pair"):
            (linked / part).symlink_to(folders[0] / part)
        assert origin.judges_digest(linked) == origin.judges_digest(folders[0])


def git(folder, *arguments):
    name = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "-C", folder, *name, *arguments], check=True, capture_output=True)


class TestProgram:
    def test_of_a_checkout_is_its_commit(self, tmp_path):
        (tmp_path / "program.py").write_text("")
        (tmp_path / "page.md").write_text("")
        git(tmp_path, "init")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-m", "begun")
        found = origin.program(tmp_path)
        assert re.fullmatch("commit [0-9a-f]{4,40}", found)
        # The page is a file of the checkout itself.
        (tmp_path / "page.md").write_text("written anew")
        assert origin.program(tmp_path) == found
        (tmp_path / "program.py").write_text("changed = True")
        assert origin.program(tmp_path) == f"{found}, changed since"
        copied = tmp_path / "copy"
        copied.mkdir()
        assert origin.program(copied).startswith("version ")

    def test_without_git_is_a_version(self, tmp_path, monkeypatch):
        assert re.match(r"version \d", origin.program(tmp_path))
        monkeypatch.setenv("PATH", str(tmp_path))
        assert re.match(r"version \d", origin.program())

    def test_is_named_on_the_page(self, monkeypatch):
        monkeypatch.setattr("paper_tables.report.program", lambda: "commit abc1234")
        page = write_report(Results([]), Options(), "python x")
        assert "Made by `benchmarks/paper_tables.py`, commit abc1234; no figure" in page
