"""Writes Torch7's binary files, in the layout of `File:writeObject` on a 64-bit machine."""

import struct

import numpy as np

NAMES = {"u1": "Byte", "i1": "Char", "i2": "Short", "i4": "Int", "i8": "Long"}
NAMES.update({"f2": "Half", "f4": "Float", "f8": "Double"})


class Lua:
    """An object of a Lua class; the same one is written once and referred to after that."""

    def __init__(self, class_name, **fields):
        self.class_name = class_name
        self.fields = fields


class Cuda:
    """An array to be written as a tensor of the GPU."""

    def __init__(self, array):
        self.array = np.asarray(array)


def write(path, value):
    path.write_bytes(Writer().value(value))
    return path


def integer(number):
    return struct.pack("<i", number)


def longs(*numbers):
    return struct.pack(f"<{len(numbers)}q", *numbers)


def text(string):
    content = string if isinstance(string, bytes) else string.encode()
    return integer(len(content)) + content


class Writer:
    def __init__(self):
        self._numbers = {}
        # Or an object of the same id could be made after one is gone.
        self._kept = []

    def _new(self, value):
        """The value's number, and whether it was written before."""
        known = id(value) in self._numbers
        if not known:
            self._kept.append(value)
            self._numbers[id(value)] = len(self._numbers) + 1
        return self._numbers[id(value)], known

    def value(self, value):
        if value is None:
            return integer(0)
        if isinstance(value, bool):
            return integer(5) + integer(int(value))
        if isinstance(value, int | float):
            return integer(1) + struct.pack("<d", value)
        if isinstance(value, str | bytes):
            return integer(2) + text(value)
        if isinstance(value, list | dict):
            return self.table(value)
        if isinstance(value, Lua):
            number, known = self._new(value)
            start = integer(4) + integer(number)
            if known:
                return start
            return start + text("V 1") + text(value.class_name) + self.table(value.fields)
        return self.tensor(value)

    def table(self, table):
        number, known = self._new(table)
        content = integer(3) + integer(number)
        if known:
            return content
        pairs = list(enumerate(table, 1) if isinstance(table, list) else table.items())
        content += integer(len(pairs))
        return content + b"".join(self.value(key) + self.value(item) for key, item in pairs)

    def tensor(self, value):
        number, known = self._new(value)
        if known:
            return integer(4) + integer(number)
        array = value.array if isinstance(value, Cuda) else value
        name = NAMES[array.dtype.str[1:]]
        if isinstance(value, Cuda):
            name = "Cuda" if name == "Float" else f"Cuda{name}"
        content = integer(4) + integer(number) + text("V 1") + text(f"torch.{name}Tensor")
        if not array.size:
            return content + integer(0) + longs(1) + integer(0)
        strides = [stride // array.itemsize for stride in array.strides]
        content += integer(array.ndim) + longs(*array.shape, *strides, 1)
        storage = np.ascontiguousarray(array) if array.flags.c_contiguous else array.T
        number, _ = self._new(Lua("storage"))
        content += integer(4) + integer(number) + text("V 1") + text(f"torch.{name}Storage")
        return content + longs(array.size) + np.ascontiguousarray(storage).tobytes()


def network(weights, averaged=True):
    """The file of Reed's training: `weights` by layer, `(kernel, bias)` in Keras' layout."""

    def linear(name, class_name="nn.Linear"):
        kernel, bias = weights[name]
        return Lua(class_name, weight=Cuda(kernel.T.copy()), bias=Cuda(bias), train=True)

    def convolution(name):
        kernel, bias = weights[name]
        width, channels, filters = kernel.shape
        rows = kernel.transpose(2, 0, 1).reshape(filters, width * channels).copy()
        return Lua(
            "nn.TemporalConvolution",
            weight=Cuda(rows),
            bias=Cuda(bias),
            kW=width,
            inputFrameSize=channels,
            outputFrameSize=filters,
        )

    def wrapped(name):
        return Lua("nn.Sequential", modules=[linear(name)])

    other = [Lua("nn.Identity") for _ in range(20)]
    is_gru = "i2h_update" in weights
    convolutions = []
    for number in (1, 2, 3):
        convolutions += [convolution(f"conv{number}"), Lua("nn.Threshold", threshold=1e-6, val=0)]
        if not (is_gru and number == 3):
            convolutions.append(Lua("nn.TemporalMaxPooling", kW=3, dW=2 if number == 3 else 3))
    if is_gru:
        places = {1: "i2h", 4: "i2h_update", 5: "h2h_update", 9: "i2h_reset", 10: "h2h_reset"}
        places[14] = "h2h"
    else:
        places = {1: "i2h", 5: "h2h"}
    inner = [wrapped(places[i]) if i in places else other[i] for i in range(17)]
    if is_gru:
        inner += [Lua("nn.Sigmoid"), Lua("nn.MulConstant", constant_scalar=-1.0)]
    if averaged:
        inner.append(Lua("nn.MulConstant", constant_scalar=1.0 / (18 if is_gru else 8)))
    recurrence = Lua("nn.gModule", modules=inner)
    node = Lua("nngraph.Node", data={"module": recurrence}, id=1)
    # nngraph's graphs name each node twice: by number, and as a key.
    node.fields["children"] = {1: node, node: 1}
    document = Lua(
        "nn.gModule",
        modules=[
            other[17],
            Lua("nn.Sequential", modules=convolutions),
            Lua("nn.SplitTable", dimension=2),
            recurrence,
            Lua("nn.Dropout", p=0.0, noise=Cuda(np.zeros(0, "f4"))),
            linear("projection"),
        ],
        forwardnodes=[node],
    )
    image = Lua("nn.Sequential", modules=[Lua("nn.Identity")])
    return {
        "protos": {"enc_doc": document, "enc_image": image},
        "opt": {"doc_length": 201.0, "symmetric": 1.0, "checkpoint_dir": "cv"},
        "vocab": {"a": 1.0},
        "i": 30000.0,
        "losses": [1.0, 0.5],
    }
