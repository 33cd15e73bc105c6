"""Which settings of `compile` a model has a use for: it lacks the term that others weigh."""

import dataclasses

from keras_stackgan.models.recipe import Recipe

# A term's name, the settings that mean nothing without it, and what has it.
CONDITION = "condition"
AUGMENTATION = "augmentation"
UNCONDITIONAL_HEAD = "unconditional_head"
STAGES = "stages"
TERMS = {
    CONDITION: (
        ("text_weight", "mismatched", "num_mismatched", "matching_weight"),
        "needs a model with a condition; this one is unconditional",
    ),
    AUGMENTATION: (
        ("kl_weight", "kl_reduction"),
        "needs a model with conditioning augmentation, which this one has not",
    ),
    UNCONDITIONAL_HEAD: (
        ("unconditional_weight",),
        "needs discriminators with an unconditional head, which these have not",
    ),
    STAGES: (
        ("color_weight",),
        "ties StackGAN-v2's stages; this model trains pictures of one stage alone",
    ),
}


def defaults():
    """The value of each setting where nobody gave one."""
    return {field.name: field.default for field in dataclasses.fields(Recipe)}


def check_terms(recipe, terms):
    """Raises a `ValueError` if a setting that the model has no use for is not left as it is.

    Args:
        recipe: dict of the fields of `Recipe`.
        terms: set of the names in `TERMS` that the model has.
    """
    unused = {name: (value,) for name, value in defaults().items()}
    # What it is for a model that was compiled, and is saved with it.
    unused["mismatched"] += (None,)
    for term, (names, rule) in TERMS.items():
        for name in names:
            if term not in terms and recipe[name] not in unused[name]:
                raise ValueError(
                    f"`{name}` {rule}. Received: {name}={recipe[name]!r}; leave it out."
                )
    if recipe["mismatched"] in ("images", None) and recipe["num_mismatched"] != 1:
        raise ValueError(
            "`num_mismatched` counts other texts: it needs mismatched='text' or 'auto'. Received: "
            f"num_mismatched={recipe['num_mismatched']!r}, mismatched={recipe['mismatched']!r}."
        )
