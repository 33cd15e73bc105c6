"""Writes keras_stackgan/text/wordpiece_table.npz: what BERT does to each Unicode character.

    python tools/make_wordpiece_table.py [output.npz]

BERT's lower-casing normalizer and its splitting at white space and punctuation work one character
at a time, so the two together are one map from a character to a short string. The map is asked of
the `tokenizers` package, because it keeps to an older Unicode version than Python's `unicodedata`
does: the two disagree on several hundred characters.
"""

import sys
from pathlib import Path

import numpy as np
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from keras_stackgan.text.character_map import DELETE, HANGUL, ISOLATE, KEEP, REPLACE, SPACE

OUTPUT = Path(__file__).parents[1] / "keras_stackgan" / "text" / "wordpiece_table.npz"
SURROGATES = range(0xD800, 0xE000)
SYLLABLES = range(0xAC00, 0xD7A4)


def make_table():
    """Returns the table as a dictionary of arrays, as `CharacterMap` reads it."""
    normalizer = BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
    )
    splitter = BertPreTokenizer()
    simple = {"": DELETE, " ": SPACE}
    replacements = {}
    starts, kinds = [], []
    for code_point in range(0x110000):
        if code_point in SURROGATES:
            kind = DELETE
        else:
            character = chr(code_point)
            # Between two letters, a boundary that the splitter adds shows as a space.
            words = splitter.pre_tokenize_str(f"a{normalizer.normalize_str(character)}a")
            text = " ".join(word for word, _ in words)[1:-1]
            if text == character:
                kind = KEEP
            elif text in simple:
                kind = simple[text]
            elif text == f" {character} ":
                kind = ISOLATE
            elif code_point in SYLLABLES:
                kind = HANGUL
            else:
                kind = REPLACE + replacements.setdefault(text, len(replacements))
        if not kinds or kind != kinds[-1]:
            starts.append(code_point)
            kinds.append(kind)
    joined = "\0".join(replacements).encode("utf-8")
    return {
        "starts": np.array(starts, np.int32),
        "kinds": np.array(kinds, np.int16),
        "replacements": np.frombuffer(joined, np.uint8),
    }


def main(arguments):
    output = Path(arguments[0]) if arguments else OUTPUT
    table = make_table()
    np.savez_compressed(output, **table)
    print(f"{output}: {len(table['starts'])} runs, {output.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
