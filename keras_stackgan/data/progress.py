"""One form of progress bar for all that takes long."""

import sys

# Seconds between two updates of what is drawn over, and of what a log file keeps.
LIVE, LOGGED = 0.05, 30.0


def progress_bar(total, unit):
    """Makes a bar whose `update` takes how much is done; in a log file it moves rarely.

    Args:
        total: int. How much there is.
        unit: str. What is counted, in the singular.

    Returns:
        An object with a method `update(done)`.

    Example:

    ```python
    bar = progress_bar(100, "picture")
    bar.update(50)
    ```
    """
    import keras

    live = sys.stdout.isatty() or "ipykernel" in sys.modules
    return keras.utils.Progbar(total, unit_name=unit, interval=LIVE if live else LOGGED)
