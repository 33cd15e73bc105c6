"""The settings files that sentence-transformers writes beside a BERT."""

import json

_SIZES = {
    "vocab_size": "vocabulary_size",
    "hidden_size": "dim",
    "num_hidden_layers": "num_layers",
    "num_attention_heads": "num_heads",
    "intermediate_size": "hidden_dim",
    "max_position_embeddings": "max_positions",
    "type_vocab_size": "num_types",
}
# What `BertEncoder` computes; a file that says otherwise would load and give other vectors.
_FIXED = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "layer_norm_eps": 1e-12,
}
_DEFAULT_LENGTH = 256


def read_published_config(path):
    """Returns the arguments of `BertEncoder` and the maximal length in pieces.

    Args:
        path: `pathlib.Path` of the directory with config.json; sentence_bert_config.json,
            tokenizer_config.json and 1_Pooling/config.json are read if they are there.

    Raises:
        ValueError: a file is no JSON object, lacks a size, or describes another kind of model.
    """
    config = _read(path, "config.json")
    for key, value in _FIXED.items():
        _require(path, "config.json", key, config.get(key, value), value)
    missing = sorted(set(_SIZES) - set(config))
    if missing:
        raise ValueError(
            f"config.json must give the sizes of a BERT. Received: {str(path)!r} without "
            f"{missing}. Take the config.json that belongs to the weights."
        )
    network = {ours: config[theirs] for theirs, ours in _SIZES.items()}
    lower = _read(path, "tokenizer_config.json").get("do_lower_case", True)
    _require(path, "tokenizer_config.json", "do_lower_case", lower, True)
    for key, value in _read(path, "1_Pooling/config.json").items():
        if key.startswith("pooling_mode_"):
            _require(path, "1_Pooling/config.json", key, value, key == "pooling_mode_mean_tokens")
    length = _read(path, "sentence_bert_config.json").get("max_seq_length") or _DEFAULT_LENGTH
    return network, min(length, network["max_positions"])


def _read(path, name):
    """Returns a JSON object; an empty one if there is no such file."""
    try:
        value = json.loads((path / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError(
            f"{name} must be JSON. Received: {str(path / name)!r}: {error}. Fetch it again."
        ) from None
    if not isinstance(value, dict):
        raise ValueError(
            f"{name} must be a JSON object. Received: {str(path / name)!r} with {value!r}. "
            f"Fetch it again."
        )
    return value


def _require(path, name, key, received, wanted):
    if received != wanted:
        raise ValueError(
            f"{name} must say {key}: {wanted!r}, for this package reads uncased BERTs with mean "
            f"pooling. Received: {str(path)!r} with {key}: {received!r}. Choose another model, "
            f"such as all-MiniLM-L6-v2."
        )
