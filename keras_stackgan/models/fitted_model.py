"""What surrounds the steps of `fit`: clear errors, and what callbacks may know of the run."""

import contextlib
import re
import warnings

import keras

from keras_stackgan.models.lazy_tensorflow import tf

# Follows a term's name where a check keeps a bad update out; see `AdversarialModel._apply`.
NOT_APPLIED = "is not finite, so the update was not applied; value and step:"


class FitRun:
    """The data, callbacks and epoch iterator of one call of `fit`, for callbacks to see."""

    def __init__(self, data=None, callbacks=()):
        self.data = data
        self.callbacks = callbacks
        self.epoch_iterator = None


class FittedModel(keras.Model):
    """`keras.Model` whose `fit` names the term that went wrong and lets callbacks mend the model.

    Before `fit` raises, the method `on_nonfinite()` of each callback that has one is called.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fit_run = FitRun()

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=None,
        **kwargs,
    ):
        """See `keras.Model.fit`; a data set is taken in its own order, without Keras' warning.

        Raises:
            FloatingPointError: If a loss or gradient is not finite. The update that it belongs to
                was not applied.
            ValueError: If `callbacks` hold `SwapEMAWeights`.
        """
        if shuffle is None:
            shuffle = not (hasattr(x, "element_spec") or hasattr(x, "__next__"))
        self.fit_run = FitRun(x, _listed(callbacks))
        if any(isinstance(c, keras.callbacks.SwapEMAWeights) for c in self.fit_run.callbacks):
            raise ValueError(
                "`SwapEMAWeights` works on optimizers with `use_ema`, and this model averages its "
                "generator itself, batch statistics included. Leave it out: `generate` uses the "
                "average, and compile's `ema_decay` sets it."
            )
        try:
            with _clear_errors():
                return super().fit(
                    x,
                    y,
                    batch_size,
                    epochs,
                    verbose,
                    callbacks,
                    validation_split,
                    validation_data,
                    shuffle,
                    **kwargs,
                )
        except FloatingPointError:
            for callback in self.fit_run.callbacks:
                if hasattr(callback, "on_nonfinite"):
                    callback.on_nonfinite()
            raise
        finally:
            self.fit_run = FitRun()
            # Where callbacks resume a run; Keras would begin the next `fit` there too.
            self._initial_epoch = None

    def train_on_batch(self, *args, **kwargs):
        with _clear_errors():
            return super().train_on_batch(*args, **kwargs)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # Everything is built at construction. Keras would draw a batch here under a strategy (and
        # fail under several workers); what is of use is its iterator: the only handle on a run's
        # first epoch, which is a part of one where a run is resumed.
        del data_batch
        self.fit_run.epoch_iterator = iterator

    def load_weights(self, filepath, *args, **kwargs):
        """See `keras.Model.load_weights`; a compiled model also takes its optimizers' state.

        Raises:
            ValueError: If the file's optimizers are of another `compile`, or it has none: Keras
                would warn and leave them as they were.
        """
        # Keras sets it at the first `compile`.
        optimizer = getattr(self, "optimizer", None)
        variables = [*self.weights, *(optimizer.variables if optimizer else ())]
        before = [variable.numpy() for variable in variables]
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Skipping variable loading for optimizer")
            try:
                super().load_weights(filepath, *args, **kwargs)
            except (UserWarning, ValueError) as warning:
                for variable, value in zip(variables, before, strict=True):
                    variable.assign(value)
                # Keras gathers what objects raise in one error.
                if "Skipping variable loading for optimizer" not in str(warning):
                    raise
                if "the saved optimizer has 0 variables" in str(warning):
                    raise ValueError(
                        "The file has no state of an optimizer that `compile` made here: it was "
                        "saved by a model that was not compiled, or that trained fewer networks. "
                        f"Received: {str(filepath)!r}. Load before `compile` to take the networks "
                        "alone."
                    ) from warning
                raise ValueError(
                    "The optimizers' state in the file does not belong to what `compile` made "
                    f"here. Received: {str(filepath)!r}. Compile as the saved model "
                    "was (same stage, frozen stages and optimizers), or load before `compile` to "
                    "take the networks alone."
                ) from warning


def _listed(callbacks):
    """The callbacks of `fit`'s argument as a list; its `CallbackList` keeps them in `callbacks`."""
    callbacks = getattr(callbacks, "callbacks", callbacks)
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]


@contextlib.contextmanager
def _clear_errors():
    """Turns TensorFlow's report of a failed check into one line."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, tf.errors.InvalidArgumentError):
            raise
        # As TensorFlow prints them: [name] [sentence] [number] [number], or as lines when eager.
        found = re.search(
            rf"(?P<name>\w+)['\]]\s+(\[|b')?{re.escape(NOT_APPLIED)}['\]]"
            r"\s+\[?(?P<value>[-\w.]+)\]?\s+\[?(?P<step>\d+)",
            str(error),
        )
        if found is None:
            raise
        raise FloatingPointError(
            f"{found['name']} is not finite at step {found['step']}: {found['value']}. The update "
            "was not applied. Lower the learning rate, clip gradients (an optimizer's "
            "`global_clipnorm`), or look at the batch."
        ) from error
