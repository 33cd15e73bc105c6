"""Flags that all benchmarks share, and what is read from lists of them."""

from absl import app, flags

QUICK = flags.DEFINE_bool("quick", False, "Toy sizes: shows that all runs; its figures are none.")
RESULTS = flags.DEFINE_string("results", None, "Folder that gets JSON lines, one file a program.")


def value(flag, quick):
    """A flag's value; with `--quick` another one, unless the flag was given."""
    return quick if QUICK.value and not flag.present else flag.value


def counts(flag, quick):
    """A list's numbers, see `value`.

    Args:
        flag: `FlagHolder` of a list.
        quick: list of str, or `None`.

    Returns:
        A list of int, or `None` where the flag's value is.

    Raises:
        UsageError: one is no whole number from 1.
    """
    texts = value(flag, quick)
    if texts is None:
        return None
    for text in texts:
        if not text.isdecimal() or not int(text):
            raise app.UsageError(f"--{flag.name} takes whole numbers from 1. Received: {text!r}.")
    return [int(text) for text in texts]


def numbered(flag, quick, names):
    """Those of `names` that a list of numbers from 1 chooses, see `value`; `None` if none is given.

    Args:
        flag: `FlagHolder` of a list.
        quick: list of str, or `None`.
        names: sequence of str.

    Raises:
        UsageError: one is not the number of a name.
    """
    numbers = counts(flag, quick)
    if numbers is None:
        return None
    if max(numbers, default=0) > len(names) or not numbers:
        raise app.UsageError(
            f"--{flag.name} takes numbers from 1 to {len(names)}. Received: "
            f"{','.join(map(str, numbers)) or 'none'}."
        )
    return [names[number - 1] for number in numbers]
