"""Reads attributes off captions of painted birds by rules of its own."""

import re

COLOR = r"(red|orange|yellow|green|teal|blue|purple|pink|brown|black|gr[ae]y|white)"
NOUNS = {
    "crown": "crown",
    "head": "crown",
    "cap": "crown",
    "nape": "nape",
    "back": "back",
    "mantle": "back",
    "breast": "breast",
    "chest": "breast",
    "belly": "belly",
    "underside": "belly",
    "abdomen": "belly",
    "wings": "wing",
    "wing feathers": "wing",
    "tail": "tail",
    "tail feathers": "tail",
    "upperparts": "back wing",
    "underparts": "breast belly",
    "beak": "beak_color",
    "bill": "beak_color",
    "legs": "leg_color",
    "feet": "leg_color",
}
ENDINGS = {
    "crowned": "crown",
    "capped": "crown",
    "headed": "crown",
    "naped": "nape",
    "backed": "back",
    "breasted": "breast",
    "chested": "breast",
    "bellied": "belly",
    "winged": "wing",
    "tailed": "tail",
    "billed": "beak_color",
    "beaked": "beak_color",
    "legged": "leg_color",
}
WHOLE = {"": "back wing", "mostly ": "back wing breast"}
WHOLE["entirely "] = "crown nape back breast belly wing tail"

NOUN = "(?:" + "|".join(sorted(NOUNS, key=len, reverse=True)) + ")"
LIST = rf"{NOUN}\b(?:, {NOUN}\b)*(?:,? and {NOUN}\b)?"

# attribute: value: pattern
SCENES = {
    "size": {
        "small": r"\b(small|little|tiny)\b",
        "medium": r"\b(medium|mid)-sized\b",
        "large": r"\b(large|big)\b",
    },
    "body_shape": {
        "round": r"\b(round|plump|chubby)\b",
        "slender": r"\b(slender|slim)\b",
        "long-necked": r"\blong-necked\b",
    },
    "beak_shape": {
        "short": rf"\b(short|stubby) ({COLOR} )?(beak|bill)|(beak|bill) is (short|stubby)",
        "long": rf"\b(long|long thin) ({COLOR} )?(beak|bill)|(beak|bill) is long",
        "hooked": rf"\b(hooked|curved) ({COLOR} )?(beak|bill)|(beak|bill) is (hooked|curved)",
    },
    "wing_bars": {
        "no": r"\bno (wing )?bars\b",
        "yes": r"(?<!no )\bwing bars\b|(?<!no )(?<!wing )\bbars\b",
    },
    "eye_ring": {"no": r"\bno (eye )?ring\b", "yes": r"\ban? (eye )?ring\b"},
    "pose": {
        "perched": r"\b(perched|perching|perches|sits|sitting)\b",
        "standing": r"\b(stands|standing)\b",
        "flying": r"\b(flies|flying|in flight)\b",
        "swimming": r"\b(swims|swimming|floats|floating)\b",
    },
    "facing": {"left": r"\b(facing|looking) (to the )?left\b"},
    "background": {
        "sky": r"\bsky\b",
        "foliage": r"\b(leaves|foliage)\b",
        "branch": r"\bbare branches\b",
        "grass": r"\b(grass|meadow)\b",
        "water": r"\b(over|above|of|blue) (the )?water\b|\bopen water\b",
        "snow": r"\b(snow|snowy|winter)\b",
        "dusk": r"\b(dusk|sunset|evening)\b",
    },
}
SCENES["facing"]["right"] = SCENES["facing"]["left"].replace("left", "right")


def read_caption(text):
    """Returns a dict from every attribute that a caption states to its value."""
    found = {}
    # "The beak of this small bird is short" is read as "the beak is short".
    bare = re.sub(r" of this [a-z ,-]*?bird\b", "", text)
    for name, patterns in SCENES.items():
        place = bare if name == "beak_shape" else text
        values = [value for value, pattern in patterns.items() if re.search(pattern, place)]
        assert len(values) <= 1, (text, name, values)
        if values:
            found[name] = values[0]
    for color, names in _colors(text):
        for name in names.split():
            assert name not in found, (text, name, "is stated twice")
            found[name] = color.replace("grey", "gray")
    return found


def _colors(text):
    text = re.sub(r"\b(blue|open) (sky|water)|green (leaves|foliage|grass)|white snow", "", text)
    for adverb, color in re.findall(rf"(mostly |entirely |){COLOR} bird\b", text):
        yield color, WHOLE[adverb]
    for color, ending in re.findall(rf"{COLOR}-([a-z]+)", text):
        yield color, ENDINGS[ending]
    # "this bird is small and mostly red with ..."
    predicate = re.search(r"^this bird is (.*?)(?: with |, with |, and it |$)", text)
    if predicate:
        for adverb, color in re.findall(rf"(mostly |entirely |){COLOR}\b(?!-| \w)", predicate[1]):
            yield color, WHOLE[adverb]
    text = re.sub(r" of this [a-z ,-]*?bird\b", "", text)
    for color, nouns in re.findall(rf"{COLOR} ({LIST})", text):
        yield from ((color, NOUNS[noun]) for noun in re.findall(NOUN + r"\b", nouns))
    shape = "(?:(?:short|stubby|long|thin|hooked|curved)(?:, | and ))*"
    clause = rf"(?:its|the|whose) ({LIST}) (?:is|are) {shape}{COLOR}\b"
    for nouns, color in re.findall(clause, text):
        yield from ((color, NOUNS[noun]) for noun in re.findall(NOUN + r"\b", nouns))
