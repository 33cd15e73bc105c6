"""What benchmarks say of the machine."""

import machine
import pytest

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
