"""Hostile files: nothing in them is run, and none takes the machine's time or memory."""

import copyreg
import pathlib
import pickle

import pytest
from pth_files import Call, Global, pickled, write_legacy, write_zip

from keras_stackgan.convert import read_pth

ORDERED_DICT = b"ccollections\nOrderedDict\n"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
# Each pair holds the one before twice: 2 ** 60 leaves for a hash, a comparison or a repr.
PAIRS = b")q\x00" + b"h\x00\x86q\x00" * 60


def calling(module, name, *args):
    return pickled({"x": Call(Global(module, name), *args)})


def programs(mark):
    """Pickles that would make the file `mark`, and what the error names."""
    shell, code = f"touch {mark}", f"open({str(mark)!r}, 'w').close()"
    method = Call(Global("builtins", "getattr"), Global("builtins", "str"), "format")
    path = str(mark).encode()
    return {
        "system": (calling("os", "system", shell), "'os.system'"),
        "posix": (calling("posix", "system", shell), "'posix.system'"),
        "popen": (calling("subprocess", "Popen", ["touch", str(mark)]), "'subprocess.Popen'"),
        "eval": (calling("builtins", "eval", code), "'builtins.eval'"),
        "exec": (calling("builtins", "exec", code), "'builtins.exec'"),
        "Python 2": (calling("__builtin__", "eval", code), "'__builtin__.eval'"),
        "getattr": (pickled({"x": Call(method, "{0.__class__}")}), "'builtins.getattr'"),
        "module": (calling("torch.nn.modules.module", "Module"), "'torch.nn.modules.module.Mod"),
        "load": (calling("torch.serialization", "load", str(mark)), "'torch.serialization.load'"),
        "loads": (calling("pickle", "loads", pickled({})), "'pickle.loads'"),
        "dotted": (calling("collections", "OrderedDict.fromkeys", "ab"), "OrderedDict.fromkeys'"),
        "globals": (
            calling("torch._utils", "_rebuild_tensor_v2.__globals__"),
            "_rebuild_tensor_v2.__globals__'",
        ),
        "stack global": (
            b"\x80\x04\x8c\x02os\x8c\x06system\x93X"
            + len(shell).to_bytes(4, "little")
            + shell.encode()
            + b"\x85R.",
            "'os.system'",
        ),
        "inst": (b"(X" + len(shell).to_bytes(4, "little") + shell.encode() + b"ios\nsystem\n.", ""),
        "protocol 0": (b"cos\nsystem\n(S'touch " + path + b"'\ntR.", "'os.system'"),
        "obj": (b"\x80\x02(cos\nsystem\nS'touch " + path + b"'\no.", "'os.system'"),
    }


# What no state dictionary has, whatever it would do.
MISUSES = {
    "INST": (b"\x80\x02(icollections\nOrderedDict\n.", "instruction INST"),
    "OBJ": (b"\x80\x02(" + ORDERED_DICT + b"o.", "instruction OBJ"),
    "NEWOBJ": (b"\x80\x02" + ORDERED_DICT + b")\x81.", "instruction NEWOBJ"),
    "NEWOBJ_EX": (b"\x80\x04" + ORDERED_DICT + b")}\x92.", "instruction NEWOBJ_EX"),
    "EXT1": (b"\x80\x02\x82\xf0.", "instruction EXT1"),
    "EXT2": (b"\x80\x02\x83\xf0\x00.", "instruction EXT2"),
    "EXT4": (b"\x80\x02\x84\xf0\x00\x00\x00.", "instruction EXT4"),
    "PERSID": (b"\x80\x02P0\n.", "instruction PERSID"),
    "STRING": (b"\x80\x02S'\\d'\n.", "instruction STRING"),
    "BYTEARRAY8": (b"\x80\x05\x96" + b"\xff" * 7 + b"\x7f.", "instruction BYTEARRAY8"),
    "NEXT_BUFFER": (b"\x80\x05\x97.", "instruction NEXT_BUFFER"),
    "no instruction": (b"\x80\x02\xff.", "instruction byte 0xff"),
    "a set": (b"\x80\x04\x8f.", "instruction EMPTY_SET"),
    "build a function": (
        b"\x80\x02" + REBUILD + b"}X\x01\x00\x00\x00aK\x01sb.",
        "state of a Function",
    ),
    "its slots": (
        b"\x80\x02" + REBUILD + b"N}X\x04\x00\x00\x00codeK\x01s\x86b.",
        "state of a Function",
    ),
    "build a list": (b"\x80\x02]}b.", "state of a list"),
    "call a text": (b"\x80\x02X\x01\x00\x00\x00a)R.", "calls a str"),
    "call a mapping": (b"\x80\x02" + ORDERED_DICT + b")R)R.", "calls a dict"),
    "call a type": (b"\x80\x02ctorch\nFloatStorage\n)R.", "calls a str"),
    "mapping of text": (b"\x80\x02" + ORDERED_DICT + b"X\x02\x00\x00\x00ab\x85R.", "of a str"),
    "mapping of texts": (b"\x80\x02" + ORDERED_DICT + b"]X\x02\x00\x00\x00aba\x85R.", "of a str"),
    "fill a list": (b"\x80\x02]K\x00K\x01s.", "fills a list"),
    "odd items": (b"\x80\x02}(K\x00u.", "ValueError"),
    "an absent memo": (b"\x80\x02h\x07.", "Memo value not found"),
    "an empty stack": (b"\x80\x02R.", "IndexError"),
    "no end": (b"\x80\x02}", "EOFError"),
    "another protocol": (b"\x80\x09}.", "protocol: 9"),
    "no storage": (b"\x80\x02K\x07Q.", "refers to a int that is no storage"),
}

