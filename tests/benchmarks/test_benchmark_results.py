"""Lines of results, what was measured in a process, and settings that were found."""

import json
import subprocess
import sys
from pathlib import Path

import allocator_settings
import machine
import options
import pytest
import results_file
from best_settings import applied
from reporting import races

BENCHMARKS = Path(options.__file__).parent


def test_lines_are_whole_after_each_addition(tmp_path):
    out = results_file.ResultsFile(tmp_path / "results", "some")
    out.add({"a": 1})
    with pytest.raises(TypeError):
        out.add({"a": 2}, {"b": object()})
    out.add({"a": 3})
    lines = results_file.read_lines(tmp_path / "results", "some")
    assert [line["a"] for line in lines] == [1, 3]
    assert {"machine", "versions", "command", "date", "cores"} <= set(lines[0])
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["some.jsonl"]
    # A new run begins anew.
    results_file.ResultsFile(tmp_path / "results", "some").add({"a": 4})
    assert len(results_file.read_lines(tmp_path / "results", "some")) == 1
    assert results_file.read_lines(tmp_path, "none") == []


def test_lines_of_a_run_before_stay_where_asked(tmp_path):
    results_file.ResultsFile(tmp_path, "some").add({"who": "ours"}, {"who": "torch"})
    out = results_file.ResultsFile(tmp_path, "some", kept=lambda line: line["who"] == "ours")
    out.add({"who": "torch", "rate": 2})
    lines = results_file.read_lines(tmp_path, "some")
    assert [(line["who"], line.get("rate")) for line in lines] == [("ours", None), ("torch", 2)]


def test_races_of_this_machine_that_do_not_run_stay():
    line = {**machine.identity(), "width": 4, "sizes": [16], "batch_size": 8, "name": "ours"}
    kept = races.of_others({races.title(line)})
    assert not kept(line) and kept({**line, "width": 8}) and kept({**line, "preset": "any"})
    assert not kept({**line, "width": 8, "machine": "another"})


