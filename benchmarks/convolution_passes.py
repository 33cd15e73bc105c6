"""Times convolutions in one framework, in a process of its own: started by convolution_rate.py."""

import json
import os
import statistics
import sys
import time

PASSES = ("forward", "input's gradient", "kernel's gradient")
# Name: picture's side, input and output channels by width, kernel's side, stride.
SHAPES = {
    "generator, residual at 64 px": (64, 1, 2, 3, 1),
    "generator, residual at 128 px": (128, 0.5, 1, 3, 1),
    "generator, up to 64 px": (64, 2, 2, 3, 1),
    "discriminator, down from 128 px": (128, 1, 2, 4, 2),
    "discriminator, down from 32 px": (32, 4, 8, 4, 2),
    "discriminator, 3x3 at 4 px": (4, 16, 8, 3, 1),
}


def sizes(name, spec):
    """Shapes of a convolution's input and kernel (channels last), and its GFLOP."""
    side, inputs, outputs, kernel, stride = SHAPES[name]
    inputs, outputs = int(inputs * spec["width"]), int(outputs * spec["width"])
    pictures = spec["batch_size"]
    operations = 2 * pictures * (side // stride) ** 2 * kernel**2 * inputs * outputs
    return (pictures, side, side, inputs), (kernel, kernel, inputs, outputs), operations / 1e9


def seconds_a_call(call, wait, seconds):
    """The median of five rounds, warm."""
    for _ in range(3):
        call()
    wait()
    began = time.perf_counter()
    call()
    wait()
    count = max(1, round(seconds / (time.perf_counter() - began)))
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(count):
            call()
        wait()
        rounds.append((time.perf_counter() - began) / count)
    return statistics.median(rounds)


def of_tensorflow(spec):
    """Yields name, precision, pass and the function that does it, and one that waits for it."""
    import tensorflow as tf
    from contenders import ours

    ours.prepare(spec)
    last = []

    def function(operation, *arguments):
        compiled = tf.function(operation, autograph=False)
        compiled = compiled.get_concrete_function(*arguments)

        def call():
            last[:] = [compiled(*arguments)]

        return call

    def wait():
        last[0][0, 0, 0, 0].numpy()

    for name in SHAPES:
        for dtype in ("float32", "bfloat16"):
            shape, kernel_shape, _ = sizes(name, spec)
            picture = tf.cast(tf.random.normal(shape), dtype)
            kernel = tf.cast(tf.random.normal(kernel_shape), dtype)
            calls = _passes_of_tensorflow(picture, kernel, SHAPES[name][4], function)
            for what, call in zip(PASSES, calls, strict=True):
                yield name, dtype, what, call, wait


def _passes_of_tensorflow(picture, kernel, stride, function):
    """The calls of the three passes. The operations have no defaults: calls would bind them."""
    import tensorflow as tf

    raw = {"strides": [1, stride, stride, 1], "padding": "SAME"}
    result = tf.nn.conv2d(picture, kernel, stride, "SAME")

    def forward(x, w):
        return tf.nn.conv2d(x, w, stride, "SAME")

    def to_input(w, y):
        return tf.raw_ops.Conv2DBackpropInput(
            input_sizes=picture.shape, filter=w, out_backprop=y, **raw
        )

    def to_kernel(x, y):
        return tf.raw_ops.Conv2DBackpropFilter(
            input=x, filter_sizes=kernel.shape, out_backprop=y, **raw
        )

    return (
        function(forward, picture, kernel),
        function(to_input, kernel, result),
        function(to_kernel, picture, result),
    )


def of_torch(spec):
    """As `of_tensorflow`, with channels last."""
    import torch
    from contenders import pytorch

    pytorch.prepare(spec)
    device = pytorch.device_of(spec)

    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize()

    for name in SHAPES:
        for dtype in ("float32", "bfloat16"):
            (rows, side, _, inputs), (width, _, _, outputs), _ = sizes(name, spec)
            stride = SHAPES[name][4]
            settings = {"device": device, "dtype": getattr(torch, dtype)}
            picture, kernel = (
                torch.randn(shape, **settings).contiguous(memory_format=torch.channels_last)
                for shape in ((rows, inputs, side, side), (outputs, inputs, width, width))
            )

            def forward(x=picture, w=kernel, stride=stride):
                return torch.nn.functional.conv2d(x, w, stride=stride, padding=1)

            result = forward()

            def gradient(mask, x=picture, w=kernel, y=result, stride=stride):
                torch.ops.aten.convolution_backward(
                    y, x, w, None, [stride] * 2, [1, 1], [1, 1], False, [0, 0], 1, mask
                )

            calls = (
                forward,
                lambda gradient=gradient: gradient([True, False, False]),
                lambda gradient=gradient: gradient([False, True, False]),
            )
            for what, call in zip(PASSES, calls, strict=True):
                with torch.no_grad():
                    yield name, dtype, what, call, wait


def main():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    spec = json.loads(sys.argv[1])
    calls = {"tensorflow": of_tensorflow, "torch": of_torch}[spec["framework"]]
    lines = []
    for name, dtype, what, call, wait in calls(spec):
        lines.append(
            {
                "framework": spec["framework"],
                "width": spec["width"],
                "shape": name,
                "dtype": dtype,
                "pass": what,
                "gigaflop": sizes(name, spec)[2],
                "seconds": seconds_a_call(call, wait, spec["seconds"]),
            }
        )
    print(json.dumps(lines))


if __name__ == "__main__":
    main()
