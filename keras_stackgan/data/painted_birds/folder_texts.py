"""The texts that lie beside painted birds."""

LICENSE = """\
CC0 1.0 Universal, Public Domain Dedication

To the extent possible under law, the authors have waived all copyright and related or neighboring
rights to these pictures, captions and attributes. They are painted and written by a program; no
photograph and no other data set went into them.

The legal text: https://creativecommons.org/publicdomain/zero/1.0/legalcode
"""

README = """\
# Painted birds

{pictures} painted pictures of {size} x {size} pixels with ten captions each, written by
keras_stackgan's `write_painted_birds`: data version {version}, count {count}, seed {seed}, split
"{split}", hybrids {hybrids}, painted with skia-python {skia}.

- `pictures/SPECIES/NUMBER.jpg`: the pictures, in one folder a species
- `captions.jsonl`: one line a picture: `file`, `captions`, `label` (the species, of hybrids that
  whose turn it was), `box` (x, y, width, height of the bird in pixels); do not cut pictures to it
  where the captions' sizes matter
- `attributes.jsonl`: one line a picture, in the same order: `file`, `attributes` (name to value),
  `mentioned` (for each caption the names of the attributes that it states)
- `testclasses.txt`: the 50 species for testing; the other 150 are for training
- `LICENSE`: CC0 1.0, public domain
"""
