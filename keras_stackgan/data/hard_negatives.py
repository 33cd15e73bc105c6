"""Captions that are almost right: one word of another color, size, part, shape or side."""

import re

# Each kind lists its words; words in one tuple mean the same and never replace each other.
LEXICON = {
    "color": (
        ("red", "crimson", "scarlet"),
        ("orange",),
        ("yellow", "golden"),
        ("green",),
        ("teal", "turquoise"),
        ("blue",),
        ("purple", "violet"),
        ("pink",),
        ("brown",),
        ("black",),
        ("gray", "grey"),
        ("white",),
        ("tan", "beige"),
    ),
    "size": (
        ("small", "little", "tiny"),
        ("medium", "mid"),
        ("large", "big", "huge"),
    ),
    "part": (
        ("crown", "head", "cap"),
        ("nape", "neck"),
        ("back", "mantle", "upperparts"),
        ("breast", "chest"),
        ("belly", "underside", "abdomen", "underparts"),
        ("wings", "wing"),
        ("tail", "tailfeathers"),
        ("beak", "bill"),
        ("legs", "feet", "tarsus"),
        ("throat",),
        ("petals", "petal"),
        ("stamen", "stamens", "pistil", "center", "centre"),
        ("leaves", "leaf"),
    ),
    "described part": (
        ("crowned", "headed", "capped"),
        ("naped",),
        ("backed",),
        ("breasted", "chested"),
        ("bellied",),
        ("winged",),
        ("tailed",),
        ("billed", "beaked"),
        ("legged", "footed"),
        ("throated",),
    ),
    "shape": (
        ("short", "stubby"),
        ("long",),
        ("hooked", "curved"),
        ("round", "plump", "chubby", "rounded"),
        ("slender", "slim", "thin"),
        ("pointed", "pointy"),
        ("flat",),
    ),
    "side": (("left",), ("right",)),
}

# How readily a kind is changed. Another color is all but surely wrong; another part may be right
# by chance, where both have the color.
WEIGHTS = {"color": 4.0, "part": 1.0, "described part": 1.0, "size": 1.0, "shape": 1.0, "side": 1.0}

# In the caption as it is, since lower case may be longer: a Turkish I with its dot becomes two
# letters. Of ASCII alone, else the sign of Kelvin would be a "k".
_WORD = re.compile(r"[a-z]+", re.IGNORECASE | re.ASCII)


class HardNegatives:
    """Makes wrong captions of right ones by changing one word, or by swapping two colors.

    One of the caption's words that the lexicon knows becomes another word of its kind that the
    data set uses, of another meaning. With probability `swap`, a caption of two colors has them
    swapped instead. Parts of compounds count as words: "red-winged" becomes "blue-winged". The
    result may happen to be true ("black wings" of a bird with black wings and tail made "black
    tail"); so colors are changed most often.

    Args:
        captions: iterable of str. The data set's captions, whose words may be put in.
        lexicon: dict from a kind to a tuple of tuples of words, or None. Words of one tuple mean
            the same. Defaults to None: colors, sizes, parts of birds and flowers, shapes, sides.
        weights: dict from a kind to a float, or None. How readily it is changed; 1 where absent.
            Defaults to None: 4 for colors.
        swap: float in [0, 1]. How often two colors are swapped.

    Raises:
        ValueError: an argument is not as described, or no kind has two meanings in `captions`.

    Example:

    ```python
    negatives = HardNegatives(["a bird with red wings", "a bird with a blue tail"])
    negatives("a red bird", np.random.default_rng(0))  # "a blue bird"
    ```

    Reference:
        [Yuksekgonul et al., 2023](https://arxiv.org/abs/2210.01936): why swapped words are needed.
    """

    def __init__(self, captions, lexicon=None, weights=None, swap=0.25):
        if not 0 <= swap <= 1:
            raise ValueError(f"`swap` must lie in [0, 1]. Received: swap={swap!r}.")
        self.swap = swap
        self.weights = dict(WEIGHTS if weights is None else weights)
        lexicon = LEXICON if lexicon is None else lexicon
        used = set()
        for caption in captions:
            used.update(word.lower() for word in _WORD.findall(caption))
        # From a word to its kind and to what may replace it.
        self._known = {}
        for kind, meanings in lexicon.items():
            self._add(kind, [[word for word in words if word in used] for words in meanings])
        if not self._known:
            raise ValueError(
                "`captions` must use two meanings of at least one kind of `lexicon` "
                f"({', '.join(lexicon)}). Received captions without; give a lexicon of their words."
            )

    def _add(self, kind, meanings):
        meanings = [words for words in meanings if words]
        for number, words in enumerate(meanings):
            others = [other for k, other in enumerate(meanings) if k != number]
            for word in words if others else ():
                self._known.setdefault(word, (kind, number, others))

    def __call__(self, caption, rng):
        """Returns a wrong caption, or `None` where no word of it is known.

        Args:
            caption: str.
            rng: `numpy.random.Generator`.
        """
        found = [
            (match.span(), *self._known[match.group().lower()])
            for match in _WORD.finditer(caption)
            if match.group().lower() in self._known
        ]
        if not found:
            return None
        colors = [word for word in found if word[1] == "color"]
        if len({number for _, _, number, _ in colors}) > 1 and rng.random() < self.swap:
            return self._swapped(caption, colors, rng)
        weights = [self.weights.get(kind, 1.0) for _, kind, _, _ in found]
        (start, end), _, _, others = found[_chosen(weights, rng)]
        words = others[rng.integers(len(others))]
        return caption[:start] + words[rng.integers(len(words))] + caption[end:]

    def _swapped(self, caption, colors, rng):
        order = rng.permutation(len(colors))
        first = colors[order[0]]
        second = next(colors[k] for k in order if colors[k][2] != first[2])
        (start, middle), (begin, end) = sorted((first[0], second[0]))
        return (
            caption[:start]
            + caption[begin:end]
            + caption[middle:begin]
            + caption[start:middle]
            + caption[end:]
        )


def _chosen(weights, rng):
    left = rng.random() * sum(weights)
    for number, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return number
    return len(weights) - 1
