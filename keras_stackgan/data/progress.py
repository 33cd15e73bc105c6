"""One form of progress bar for all that takes long."""


def progress_bar(total, unit):
    """Makes a bar whose `update` takes how much is done.

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

    return keras.utils.Progbar(total, unit_name=unit)
