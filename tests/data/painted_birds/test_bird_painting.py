import json
import os
import signal
import subprocess
import sys
import time

import pytest

from keras_stackgan.data import read_records
from keras_stackgan.data.painted_birds import painting
from keras_stackgan.data.painted_birds.worker import picture_file


@pytest.mark.parametrize(
    "module, message",
    [
        ("no_such_module", "(?s)ended with code 1.*no_such_module"),
        ("this", "said: 'The Zen of Python"),
    ],
)
def test_a_failing_process_is_named(tmp_path, monkeypatch, module, message):
    monkeypatch.setattr(painting, "WORKER", module)
    with pytest.raises(RuntimeError, match=message):
        list(painting.paint_pictures(tmp_path, [0, 1, 2], seed=0, size=16, workers=2))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_killed_run_goes_on(tmp_path):
    pytest.importorskip("skia")
    folder = tmp_path / "birds"
    code = f"""
from keras_stackgan.data.painted_birds import write_painted_birds
write_painted_birds({str(folder)!r}, count=40, size=32, workers=2, progress=False)
"""
    # No guard of __main__ on purpose: scripts of one line must work.
    (tmp_path / "script.py").write_text(code)
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, "PYTHONPATH": path, "KERAS_BACKEND": "numpy"}
    process = subprocess.Popen([sys.executable, str(tmp_path / "script.py")], env=environment)
    journal, end = folder / ".boxes.jsonl", time.monotonic() + 120
    while not (journal.exists() and journal.read_text().count("\n") > 4):
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    kept = journal.read_text().count("\n")
    assert not (folder / "captions.jsonl").exists()
    times = {}
    for line in journal.read_text().splitlines()[:kept]:
        path = folder / picture_file(json.loads(line)["index"])
        times[path] = path.stat().st_mtime_ns
    subprocess.run([sys.executable, str(tmp_path / "script.py")], env=environment, check=True)
    assert len(read_records(folder)) == 40
    assert all(path.stat().st_mtime_ns == then for path, then in times.items())
