"""How the attributes that a caption states become phrases."""

from keras_stackgan.data.painted_birds import phrases
from keras_stackgan.data.painted_birds.attributes import COLORED_PARTS
from keras_stackgan.data.painted_birds.phrases import article, enumerate_words


class Wording:
    """The phrases of one caption: adjectives, features and what the bird does where.

    Every attribute of `mentioned` becomes part of exactly one phrase. "A red bird" is said of a
    red back and red wings, "a mostly red bird" of a red breast as well, "an entirely red bird" of
    all seven parts.

    Args:
        specification: `BirdSpecification`.
        mentioned: collection of str. The attributes to state.
        draws: `KeyedDraws`.

    Example:

    ```python
    wording = Wording(individual(17), {"crown", "size"}, KeyedDraws("a caption"))
    wording.bird("this")  # "this small bird"
    ```
    """

    def __init__(self, specification, mentioned, draws):
        self._bird = specification
        self._draws = draws
        self._gray = draws.choice("gray", ("gray", "gray", "grey"))
        self._left = {name for name in mentioned}
        self.adjectives = self._take_adjectives()
        self.situated = bool(self._left & {"pose", "facing", "background"})
        self.posed = "pose" in self._left
        # "Flying" alone is too short a phrase to be set between commas.
        self.placed = self.situated and " " in self.after_noun()
        self._groups = self._group_parts()
        self.clauses = self._make_clauses()
        # The features that no clause can state.
        self.others = self._make_marks()
        self.features = self._make_features()

    def bird(self, determiner):
        """Returns "a small red bird" or, with another determiner, "this small red bird"."""
        words = self._join_adjectives([*self.adjectives, "bird"], ", ", " ")
        return article(words) if determiner == "a" else f"{determiner} {words}"

    def with_features(self):
        """Returns " with a red crown and black wings", or "" where there are no features."""
        return f" with {enumerate_words(self.features)}" if self.features else ""

    # === Situation ===

    def after_noun(self):
        """Returns "perched on a branch facing left", or "" where nothing is stated."""
        return self._situation(self._pose_phrase(phrases.PARTICIPLES))

    def predicate(self):
        """Returns "is perched on a branch facing left"."""
        alone = not self._left & {"pose", "facing"}
        return ("is seen " if alone else "is ") + self.after_noun()

    def verb(self):
        """Returns "sits on a branch facing left"; needs the pose."""
        return self._situation(self._pose_phrase(phrases.VERBS), links=False)

    def _pose_phrase(self, words):
        if not self.posed:
            return ""
        pose, background = self._bird.pose, self._bird.background
        word = self._draws.choice("pose word", words[pose])
        places = phrases.PLACES[pose]
        if "background" in self._left:
            places = phrases.SCENES[pose, background]
        return f"{word} {self._draws.choice('place', places)}".strip()

    def _situation(self, pose, links=True):
        facing, place = "", ""
        if "facing" in self._left:
            facing = self._draws.choice("facing", phrases.FACING).format(self._bird.facing)
        if "background" in self._left and not pose:
            place = self._draws.choice("place", phrases.BACKGROUNDS[self._bird.background])
        bare = " " not in pose
        if pose and facing and links and (bare or self._draws.chance("and", 0.4)):
            facing = f"and {facing}"
        return " ".join(word for word in (pose, facing, place) if word)

    # === Adjectives ===

    def _take_adjectives(self):
        words = []
        for name, table in (("size", phrases.SIZE_WORDS), ("body_shape", phrases.SHAPE_WORDS)):
            if name in self._left:
                self._left.remove(name)
                words.append(self._draws.choice(name, table[getattr(self._bird, name)]))
        whole = self._take_whole_color()
        self.colored = bool(whole)
        compound = self._take_compound()
        return [*words, *compound, *whole]

    def _take_whole_color(self):
        color = self._bird.back
        same = {part for part in self._left if getattr(self._bird, part) == color}
        for word, parts, probability in (
            ("entirely {}", set(COLORED_PARTS), 0.9),
            ("mostly {}", {"back", "wing", "breast"}, 0.75),
            ("{}", {"back", "wing"}, 0.5),
        ):
            if parts <= same and self._draws.chance(word, probability):
                self._left -= parts
                return [word.format(self._color("back"))]
        return []

    def _take_compound(self):
        names = [name for name in phrases.COMPOUNDS if name in self._left]
        # A lone beak color, not "a long beak" and "yellow-billed".
        names = [name for name in names if name != "beak_color" or "beak_shape" not in self._left]
        if not names or not self._draws.chance("compound", 0.15):
            return []
        name = min(names, key=lambda name: self._draws.integer(f"compound {name}"))
        self._left.remove(name)
        ending = self._draws.choice(f"ending {name}", phrases.COMPOUNDS[name])
        return [f"{self._color(name)}-{ending}"]

    @staticmethod
    def _join_adjectives(words, before_adverb, otherwise):
        text = words[0]
        for word in words[1:]:
            adverb = word.startswith(("mostly ", "entirely "))
            text += (before_adverb if adverb else otherwise) + word
        return text

    # === Colored parts ===

    def _color(self, name):
        color = getattr(self._bird, name)
        return self._gray if color == "gray" else color

    def _group_parts(self):
        """Returns lists of parts that share a color and are stated together."""
        parts = [part for part in COLORED_PARTS if part in self._left]
        parts.sort(key=lambda part: self._draws.integer(f"rank {part}"))
        groups = []
        for part in parts:
            for group in groups:
                same = getattr(self._bird, group[0]) == getattr(self._bird, part)
                if same and len(group) < 3 and self._draws.chance(f"merge {part}", 0.85):
                    group.append(part)
                    break
            else:
                groups.append([part])
        return groups

    def _nouns(self, group):
        if len(group) == 1:
            return [self._draws.choice(f"noun {group[0]}", phrases.PART_NOUNS[group[0]])]
        nouns = {
            part: self._draws.choice(f"noun {part}", phrases.SHORT_NOUNS[part]) for part in group
        }
        for noun, pair in phrases.JOINT_NOUNS.items():
            if set(pair) <= set(nouns) and self._draws.chance(noun, 0.35):
                nouns = {part: word for part, word in nouns.items() if part not in pair}
                nouns[pair] = noun
        return sorted(nouns.values(), key=lambda noun: noun not in phrases.PLURALS)

    def _noun_phrase(self, group):
        nouns = self._nouns(group)
        words = f"{self._color(group[0])} {enumerate_words(nouns)}"
        return words if nouns[0] in phrases.PLURALS else article(words)

    # === Features and clauses ===

    def _make_features(self):
        items = []
        for group in self._groups:
            items.append(self._noun_phrase(group))
        if self._left & {"beak_color", "beak_shape"}:
            items.append(article(f"{' '.join(self._beak_words())} {self._beak_noun()}"))
        if "leg_color" in self._left:
            items.append(f"{self._color('leg_color')} {self._leg_noun()}")
        return self._draws.shuffled("features", [*items, *self.others])

    def _make_clauses(self):
        """Returns pairs of a subject and of what is said of it: ("wings", "are red")."""
        clauses = []
        for group in self._groups:
            nouns = self._nouns(group)
            plural = len(nouns) > 1 or nouns[0] in phrases.PLURALS
            clauses.append(
                (enumerate_words(nouns), f"{'are' if plural else 'is'} {self._color(group[0])}")
            )
        if self._left & {"beak_color", "beak_shape"}:
            # "A long thin red beak", but "its beak is long, thin and red".
            words = " ".join(self._beak_words()).split()
            clauses.append((self._beak_noun(), f"is {enumerate_words(words)}"))
        if "leg_color" in self._left:
            clauses.append((self._leg_noun(), f"are {self._color('leg_color')}"))
        return self._draws.shuffled("clauses", clauses)

    def _make_marks(self):
        marks = []
        if "wing_bars" in self._left:
            marks.append(self._draws.choice("bars", phrases.WING_BARS[self._bird.wing_bars]))
        if "eye_ring" in self._left:
            marks.append(self._draws.choice("ring", phrases.EYE_RING[self._bird.eye_ring]))
        return marks

    def _beak_words(self):
        words = []
        if "beak_shape" in self._left:
            words.append(self._draws.choice("beak", phrases.BEAK_WORDS[self._bird.beak_shape]))
        if "beak_color" in self._left:
            words.append(self._color("beak_color"))
        return words

    def _beak_noun(self):
        return self._draws.choice("beak noun", phrases.BEAK_NOUNS)

    def _leg_noun(self):
        return self._draws.choice("leg noun", phrases.LEG_NOUNS)
