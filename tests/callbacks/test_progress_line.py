"""The one line of progress: what it counts, when it is written, and where."""

import io

import pytest

from keras_stackgan.callbacks import ProgressLine, progress_line

LOGS = {"g_loss": 9.0, "d_loss_64": 1.714, "g_loss_64": 2.0, "real_score_64": 0.5}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test turns by hand."""
    now = [1000.0]
    monkeypatch.setattr(progress_line.time, "monotonic", lambda: now[0])

    def advance(seconds):
        now[0] += seconds

    return advance


def run(callback, clock, steps, seconds, logs=LOGS):
    callback.on_train_begin()
    for step in range(steps):
        clock(seconds)
        callback.on_train_batch_end(step, logs)
    callback.on_train_end(logs)


def test_steps_rate_time_left_and_losses(clock):
    file = io.StringIO()
    # 41 steps of half a second, 16 pictures each; the first one, which traces, is not counted.
    run(ProgressLine(total_steps=100, batch_size=16, file=file), clock, 41, 0.5)
    last = file.getvalue().splitlines()[-1]
    bar = f"[{'=' * 8:<20}]"
    assert last == f"{bar} 41/100  32.0 pictures/s  left 0:29  d64 1.71 g64 2.00"


def test_a_line_an_interval(clock):
    file = io.StringIO()
    run(ProgressLine(interval=2.0, file=file), clock, 10, 0.5)
    lines = file.getvalue().splitlines()
    # After the steps 1, 5 and 9, and at the end.
    assert [line.split()[0] for line in lines] == ["1", "5", "9", "10"]


def test_a_run_that_ends_by_time(clock):
    file = io.StringIO()
    run(ProgressLine(seconds=7200.0, interval=0.5, file=file), clock, 2, 3599.0)
    last = file.getvalue().splitlines()[-1]
    assert last.startswith(f"[{'=' * 10:<20}] 2 ")
    assert "left 1:00:01" in last


def test_overtime_is_no_negative_time(clock):
    file = io.StringIO()
    run(ProgressLine(seconds=5.0, file=file), clock, 3, 10.0)
    assert "left 0:00" in file.getvalue()
    assert file.getvalue().splitlines()[-1].startswith(f"[{'=' * 20}]")


def test_a_terminals_line_is_drawn_over(clock):
    file = Terminal()
    run(ProgressLine(file=file), clock, 3, 2.0)
    written = file.getvalue()
    assert written.count("\r") == 4 and written.count("\n") == 1 and written.endswith("\n")
    assert len(written.split("\r")[1]) >= 100


def test_standard_error_by_default(clock, capsys):
    run(ProgressLine(), clock, 1, 2.0)
    captured = capsys.readouterr()
    assert captured.out == "" and "pictures/s" in captured.err


def test_no_step_at_all(clock):
    file = io.StringIO()
    run(ProgressLine(total_steps=10, file=file), clock, 0, 1.0)
    assert file.getvalue() == "no step was made\n"


def test_a_second_run_starts_anew(clock):
    file = io.StringIO()
    callback = ProgressLine(total_steps=4, file=file)
    run(callback, clock, 3, 2.0)
    run(callback, clock, 2, 4.0)
    last = file.getvalue().splitlines()[-1]
    assert "] 2/4  0.2 pictures/s" in last and "left 0:08" in last


def test_steps_at_once_and_epochs_are_counted(clock):
    file = io.StringIO()
    line = ProgressLine(total_steps=16, file=file)
    line.on_train_begin()
    for _ in range(2):
        # Four steps an execution, two executions an epoch; Keras gives the last step's number.
        for batch in (3, 7):
            clock(2.0)
            line.on_train_batch_end(batch, LOGS)
    line.on_train_end(LOGS)
    assert file.getvalue().splitlines()[-1].split("]")[1].split()[:2] == ["16/16", "2.0"]
