"""The page on which people rank pictures, without knowing whose they are."""

import urllib.parse

from keras_stackgan.pages import fields as checked
from keras_stackgan.pages.page_error import PageError
from keras_stackgan.pages.response import Response
from keras_stackgan.pages.vote_log import VoteLog

MAX_NAME = 40


class RankPage:
    """Shows a rater one caption after the other and keeps each vote at once.

    Captions come in an order of each rater's own, and so do the pictures of each caption; names of
    models never leave the server. Who comes back under the same name goes on where he stopped.

    Args:
        study: `RankStudy`.

    Raises:
        ValueError: The study's votes are damaged.

    Example:

    ```python
    PageServer(RankPage(RankStudy("studies/birds")), port=7861).serve_forever()
    ```
    """

    def __init__(self, study):
        self.study = study
        self.log = VoteLog(study.votes, len(study.captions), study.models)
        self.routes = {
            ("GET", "/"): lambda _: Response.of_asset("rank.html"),
            ("GET", "/rank.js"): lambda _: Response.of_asset("rank.js"),
            ("GET", "/shared.js"): lambda _: Response.of_asset("shared.js"),
            ("GET", "/style.css"): lambda _: Response.of_asset("style.css"),
            ("GET", "/picture"): self.picture,
            ("POST", "/trial"): self.trial,
            ("POST", "/vote"): self.vote,
        }

    def trial(self, fields):
        """What a rater sees at a `place` of his order; without one, the first without a vote."""
        rater = checked.text(fields, "rater", MAX_NAME, "name")
        order, votes = self.study.order(rater), self.log.of(rater)
        if fields.get("place") is None:
            missing = [place for place, number in enumerate(order) if number not in votes]
            place = missing[0] if missing else None
        else:
            place = checked.whole(fields, "place", 0, len(order) - 1)
        answer = {"rater": rater, "total": len(order), "done": len(votes), "place": place}
        if place is not None:
            answer |= self._shown(rater, order[place], place, votes.get(order[place]))
        return Response.of_json(answer)

    def vote(self, fields):
        """Keeps a `ranking`: the pictures' numbers as shown at a `place`, the best first."""
        rater = checked.text(fields, "rater", MAX_NAME, "name")
        order = self.study.order(rater)
        number = order[checked.whole(fields, "place", 0, len(order) - 1)]
        shown, ranking = self.study.shown(rater, number), fields.get("ranking")
        whole = isinstance(ranking, list) and all(type(slot) is int for slot in ranking)
        if not whole or sorted(ranking) != list(range(len(shown))):
            raise PageError(
                400, f"The ranking must hold the numbers 0 to {len(shown) - 1}, each once."
            )
        try:
            self.log.add(rater, number, [self.study.models[shown[slot]] for slot in ranking])
        except OSError as error:
            raise PageError(
                507, f"The vote could not be kept ({error.strerror}). Try again."
            ) from error
        return Response.of_json({"done": len(self.log.of(rater)), "total": len(order)})

    def picture(self, fields):
        """A picture by what a rater sees: `rater`, `place` and `slot`, and no model's name."""
        rater = checked.text(fields, "rater", MAX_NAME, "name")
        order = self.study.order(rater)
        number = order[checked.whole(fields, "place", 0, len(order) - 1)]
        slot = checked.whole(fields, "slot", 0, len(self.study.models) - 1)
        return Response.of_file(self.study.picture(self.study.shown(rater, number)[slot], number))

    def _shown(self, rater, number, place, vote):
        shown = self.study.shown(rater, number)
        slots = {self.study.models[model]: slot for slot, model in enumerate(shown)}
        return {
            "caption": self.study.captions[number],
            "pictures": [
                "/picture?" + urllib.parse.urlencode({"rater": rater, "place": place, "slot": slot})
                for slot in range(len(shown))
            ],
            "ranking": vote and [slots[name] for name in vote],
        }
