"""Text encoders by their names on the command line."""

from pathlib import Path

NAMES = ("minilm", "hashed_ngrams", "char_cnn_rnn")
# Only of `train`: hashed n-grams, trained on the captions first; they measured best (docs/text.md).
TAUGHT = "taught"
HELP = (
    f"{', '.join(NAMES)}, or the directory of a saved encoder. The last two of the names are "
    "untrained: random projections of words, and of letters."
)


def check(name, more=()):
    """Raises a `ValueError` unless there is a text encoder of a name.

    Args:
        name: str. One of `NAMES`, or the directory of a saved encoder.
        more: tuple of str. Further names that are allowed.
    """
    if name not in (*NAMES, *more) and not Path(str(name)).expanduser().is_dir():
        raise ValueError(
            f"`--text_encoder` must be {', '.join((*more, *NAMES))} or the directory of a saved "
            f"encoder. Received: {name!r}."
        )


def get(name, seed=0):
    """Returns a text encoder.

    Args:
        name: str. One of `NAMES`, or the directory of a saved encoder.
        seed: int. Of the weights of an untrained one.

    Raises:
        ImportError: MiniLM's weights are not installed.
        ValueError: There is none of that name, or the directory holds none.
    """
    check(name)
    import keras

    from keras_stackgan.text import CharCNNRNN, HashedNgramEncoder, SentenceEncoder, TextEncoder

    if name == "minilm":
        return SentenceEncoder.minilm()
    if name == "hashed_ngrams":
        return HashedNgramEncoder(seed=seed)
    if name == "char_cnn_rnn":
        keras.utils.set_random_seed(seed)
        return CharCNNRNN()
    return TextEncoder.load(Path(name).expanduser())
