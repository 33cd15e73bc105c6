"""Text encoders by their names on the command line."""

from pathlib import Path

NAMES = ("minilm", "hashed_ngrams", "char_cnn_rnn")
# Only of `train`: hashed n-grams, trained on the captions first; they measured best (docs/text.md).
TAUGHT = "taught"
HELP = (
    f"{', '.join(NAMES)}, or the directory of a saved encoder. The last two of the names are "
    "untrained: random projections of words, and of letters."
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
    import keras

    from keras_stackgan.text import CharCNNRNN, HashedNgramEncoder, SentenceEncoder, TextEncoder

    if name == "minilm":
        return SentenceEncoder.minilm()
    if name == "hashed_ngrams":
        return HashedNgramEncoder(seed=seed)
    if name == "char_cnn_rnn":
        keras.utils.set_random_seed(seed)
        return CharCNNRNN()
    if Path(name).expanduser().is_dir():
        return TextEncoder.load(Path(name).expanduser())
    raise ValueError(
        f"`--text_encoder` must be {', '.join(NAMES)} or the directory of a saved encoder. "
        f"Received: {name!r}."
    )
