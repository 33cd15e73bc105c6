"""A queue in front of work that one processor can do once."""

import contextlib
import threading

from keras_stackgan.pages.page_error import PageError


class OneAtATime:
    """Lets one thread in, some wait, and turns the others away.

    Args:
        waiting: int >= 0. How many may wait.
        patience: float. Seconds after which one that waits is turned away.

    Example:

    ```python
    queue = OneAtATime(waiting=4)
    with queue.turn():
        pictures = model.generate("a red bird")
    ```
    """

    def __init__(self, waiting=8, patience=120.0):
        if isinstance(waiting, bool) or not isinstance(waiting, int) or waiting < 0:
            raise ValueError(f"`waiting` must be a whole number >= 0. Received: {waiting!r}.")
        self.waiting = waiting
        self.patience = patience
        self._inside = 0
        self._count = threading.Lock()
        self._work = threading.Lock()

    @contextlib.contextmanager
    def turn(self):
        """Waits for one's turn and holds it for the block.

        Raises:
            PageError: 503, with `Retry-After`: too many wait already, or the wait was too long.
        """
        with self._count:
            if self._inside > self.waiting:
                raise self._refusal("Too many requests are waiting already.")
            self._inside += 1
        try:
            if not self._work.acquire(timeout=self.patience):
                raise self._refusal("The requests before this one took too long.")
            try:
                yield
            finally:
                self._work.release()
        finally:
            with self._count:
                self._inside -= 1

    @staticmethod
    def _refusal(reason):
        return PageError(503, f"{reason} Try again in a few seconds.", {"Retry-After": "5"})
