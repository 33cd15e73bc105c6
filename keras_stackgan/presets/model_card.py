"""A preset's README.md, written from its metadata."""

PAPERS = (
    "Zhang et al., *StackGAN: Text to Photo-realistic Image Synthesis with Stacked Generative "
    "Adversarial Networks*, ICCV 2017, [arXiv:1612.03242](https://arxiv.org/abs/1612.03242).",
    "Zhang et al., *StackGAN++: Realistic Image Synthesis with Stacked Generative Adversarial "
    "Networks*, TPAMI 2018, [arXiv:1710.10916](https://arxiv.org/abs/1710.10916).",
)


def model_card(name, class_name, metadata, has_text, has_training, loading=None):
    """Returns the card as Markdown.

    Args:
        name: str. The preset's name.
        class_name: str. The model's class.
        metadata: dict, as `metadata.complete` gives it.
        has_text: bool. Whether the preset has a text encoder.
        has_training: bool. Whether it has discriminators.
        loading: str. How to load what is no preset, as Markdown; `None` for a preset.
    """
    loading = loading or _loading(name, class_name, metadata, has_text, has_training)
    sections = [
        ("What it knows", _items(metadata.get("knows"))),
        ("Example captions", _items(metadata.get("captions"))),
        ("How to load it", loading),
        ("Measured", _figures(metadata.get("figures"))),
        ("Training", _table(metadata.get("training"))),
        ("Training data", _table(metadata.get("dataset"))),
        ("Limits", _items(metadata.get("limits"))),
        ("License", metadata.get("license", "Not stated.")),
        ("How to cite", _items([*metadata.get("citation", []), *PAPERS])),
        ("Made with", _made_with(metadata)),
    ]
    written = [f"## {title}\n\n{text}" for title, text in sections if text]
    return "\n\n".join([f"# {name}", metadata["description"], *written]) + "\n"


def _items(sentences):
    return "\n".join(f"- {sentence}" for sentence in sentences or ())


def _loading(name, class_name, metadata, has_text, has_training):
    captions = metadata.get("captions") or ["a red bird"]
    lines = [
        f"from keras_stackgan import {class_name}",
        "",
        f"# The path of this directory, or {name!r} where the package carries it.",
        f"model = {class_name}.from_preset({name!r})",
    ]
    if has_text:
        lines.append(f"pictures = model.generate({captions[0]!r}, num_images=4, seed=0)")
    code = "\n".join(["```python", *lines, "```"])
    judges = "the discriminators of its training" if has_training else "fresh discriminators"
    return f"{code}\n\n`from_preset(..., trainable=True)` gives a model to train on, with {judges}."


def _figures(figures):
    if not figures:
        return ""
    rows = ["| figure | value | command |", "|---|---|---|"]
    for figure in figures:
        more = "".join(
            f", {key} {value}"
            for key, value in sorted(figure.items())
            if key not in ("name", "value", "command")
        )
        cells = (f"{figure['name']}{more}", figure["value"], f"`{figure['command']}`")
        rows.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _table(entries):
    return _items(f"{key}: {_code(key, value)}" for key, value in sorted((entries or {}).items()))


def _code(key, value):
    return f"`{value}`" if key == "command" else value


def _made_with(metadata):
    versions = ", ".join(f"{name} {number}" for name, number in metadata["versions"].items())
    return (
        f"{versions}. {metadata['parameters']:,} weights in the generator. `metadata.json` has all "
        "of this as data, and the checksum of each file."
    )
