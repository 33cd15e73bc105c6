"""Exact resume: everything that a run is made of, on disk."""

import pathlib

import keras

from keras_stackgan.callbacks import state_file
from keras_stackgan.callbacks.run_description import (
    describe,
    differences,
    reduced,
    variables_by_group,
)
from keras_stackgan.models.multi_worker import is_chief
from keras_stackgan.version import __version__

# What Keras' callbacks remember from epoch to epoch, beside the learning rate (a variable).
REMEMBERED = ("best", "wait", "cooldown_counter", "best_epoch")


class TrainingState(keras.callbacks.Callback):
    """Writes the whole state of a run every so many steps, and resumes from it to the bit.

    A run that was killed at any moment, also while it wrote, goes on as if it had not been:
    weights, every optimizer, moving average, batch statistics, metrics, step and so the noise. On
    the CPU the result equals an uninterrupted run's bit for bit. The order of the data follows from
    where the data set begins, so give it `start_step`. When a loss or gradient is not finite, the
    last state is put back before `fit` raises.

    It must be the last of the callbacks, and `fit` needs `steps_per_epoch`. The memories of
    EarlyStopping, ReduceLROnPlateau and ModelCheckpoint are kept too; other callbacks start anew.

    Args:
        run_dir: path. The folder of this run, made if absent. It holds the last two states,
            `state-<batches>.npz`. Under several workers all must see the same folder; the first
            writes.
        every: int >= 1. Steps (batches) between two states. One is also written at the beginning
            and at the end.
        data: what tells the data set from others, as JSON can hold it; only for data sets that are
            not made by `caption_dataset`, which tell it themselves.

    Attributes:
        start_step: int. Batches that the run in `run_dir` has used: where its data set must go on.

    Raises:
        ValueError: If `run_dir` holds a state of another model, recipe, data set or format; the
            message names the difference. Also if the newest state is damaged: the one before it is
            never taken unasked.
        OSError: If the state cannot be written; what was written before is intact.

    Example:

    ```python
    state = TrainingState("runs/birds", every=500)
    dataset = caption_dataset(records, embeddings, image_size=64, start_step=state.start_step)
    model.fit(dataset, steps_per_epoch=1000, epochs=60, callbacks=[state])
    # Killed? Run the same script again.
    ```
    """

    def __init__(self, run_dir, every=1000, data=None):
        super().__init__()
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise ValueError(f"`every` must be a whole number of steps >= 1. Received: {every!r}.")
        self.run_dir = pathlib.Path(run_dir)
        self.every = every
        self.data = data
        self._forget()

    @property
    def start_step(self):
        path = self._newest()
        return 0 if path is None else state_file.read_header(path)["position"]["batches"]

    # === When ===

    def on_train_begin(self, logs=None):
        self._forget()
        self._check_fit()
        # Of this moment: callbacks may change the learning rate later on.
        self._description = describe(self.model, self.params["steps"], self._data_description())
        path = self._newest()
        if path is not None:
            self._restore(path)
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self._first_counter = self._counter() - self._position["batches"]
        if is_chief(self.model):
            state_file.remove_leftovers(self.run_dir)
        if path is None:
            self._save()

    def on_epoch_begin(self, epoch, logs=None):
        if self._restored is None:
            self._position["epoch"] = epoch
            self._position["batch"] = 0
            return
        # The rest of an epoch that was begun: the means so far, and fewer steps.
        header, arrays = self._restored
        self._restored = None
        for place, callback in self._memories().items():
            for name, value in header["callbacks"].get(place, {}).items():
                setattr(callback, name, value)
        if self._position["batch"]:
            # Once more, with the means: what callbacks do at an epoch's begin is in the state.
            self._assign_all(arrays)
            iterator = self.model.fit_run.epoch_iterator
            self._steps_per_epoch = iterator.steps_per_epoch
            iterator.steps_per_epoch -= self._position["batch"]

    def on_train_batch_end(self, batch, logs=None):
        before, now = self._position["batches"], self._counter() - self._first_counter
        self._position["batches"] = now
        self._position["batch"] += now - before
        ended = self._position["batch"] >= self.params["steps"]
        due = now // self.every > before // self.every
        # What an epoch's end changes belongs to the state that is written there.
        if self.model.stop_training or (due and not ended):
            self._save()
        self._due = due and ended

    def on_epoch_end(self, epoch, logs=None):
        if self._steps_per_epoch is not None:
            self.model.fit_run.epoch_iterator.steps_per_epoch = self._steps_per_epoch
            self._steps_per_epoch = None
        if self._position["batch"] < self.params["steps"]:
            return
        self._position["epoch"] = epoch + 1
        self._position["batch"] = 0
        if self._due or epoch + 1 == self.params["epochs"] or self.model.stop_training:
            self._save()

    def on_nonfinite(self):
        path = self._newest()
        if path is not None:
            header = state_file.read_header(path)
            self._assign_all(state_file.read_arrays(path, header["dtypes"]))

    # === What ===

    def _variables(self):
        groups = variables_by_group(self.model)
        return {f"{group}/{k:04d}": v for group in groups for k, v in enumerate(groups[group])}

    def _data_description(self):
        if self.data is not None:
            return {"given": self.data}
        known = getattr(self.model.fit_run.data, "description", None)
        if known is None:
            raise ValueError(
                "`TrainingState` cannot tell this data set from another. Received: a "
                f"{type(self.model.fit_run.data).__name__} that `caption_dataset` did not make; "
                "pass data='a name of your own', and begin it at batch `start_step`."
            )
        return {name: value for name, value in known.items() if name != "start_step"}

    def _memories(self):
        """The callbacks that remember, each under its class and its place among its like."""
        found = {}
        for callback in self.model.fit_run.callbacks:
            if any(name in vars(callback) for name in REMEMBERED):
                like = [name for name in found if name.startswith(type(callback).__name__)]
                found[f"{type(callback).__name__}_{len(like)}"] = callback
        return found

    def _save(self):
        if self._saved == self._position:
            return
        # All workers gather, since means are sums over them; the first one writes.
        arrays = {name: variable.numpy() for name, variable in self._variables().items()}
        memories = {
            place: {name: _plain(vars(c)[name]) for name in REMEMBERED if name in vars(c)}
            for place, c in self._memories().items()
        }
        header = {
            "described": self._description,
            "position": self._position,
            "callbacks": memories,
            "versions": {"keras_stackgan": __version__, "keras": keras.version()},
        }
        if is_chief(self.model):
            path = self.run_dir / f"state-{self._position['batches']:09d}.npz"
            state_file.write(path, header, arrays)
            for old in state_file.states(self.run_dir)[:-2]:
                old.unlink(missing_ok=True)
        self._saved = dict(self._position)

    # === Back ===

    def _restore(self, path):
        header = state_file.read_header(path)
        found = list(differences(reduced(header["described"]), self._description))
        if found:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            raise ValueError(
                f"'{path}' is the state of another run, so this one cannot resume it. Different: "
                f"{'; '.join(found[:5])}{more}. Go on with the same settings, or give another "
                "`run_dir`."
            )
        self._position = header["position"]
        self._saved = dict(self._position)
        start = getattr(self.model.fit_run.data, "description", {}).get("start_step")
        if self.data is None and start != self._position["batches"]:
            raise ValueError(
                f"The data set must begin where '{path}' ended: start_step="
                f"{self._position['batches']}. Received: start_step={start}. Make it with "
                "`start_step=state.start_step`."
            )
        arrays = state_file.read_arrays(path, header["dtypes"])
        self._assign_all(arrays)
        self._restored = header, arrays
        self.model._initial_epoch = self._position["epoch"]

    def _assign_all(self, arrays):
        with self.model.distribute_strategy.scope():
            for name, variable in self._variables().items():
                variable.assign(arrays[name])

    # === Small parts ===

    def _forget(self):
        self._position = {"epoch": 0, "batch": 0, "batches": 0}
        self._saved = self._restored = self._steps_per_epoch = None
        self._due = False

    def _check_fit(self):
        callbacks = self.model.fit_run.callbacks
        if not callbacks or callbacks[-1] is not self:
            raise ValueError(
                "`TrainingState` must be the last of `callbacks`, so that it sees what the others "
                f"did. Received: {[type(callback).__name__ for callback in callbacks]}."
            )
        if any(getattr(callback, "restore_best_weights", False) for callback in callbacks):
            raise ValueError(
                "`EarlyStopping(restore_best_weights=True)` keeps weights in memory that no state "
                "holds. Use ModelCheckpoint(save_best_only=True) beside `TrainingState`."
            )
        iterator = self.model.fit_run.epoch_iterator
        if iterator is None or iterator.steps_per_epoch is None:
            raise ValueError(
                "`TrainingState` needs `steps_per_epoch` in `fit`: without it Keras begins the "
                "data anew each epoch. Received: steps_per_epoch=None."
            )
        if iterator.steps_per_epoch % self.model.steps_per_execution:
            raise ValueError(
                "`steps_per_epoch` must be a multiple of `steps_per_execution="
                f"{self.model.steps_per_execution}`. Received: {iterator.steps_per_epoch}."
            )

    def _counter(self):
        return int(self.model.batch_counter.numpy())

    def _newest(self):
        return state_file.newest(self.run_dir)


def _plain(value):
    return value.item() if hasattr(value, "item") else value
