"""Fine-tunes `toy` on `flowers` twice: to `whole`, and killed in the second phase to `parts`."""

import importlib.util
from pathlib import Path

import keras
from absl import flags

from keras_stackgan.callbacks import TrainingState

SCRIPT = Path(__file__).parents[2] / "examples" / "fine_tune.py"


class Killed(BaseException):
    pass


class Dying(TrainingState):
    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if self.run_dir.name == "all" and self._position["batches"] == 3:
            raise Killed


def load():
    spec = importlib.util.spec_from_file_location("fine_tune", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.SAVE_EVERY = 2
    compile_model = script.compile_model

    def eagerly(model):
        compile_model(model)
        # Tracing takes many times longer than so small a step.
        model.run_eagerly = True

    script.compile_model = eagerly
    return script


def tune(script, output):
    # Fresh judges are not --seed's.
    keras.utils.set_random_seed(5)
    words = ["--preset=toy", "--data=flowers", "--steps=4", "--judges_alone=2", "--batch_size=4"]
    flags.FLAGS(["fine_tune", *words, f"--output={output}"])
    script.main(["fine_tune"])


def main():
    script = load()
    tune(script, "whole")
    script.TrainingState = Dying
    try:
        tune(script, "parts")
    except Killed:
        assert TrainingState("parts_run/all").start_step == 2
    else:
        raise AssertionError("it ended before it was killed")
    script.TrainingState = TrainingState
    tune(script, "parts")


if __name__ == "__main__":
    main()
