"""Painting many birds at once, in processes of their own."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading

from keras_stackgan.data.painted_birds.worker import paint_picture

WORKER = "keras_stackgan.data.painted_birds.worker"


def paint_pictures(folder, indices, seed, size, workers, hybrids=0.0):
    """Paints birds and yields each as soon as its picture is written.

    The pictures do not depend on the number of processes, their order does. The processes start
    afresh: no guard of `__main__` is needed, and what this process has loaded is not copied.

    Args:
        folder: Path. The data folder.
        indices: list of int. The birds' places in the data set.
        seed: int. The seed of the data set.
        size: int. The side in pixels.
        workers: int, at least 1. Processes; 1 paints in this process.
        hybrids: float. See `individual`.

    Yields:
        `(index, box)`.

    Raises:
        RuntimeError: a process ended before its work was done; the message ends with its own.

    Example:

    ```python
    for index, box in paint_pictures(Path("birds"), [0, 1, 2], seed=0, size=256, workers=2):
        print(index, box)
    ```
    """
    workers = min(workers, len(indices))
    if workers <= 1:
        for index in indices:
            yield index, paint_picture(folder, index, seed, size, hybrids)
        return
    order = {"folder": str(folder.absolute()), "seed": seed, "size": size, "hybrids": hybrids}
    lines = queue.SimpleQueue()
    with contextlib.ExitStack() as stack:
        for number in range(workers):
            share = {**order, "indices": indices[number::workers]}
            stack.enter_context(_Painter(share, lines))
        for _ in indices:
            line = lines.get()
            if isinstance(line, Exception):
                raise line
            yield line["index"], line["box"]


class _Painter:
    """One process and the thread that listens to it."""

    def __init__(self, order, lines):
        self.order, self.lines = order, lines

    def __enter__(self):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-m", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            # Painting needs no deep learning; this backend is the lightest to import.
            env={
                **os.environ,
                "KERAS_BACKEND": "numpy",
                "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            },
        )
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()
        self.errors.close()

    def _listen(self):
        # A process that died at once has closed its input; its exit says why.
        with contextlib.suppress(BrokenPipeError), self.process.stdin as stream:
            stream.write(json.dumps(self.order).encode() + b"\n")
        for line in self.process.stdout:
            try:
                self.lines.put(json.loads(line))
            except ValueError:
                self.lines.put(RuntimeError(f"A painting process said: {line.decode()!r}"))
        code = self.process.wait()
        if code:
            self.errors.seek(0)
            tail = self.errors.read().decode(errors="replace").strip()[-2000:]
            self.lines.put(
                RuntimeError(f"A painting process ended with code {code}. It said:\n{tail}")
            )
