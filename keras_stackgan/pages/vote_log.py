"""Votes, on disk before they are acknowledged."""

import datetime
import errno
import json
import os
import threading
from pathlib import Path

from keras_stackgan.file_lock import locked


class VoteLog:
    """A file of JSON lines that only grows; of a rater's votes on a caption the last one holds.

    Each vote is written in one call and synced before `add` returns, so a kill or a power cut loses
    none that was acknowledged. A line that such an end cut short was not; it is passed over, and
    the next vote takes its place. Several processes may use one file.

    Args:
        path: path. Made with the first vote.
        num_captions: int. Votes are on captions 0 to `num_captions - 1`.
        models: list of str. What a ranking orders.

    Raises:
        ValueError: The file holds a line that is no vote of this study.

    Example:

    ```python
    log = VoteLog("votes.jsonl", num_captions=50, models=["a", "b"])
    log.add("Ann", 0, ["b", "a"])  # b is the better one
    log.of("Ann")  # {0: ["b", "a"]}
    ```
    """

    def __init__(self, path, num_captions, models):
        self.path = Path(path)
        self.num_captions = num_captions
        self.models = list(models)
        self._votes, self._size = {}, 0
        self._lock = threading.Lock()
        self._refresh()

    def add(self, rater, number, ranking):
        """Keeps a vote.

        Args:
            rater: str.
            number: int. The caption's.
            ranking: list of the models' names, the best first.

        Raises:
            ValueError: It is no vote of this study.
            OSError: It could not be written; then it is not kept.
        """
        self._check(rater, number, ranking)
        time = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        vote = {"rater": rater, "caption": number, "ranking": list(ranking), "time": time}
        with self._lock:
            self._append(json.dumps(vote).encode() + b"\n")
            self._refresh()

    def of(self, rater):
        """Returns a rater's votes: a dict from caption to ranking."""
        return {number: vote for (name, number), vote in self.all().items() if name == rater}

    def all(self):
        """Returns every vote that holds: a dict from `(rater, caption)` to ranking."""
        with self._lock:
            self._refresh()
            return dict(self._votes)

    def _append(self, line):
        is_new = not self.path.exists()
        with open(self.path, "ab+", buffering=0) as file, locked(file):
            # Under the lock: what another process writes after this look would be cut off.
            end = self._end_of_lines(file)
            try:
                if end < os.fstat(file.fileno()).st_size:
                    file.truncate(end)
                if file.write(line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
                os.fsync(file.fileno())
            except OSError:
                # Half a line would be joined with the next.
                file.truncate(end)
                raise
        if is_new:
            _sync_folder(self.path.parent)

    @staticmethod
    def _end_of_lines(file):
        """Where the last whole line ends."""
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - 1))
        if size == 0 or file.read(1) == b"\n":
            return size
        file.seek(0)
        return file.read().rfind(b"\n") + 1

    def _refresh(self):
        """Reads the file if it is another than before: who serves may not be the only one."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == self._size:
            return
        votes, lines = {}, self.path.read_bytes().split(b"\n") if size else [b""]
        # What follows the last line's end was cut short.
        for k, line in enumerate(lines[:-1]):
            try:
                vote = json.loads(line)
                rater, number, ranking = vote["rater"], vote["caption"], vote["ranking"]
                self._check(rater, number, ranking)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"'{self.path}', line {k + 1}, must be a vote of this study ({error})."
                ) from error
            votes[rater, number] = ranking
        self._votes, self._size = votes, size

    def _check(self, rater, number, ranking):
        is_number = isinstance(number, int) and not isinstance(number, bool)
        if not isinstance(rater, str) or not rater:
            raise ValueError(f"`rater` must be a name. Received: {rater!r}.")
        if not is_number or not 0 <= number < self.num_captions:
            raise ValueError(
                f"`number` must be a caption's, 0 to {self.num_captions - 1}. Received: {number!r}."
            )
        if not isinstance(ranking, list) or sorted(map(str, ranking)) != sorted(self.models):
            raise ValueError(
                f"`ranking` must order {self.models}, each once. Received: {ranking!r}."
            )


def _sync_folder(folder):
    # A new file's name is lost in a power cut unless its folder is synced; not every system can.
    if hasattr(os, "O_DIRECTORY"):
        file = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
