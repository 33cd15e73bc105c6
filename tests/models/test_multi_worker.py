"""Two processes on this machine train together."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest

from keras_stackgan.callbacks import TrainingState

PROGRAM = pathlib.Path(__file__).parent / "worker_program.py"
LIMIT = 240


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def start(run_dir, kill_at=0):
    ports = ",".join(map(str, free_ports(2)))
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    return [
        subprocess.Popen(
            [sys.executable, str(PROGRAM), str(index), ports, str(run_dir), str(kill_at)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        for index in range(2)
    ]


def results(workers):
    try:
        outputs = [worker.communicate(timeout=LIMIT) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    for worker, (_, errors) in zip(workers, outputs, strict=True):
        assert worker.returncode == 0, errors.decode()[-3000:]
    return [json.loads(output.splitlines()[-1]) for output, _ in outputs]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workers")
    return results(start(folder)), folder


def test_two_workers_fit_and_end_with_equal_weights(uninterrupted):
    (first, second), folder = uninterrupted
    assert first["replicas"] == second["replicas"] == 2
    assert first["weights"] == second["weights"]
    assert first["step"] == second["step"] == 8
    # Keras' means over both workers, the same on each.
    assert first["g_loss"] == second["g_loss"]
    assert np.isfinite(first["g_loss"]).all() and len(first["g_loss"]) == 2
    assert TrainingState(folder).start_step == 8


@pytest.mark.slow
def test_a_worker_is_killed_and_both_resume(uninterrupted, tmp_path):
    workers = start(tmp_path, kill_at=7)
    try:
        assert workers[1].wait(timeout=LIMIT) == -signal.SIGKILL
        # The other one waits for it, or has seen that it is gone.
    finally:
        workers[0].kill()
        for worker in workers:
            worker.communicate()
    assert TrainingState(tmp_path).start_step == 6
    first, second = results(start(tmp_path))
    assert first["epochs"] == 1
    expected = uninterrupted[0]
    assert first["weights"] == second["weights"] == expected[0]["weights"]
    # The first worker's state is all of it that is kept: also the batch statistics are its own.
    assert first["state"] == expected[0]["state"]
