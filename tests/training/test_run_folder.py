"""The folder of a run, without training one."""

import pytest

from keras_stackgan.training import RunFolder

CONFIG = {"text": {}, "phases": [{"name": "first", "steps": 4}]}


def test_the_configuration_is_written_once(tmp_path):
    run = RunFolder(tmp_path / "deep" / "run")
    assert not run.exists
    run.begin(CONFIG)
    run.begin(CONFIG)
    assert run.exists and run.read_config()["phases"] == CONFIG["phases"]
    with pytest.raises(ValueError, match=r"phases\[0\].steps was 4, now 5"):
        run.begin({**CONFIG, "phases": [{"name": "first", "steps": 5}]})
    with pytest.raises(ValueError, match="seed is only here"):
        run.begin({**CONFIG, "seed": 5})


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"format": 99}'])
def test_a_damaged_configuration_is_named(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(ValueError, match="config.json"):
        RunFolder(tmp_path).read_config()


def test_what_is_no_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="must be the folder of a run"):
        RunFolder(tmp_path / "nowhere").read_config()


def test_a_run_without_a_state_has_no_model(tmp_path):
    run = RunFolder(tmp_path)
    run.begin(CONFIG)
    assert run.steps_done() == {}
    with pytest.raises(FileNotFoundError, match="no state yet"):
        run.load_model()
