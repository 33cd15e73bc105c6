"""Pictures of several models for the same captions, to be ranked blind."""

import json
import random
from pathlib import Path

FORMAT = 1
STUDY, VOTES, PICTURES = "study.json", "votes.jsonl", "pictures"
MOST_MODELS = 9


class RankStudy:
    """A folder that `prepare_study` wrote.

    Args:
        directory: path.

    Raises:
        FileNotFoundError: There is no study in it.
        ValueError: The study is damaged or of another version.

    Example:

    ```python
    study = RankStudy("studies/birds")
    study.models  # ["gan_int_cls", "stackgan_v2"]
    study.shown("Ann", 0)  # [1, 0]: where the first picture is the second model's
    ```
    """

    def __init__(self, directory):
        self.directory = Path(directory).expanduser()
        path = self.directory / STUDY
        if not path.is_file():
            raise FileNotFoundError(
                f"'{self.directory}' must be a folder that `rank prepare` wrote. It holds no "
                f"{STUDY}."
            )
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            version = content["format"]
            self.models = [str(name) for name in content["models"]]
            self.captions = [str(caption) for caption in content["captions"]]
            self._token = str(content["token"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"'{path}' must be a study ({error!r}).") from error
        if version != FORMAT:
            raise ValueError(f"'{path}' must have the format {FORMAT}. Received: {version!r}.")
        lacking = [str(p) for p in self._every_picture() if not p.is_file()]
        if lacking:
            raise ValueError(
                f"'{self.directory}' must hold every picture. It lacks {len(lacking)}, such as "
                f"'{lacking[0]}'. Prepare the study again."
            )

    @property
    def votes(self):
        """Where the votes are kept."""
        return self.directory / VOTES

    def order(self, rater):
        """Returns the captions' numbers in the order in which a rater sees them."""
        numbers = list(range(len(self.captions)))
        self._random(rater, "order").shuffle(numbers)
        return numbers

    def shown(self, rater, number):
        """Returns the models' numbers in the order in which a rater sees a caption's pictures."""
        numbers = list(range(len(self.models)))
        self._random(rater, number).shuffle(numbers)
        return numbers

    def picture(self, model, number):
        """Returns the file of a model's picture of a caption, both by their numbers."""
        return picture_path(self.directory, model, number)

    def _random(self, *what):
        # The study's own secret, so that nobody can work the order out from a name.
        return random.Random(json.dumps([self._token, *what]))

    def _every_picture(self):
        for model in range(len(self.models)):
            for number in range(len(self.captions)):
                yield self.picture(model, number)


def picture_path(directory, model, number):
    """Where a study keeps a picture."""
    return directory / PICTURES / str(model) / f"{number:05d}.png"