# Few bytes that ask for much.
BOMBS = {
    "a memo's place": (b"\x80\x02Nr\xff\xff\xff\xff.", "holds a NoneType"),
    "a text": (b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7fabc.", ""),
    "bytes": (b"\x80\x03B\xff\xff\xff\xffabc.", ""),
    "a frame": (b"\x80\x04\x95" + b"\xff" * 7 + b"\x7f}.", ""),
    "a number": (b"\x80\x02\x8b\xff\xff\xff\x7f1.", "instruction LONG4"),
    "a deep list": (b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b".", "holds a list"),
    "a deep tuple": (b"\x80\x02)" + b"\x85" * 200_000 + b".", "holds a tuple"),
    "a deep dictionary": (
        b"\x80\x02" + b"}K\x00" * 100_000 + b"N" + b"s" * 100_000 + b".",
        "entry 0 is a dict",
    ),
    "deep mappings": (
        b"\x80\x02" + (ORDERED_DICT + b")RK\x00") * 50_000 + b"N" + b"s" * 50_000 + b".",
        "entry 0 is a dict",
    ),
    "a deep key": (b"\x80\x02})" + b"\x85" * 500_000 + b"K\x01s.", "with a tuple for a key"),
    "a wide key": (b"\x80\x02}" + PAIRS + b"K\x01s.", "with a tuple for a key"),
    "wide keys": (b"\x80\x02}(" + PAIRS + b"K\x01u.", "with a tuple for a key"),
    "a wide mapping": (
        b"\x80\x02" + ORDERED_DICT + b"](" + PAIRS + b"K\x01\x86e\x85R.",
        "with a tuple for a key",
    ),
    "a wide storage": (b"\x80\x02" + PAIRS + b"Q.", "refers to a tuple that is no storage"),
    "a wide type": (
        b"\x80\x02(X\x07\x00\x00\x00storage" + PAIRS + b"NNNtQ.",
        "storage of it is of no known type",
    ),
    "a wide size": (b"\x80\x02" + REBUILD + b"(N" + PAIRS + b"h\x00h\x00tR.", "malformed"),
    "a wide entry": (b"\x80\x02}X\x01\x00\x00\x00a" + PAIRS + b"s.", "entry 'a' is a tuple"),
    "one list for many mappings": (
        b"\x80\x02]("
        + b"K\x00N\x86" * 5_000
        + b"eq\x00]("
        + (ORDERED_DICT + b"h\x00\x85R") * 5_000
        + b"e.",
        "dictionaries larger than the file",
    ),
    "a long name": (b"\x80\x02c" + b"a" * 1_000_000 + b"\nb\n.", r"asks for 'a{80}'\.\.\."),
}


def write(form, content, path):
    if form == "zip":
        return write_zip(path, content)
    return write_legacy(path, content)


@pytest.fixture
def mark(tmp_path):
    return tmp_path / "executed"


def assert_refused(form, content, message, mark):
    path = write(form, content, mark.with_name("hostile.pth"))
    with pytest.raises(ValueError, match=f"{message}.*Nothing in it was run") as caught:
        read_pth(path)
    assert len(str(caught.value)) < 1_000
    assert not mark.exists()


@pytest.mark.parametrize("form", ["zip", "legacy"])
@pytest.mark.parametrize("kind", list(programs(pathlib.Path("mark"))))
def test_programs_are_not_run(kind, form, mark):
    content, named = programs(mark)[kind]
    if kind in ("inst", "protocol 0", "obj"):
        # Refused for their instructions, before a name is looked up, or for the name itself.
        named = "(instruction|os.system)"
    assert_refused(form, content, named, mark)


def test_the_programs_are_real(mark):
    """Python's own unpickler runs them, so the test above tests something."""
    for kind in ("system", "posix", "eval", "exec", "Python 2", "stack global", "inst", "obj"):
        pickle.loads(programs(mark)[kind][0])
        assert mark.exists(), kind
        mark.unlink()


@pytest.mark.parametrize("form", ["zip", "legacy"])
@pytest.mark.parametrize("kind", list(MISUSES))
def test_what_no_state_dictionary_has(kind, form, mark):
    assert_refused(form, *MISUSES[kind], mark)


@pytest.mark.parametrize("form", ["zip", "legacy"])
@pytest.mark.parametrize("kind", list(BOMBS))
def test_few_bytes_cannot_ask_for_much(kind, form, mark):
    assert_refused(form, *BOMBS[kind], mark)


def test_registered_extensions_are_not_looked_up(mark):
    copyreg.add_extension("os", "system", 0xF0)
    try:
        shell = f"touch {mark}".encode()
        program = b"\x80\x02\x82\xf0X" + len(shell).to_bytes(4, "little") + shell + b"\x85R."
        assert_refused("zip", program, "instruction EXT1", mark)
    finally:
        copyreg.remove_extension("os", "system", 0xF0)
