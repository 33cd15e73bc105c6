"""What a preset's or a recipe's model is, told by a process of its own.

Started with `preset` or `recipe` and a name, it prints JSON: so who runs a race knows what races
without a framework in its own process.
"""

import json
import pathlib
import subprocess
import sys

from child_process import last_words

# A recipe leaves it to the text: what `train_text` makes, and the authors' embeddings.
TRAINED_DIM, AUTHORS_DIM = 128, 1024


def told(kind, name):
    """Asks that process.

    Args:
        kind: str. `"preset"` or `"recipe"`.
        name: str.

    Returns:
        A dict with `sizes`, `width` (the generator's) and `about`, a str; of a recipe also
        `batch_size`.

    Raises:
        SystemExit: there is none of that name, or a recipe that does not race.
    """
    command = [sys.executable, str(pathlib.Path(__file__).resolve()), kind, name]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"--{kind}: {last_words(done.returncode, done.stderr)}")
    return json.loads(done.stdout.splitlines()[-1])


def parts_of(settings):
    """Class name, configuration and last phase of a recipe's model, if it can race.

    Args:
        settings: dict of a `NamedRecipe`.

    Raises:
        ValueError: the model takes no text, or more than text.
    """
    class_name, text = settings["model"]["class_name"], settings["text"]
    has_text = text["encoder"] is not None or text["embeddings"] is not None
    if class_name not in ("StackGANv1", "StackGANv2") or not has_text:
        raise ValueError(
            "A recipe that races must be of a StackGAN with text. Received: a recipe of "
            f"{class_name} {'with' if has_text else 'without'} text; leave it out with --recipe=."
        )
    dim = AUTHORS_DIM if text["encoder"] is None else TRAINED_DIM
    return class_name, {"embedding_dim": dim, **settings["model"]["config"]}, settings["phases"][-1]


def of_recipe(name):
    """What a recipe's last phase trains."""
    from keras_stackgan import recipes

    class_name, config, phase = parts_of(recipes.get(name).settings)
    found, compiled = described(class_name, config), phase.get("compile", {})
    stages, frozen = len(found["sizes"]), compiled.get("frozen_stages", 0)
    first = compiled.get("stage", frozen + 1)
    trained = f"stage {first} of {stages} trains"
    if first < stages and "stage" not in compiled:
        trained = f"stages {first} to {stages} train"
    about = [f"phase '{phase['name']}'", trained, found["about"]]
    about += ["no guide"] if "matching_weight" in compiled else []
    return {**found, "about": ", ".join(about), "batch_size": phase["batch_size"]}


def of_preset(name):
    """What a preset draws with."""
    from keras_stackgan import models
    from keras_stackgan.presets import preset_directory, registry

    found = preset_directory.PresetDirectory(registry.find(name))
    return described(found.model_class(models.AdversarialModel).__name__, found.config)


def described(class_name, config):
    """Sizes, width and a phrase from the name of a model's class and its configuration."""
    sizes = config.get("image_sizes") or [config["stage1_size"], config["image_size"]]
    width, widths = config.get("generator_filters"), config.get("discriminator_filters")
    if isinstance(widths, list):
        widths = "/".join(map(str, widths))
    about = f"{class_name}, generator {width}, discriminators {widths}, "
    about += f"embeddings of {config.get('embedding_dim')}"
    return {"sizes": list(sizes), "width": width, "about": about}


if __name__ == "__main__":
    print(json.dumps({"recipe": of_recipe, "preset": of_preset}[sys.argv[1]](sys.argv[2])))
