"""Scores while a model trains, for no more of the time than they may take."""

import json
import pathlib
import time

from keras_stackgan.callbacks.periodic import Periodic
from keras_stackgan.models.multi_worker import is_chief


class Evaluate(Periodic):
    """Measures the model every so many steps and adds the scores to a file, one line each.

    Where measuring has taken more than its share of the time since training began, a turn is left
    out; the last step is always measured. The model's weights and its noise in training stay as
    they would be without.

    Args:
        evaluate: callable from the model to a list of `Score`, such as `lambda model:
            evaluate_model(model, pictures, evaluator, bound=False).scores`.
        path: path of a JSON lines file; lines are added, each with the step.
        every: int >= 1. Steps between two measurements.
        budget: float in (0, 1]. The share of the time since training began that measuring may take,
            its first time aside. Defaults to 0.1.

    Raises:
        ValueError: `budget` is out of range, or `evaluate` no function.

    Example:

    ```python
    judge = Evaluator([ClassifierExtractor(classifier)])
    measure = lambda model: evaluate_model(model, pictures, judge, bound=False).scores
    model.fit(dataset, callbacks=[Evaluate(measure, "scores.jsonl", every=2000, budget=0.05)])
    ```
    """

    def __init__(self, evaluate, path, every=1000, budget=0.1):
        super().__init__(every)
        if not callable(evaluate):
            raise ValueError(f"`evaluate` must be a function of a model. Received: {evaluate!r}.")
        if not 0 < budget <= 1:
            raise ValueError(f"`budget` must lie in (0, 1]. Received: budget={budget!r}.")
        self.evaluate = evaluate
        self.path = pathlib.Path(path)
        self.budget = float(budget)
        self._began = self._spent = 0.0
        self._ending = False

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._began, self._spent, self._ending = time.monotonic(), 0.0, False

    def on_train_end(self, logs=None):
        self._ending = True
        super().on_train_end(logs)

    def write(self):
        """Measures the model of this moment; returns the scores, or None if the budget is spent."""
        now = time.monotonic()
        if not self._ending and self._spent > self.budget * (now - self._began):
            # The last step is measured even if its turn was left out.
            self._written = None
            return None
        scores = self.evaluate(self.model)
        self._spent += time.monotonic() - now
        if is_chief(self.model):
            lines = [json.dumps({"step": self.model.step, **x.as_dict()}) for x in scores]
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))
        return scores
