"""A contender's process, seen from the race."""

import contextlib
import json
import os
import pathlib
import queue
import signal
import statistics
import subprocess
import sys
import tempfile
import threading

import allocator_settings
from child_process import last_words

PROGRAM = pathlib.Path(__file__).parent / "contender.py"


class ContenderProcess:
    """A process that stands still but for the rounds that it is told to run.

    Args:
        name: str.
        spec: dict. What `contender.py` takes; `allocator` is one of `allocator_settings`.
        timeout: float. Seconds that the start or a turn may take.
        program: path. The contender's program.
    """

    def __init__(self, name, spec, timeout, program=PROGRAM):
        self.name, self.spec, self.timeout = name, spec, timeout
        self.rounds, self.failure, self.peak_mb = [], None, None
        self._errors = tempfile.TemporaryFile()
        self._lines = queue.SimpleQueue()
        memory = allocator_settings.environment(spec.get("allocator", "glibc"))
        self._process = subprocess.Popen(
            [sys.executable, str(program), json.dumps(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **memory},
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.start = self._next()
        self._signal(signal.SIGSTOP)

    def _listen(self):
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                self._lines.put(json.loads(line))
        self._lines.put(None)

    def _next(self):
        try:
            found = self._lines.get(timeout=self.timeout)
        except queue.Empty:
            self.failure = f"took more than {self.timeout:.0f} s"
            return None
        if not isinstance(found, dict):
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace")
            self.failure = last_words(self._process.wait(self.timeout), said)
            return None
        return found

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def run(self, seconds):
        """Runs for about so long while all others stand still; keeps the seconds a step."""
        if self.failure:
            return
        count = max(1, round(seconds / max(self.start["step"], 1e-6)))
        self._signal(signal.SIGCONT)
        try:
            self._process.stdin.write(f"run {count}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self.failure = "ended before its turn"
            return
        found = self._next()
        self._signal(signal.SIGSTOP)
        if found:
            self.rounds.append(found["seconds"] / count)
            self.peak_mb = found["peak_mb"]

    def close(self):
        """Ends the process, and waits until it has."""
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGKILL)
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._listener.join()
        self._process.stdout.close()
        self._errors.close()

    def result(self, pictures):
        """What is reported: the median round, the fastest and the slowest, in pictures a second."""
        if self.failure or not self.rounds:
            return {"name": self.name, "failure": self.failure or "no round"}
        seconds = sorted(self.rounds)
        return {
            "name": self.name,
            "pictures_per_second": pictures / statistics.median(seconds),
            "slowest": pictures / seconds[-1],
            "fastest": pictures / seconds[0],
            "milliseconds": 1000 * statistics.median(seconds),
            "rounds": len(seconds),
            "peak_mb": self.peak_mb,
            "start_s": self.start["built"],
            "first_s": self.start["first"],
            "allocator": self.spec.get("allocator", "glibc"),
            "threads": self.spec.get("threads"),
        }
