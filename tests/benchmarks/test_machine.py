"""What benchmarks say of the machine."""

import sys

import machine
import pytest
import result_places

ONE = "processor\t: {number}\nmodel name\t: Some EPYC\nflags\t\t: {flags}\n\n"


@pytest.mark.parametrize(
    "flags, said",
    [
        ("sse fma avx avx2", "Some EPYC (AVX2)"),
        ("avx2 avx512f avx512_bf16", "Some EPYC (AVX512-BF16)"),
        ("avx2 amx_bf16 avx512f", "Some EPYC (AMX-BF16)"),
        ("sse", "Some EPYC"),
    ],
)
def test_a_processor_is_told_with_its_widest_instructions(tmp_path, monkeypatch, flags, said):
    path = tmp_path / "cpuinfo"
    path.write_text("".join(ONE.format(number=k, flags=flags) for k in range(2)))
    monkeypatch.setattr(machine, "CPUINFO", str(path))
    monkeypatch.setattr(machine, "graphics", list)
    assert machine.processor() == said
    monkeypatch.setattr(machine, "graphics", lambda: ["Some GPU"])
    assert machine.processor() == f"{said} with Some GPU"


@pytest.mark.parametrize(
    "given, said",
    [
        (["--results={default}", "--device=cpu"], "--device=cpu"),
        (["--results", "{default}", "--widths", "16"], "--widths 16"),
        (["--results=elsewhere", "--quick"], "--results=elsewhere --quick"),
        (["--results", "elsewhere"], "--results=elsewhere"),
        (["--contenders=1, 4"], "'--contenders=1, 4'"),
    ],
)
def test_a_command_names_the_folder_that_settings_come_from(monkeypatch, given, said):
    given = [text.format(default=result_places.folder("cpu")) for text in given]
    monkeypatch.setattr(sys, "argv", ["somewhere/train_step.py", *given])
    assert machine.command() == f"python benchmarks/train_step.py {said}"


def test_gpus_have_a_folder_and_a_page_of_their_own():
    for place in (result_places.folder, result_places.page):
        assert place("cpu") != place("gpu")
    assert result_places.folder("cpu").name == "results"
    assert result_places.page("cpu").name == "RESULTS.md"