def test_races_stand_by_width_and_pictures_with_named_models_last():
    line = {"sizes": [16], "width": 16, "batch_size": 8}
    lines = [
        {**line, "preset": "b", "width": 4},
        {**line, "width": 64},
        {**line, "preset": "a", "width": 2},
        {**line, "batch_size": 1},
        {**line},
    ]
    assert [title.split(" px")[0] for title in races.groups(lines)] == [
        "width 16, 16", "width 16, 16", "width 64, 16", "b, width 4, 16", "a, width 2, 16",
    ]  # fmt: skip
    assert list(races.groups(lines))[0].endswith("1 picture")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_that_of_the_program_alone():
    child = "import process_memory; print(process_memory.own('VmHWM'))"
    parent = f"""
import resource, subprocess, sys
ballast = bytearray(b"x" * (300 << 20))
child = {child!r}
print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", parent], cwd=BENCHMARKS, capture_output=True, text=True, check=True
    )
    of_child, of_parent = map(float, done.stdout.split())
    assert 1 < of_child < 100 and of_parent > 300


@pytest.mark.parametrize(
    "name", ["train_step", "generate", "allocators", "run_all", "profile_step"]
)
def test_who_runs_a_race_loads_no_framework(name):
    code = f"import {name}, sys; print({{'tensorflow', 'torch', 'numpy'}} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.fixture
def tried(tmp_path):
    """Writes what `allocators.py` found, each of this machine unless told otherwise."""

    def write(*lines):
        here = {**machine.identity(), "name": "x", "width": 16, "threads": None}
        lines = [{**here, "pictures_per_second": 1.0, **line} for line in lines]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / "allocators.jsonl").write_text(text)
        return tmp_path

    return write


def test_the_fastest_settings_are_applied_to_contenders_and_their_kin(tried, monkeypatch):
    monkeypatch.setattr(allocator_settings, "lacking", lambda name: None)

    def line(contender, allocator, threads, rate):
        found = {"allocator": allocator, "threads": threads, "pictures_per_second": rate}
        return {"contender": contender, **found}

    folder = tried(
        {"contender": "ours", "failure": "no"},
        line("ours", "glibc", None, 10.0),
        line("ours", "jemalloc", None, 12.0),
        line("torch, channels_last", "glibc", 1, 5.0),
        line("torch, compiled, bfloat16", "tcmalloc", None, 3.0),
    )
    compiled = {"compile": True}
    specs = {"ours, XLA": {"framework": "ours"}, "torch": {}, "torch, compiled": compiled}
    specs["torch, compiled, bfloat16"] = compiled
    assert applied(specs, folder, "cpu", 16) == {
        "ours, XLA": {"framework": "ours", "allocator": "jemalloc", "threads": None},
        "torch": {"allocator": "glibc", "threads": 1},
        "torch, compiled": {"allocator": "glibc", "threads": 1, **compiled},
        "torch, compiled, bfloat16": {"allocator": "tcmalloc", "threads": None, **compiled},
    }
    # Nothing was tried on a GPU.
    assert applied(specs, folder, "gpu", 16) == specs
    assert applied(specs, folder / "none", "cpu", 16) == specs


def test_settings_of_another_machine_are_left_out_with_a_word(tried, capsys):
    other = {"contender": "ours", "allocator": "glibc, 64 MB"}
    folder = tried({**other, "machine": "another one"}, {**other, "cores": 999})
    assert applied({"ours": {}}, folder, "cpu", 16) == {"ours": {}}
    assert "another machine" in capsys.readouterr().out


def test_settings_of_the_nearest_width_count(tried):
    folder = tried(
        {"contender": "ours", "allocator": "glibc, 64 MB", "pictures_per_second": 20.0},
        {"contender": "ours", "allocator": "glibc", "width": 64, "pictures_per_second": 3.0},
    )
    for width, allocator in ((8, "glibc, 64 MB"), (32, "glibc, 64 MB"), (64, "glibc")):
        assert applied({"ours": {}}, folder, "cpu", width)["ours"]["allocator"] == allocator


@pytest.mark.skipif(sys.platform != "linux", reason="preloads libraries")
def test_settings_whose_library_is_gone_are_left_out_with_a_word(tried, monkeypatch, capsys):
    monkeypatch.setitem(allocator_settings.SETTINGS, "none", {"LD_PRELOAD": "libno_such.so.1"})
    folder = tried({"contender": "ours", "allocator": "none"})
    assert applied({"ours": {}}, folder, "cpu", 16) == {"ours": {}}
    assert "ours: libno_such.so.1 is not installed any more" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_allocator_must_be_loaded_and_no_other(tmp_path, monkeypatch):
    maps = tmp_path / "maps"
    monkeypatch.setattr(allocator_settings, "MAPS", maps)
    maps.write_text("7f00-7f01 r-xp 00000000 08:01 123 /usr/lib/libtcmalloc_minimal.so.4.5.9\n")
    allocator_settings.check("tcmalloc")
    with pytest.raises(RuntimeError, match="libtcmalloc_minimal.so.4 is loaded: unset LD_PRELOAD"):
        allocator_settings.check("glibc")
    maps.write_text("7f00-7f01 r-xp 00000000 08:01 123 /usr/lib/libc.so.6\n")
    allocator_settings.check("glibc, all kept")
    with pytest.raises(RuntimeError, match="libjemalloc.so.2 is not loaded: install it"):
        allocator_settings.check("jemalloc")


@pytest.mark.skipif(sys.platform != "linux", reason="preloads libraries")
def test_allocators_that_are_not_there_are_told(monkeypatch):
    assert allocator_settings.lacking("glibc") is None
    monkeypatch.setitem(allocator_settings.SETTINGS, "none", {"LD_PRELOAD": "libno_such.so.1"})
    assert allocator_settings.lacking("none") == "libno_such.so.1"
    with pytest.raises(ValueError, match="must be one of glibc; "):
        allocator_settings.environment("mimalloc")
