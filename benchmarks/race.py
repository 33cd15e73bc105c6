"""Runs contenders by turns, so that all see the same machine, and compares them."""

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

HERE = pathlib.Path(__file__).parent


class Contender:
    """A process that stands still but for the rounds that it is told to run."""

    def __init__(self, name, spec, timeout, program=HERE / "contender.py"):
        self.name, self.timeout, self.rounds, self.failure = name, timeout, [], None
        self._errors = tempfile.TemporaryFile()
        self._lines = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, str(program), json.dumps(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **spec.get("environment", {})},
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
            lines = self._errors.read().decode(errors="replace").strip().splitlines()
            self.failure = lines[-1][:200] if lines else "ended without a word"
            return None
        return found

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def run(self, count):
        """Runs `count` steps while all others stand still; keeps the seconds a step."""
        if self.failure:
            return
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
        }


def race(specs, rounds, steps, pictures, timeout=300.0, program=HERE / "contender.py"):
    """Runs each contender `rounds` times by turns.

    Args:
        specs: dict from name to what `contender.py` takes.
        rounds: int. Turns of each.
        steps: int. Steps a turn.
        pictures: int. Pictures a step.
        timeout: float. Seconds that a start or a turn may take; slower contenders drop out.
        program: path. The contender's program.

    Returns:
        A list of dicts, see `Contender.result`.
    """
    contenders = []
    try:
        for name, spec in specs.items():
            contenders.append(Contender(name, spec, timeout, program))
        for number in range(rounds):
            # Each goes first at times: what the machine does slowly changes hits all alike.
            for k in range(len(contenders)):
                contenders[(k + number) % len(contenders)].run(steps)
    finally:
        for contender in contenders:
            contender.close()
    return [contender.result(pictures) for contender in contenders]


def table(results, references):
    """Markdown rows with each contender's ratio to the references; a failed one says why."""
    rates = {r["name"]: r["pictures_per_second"] for r in results if "failure" not in r}
    head = [
        "",
        "pictures/s",
        "slowest to fastest round",
        "ms a call",
        "peak MB",
        "start + first, s",
    ]
    head += [f"x {name}" for name in references]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for result in results:
        if "failure" in result:
            lines.append(
                f"| {result['name']} | failed: {result['failure']} |" + " |" * (len(head) - 2)
            )
            continue
        cells = [
            result["name"],
            f"{result['pictures_per_second']:.1f}",
            f"{result['slowest']:.1f} to {result['fastest']:.1f}",
            f"{result['milliseconds']:.1f}",
            f"{result['peak_mb']:.0f}",
            f"{result['start_s']:.0f} + {result['first_s']:.0f}",
        ]
        for name in references:
            ratio = result["pictures_per_second"] / rates[name] if name in rates else None
            cells.append("-" if ratio is None else f"{ratio:.2f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write_lines(path, values):
    """Writes JSON lines whole or not at all."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    os.replace(scratch, path)
