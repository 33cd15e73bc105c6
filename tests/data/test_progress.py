"""Progress bars on terminals and in log files."""

import sys

import pytest

from keras_stackgan.data import progress


def test_a_log_file_gets_the_end_and_not_every_step(capsys):
    bar = progress.progress_bar(100, "picture")
    for done in range(1, 101):
        bar.update(done)
    shown = capsys.readouterr().out
    # The first update and the last one.
    assert shown.count("/100") == 2 and "100/100" in shown


@pytest.mark.parametrize("where", ["terminal", "notebook"])
def test_what_is_drawn_over_moves_often(monkeypatch, where):
    if where == "terminal":
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    else:
        monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert progress.progress_bar(100, "picture").interval == progress.LIVE
