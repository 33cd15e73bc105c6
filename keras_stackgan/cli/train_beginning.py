"""`train --begin_from`: what follows for the settings of a run."""

from keras_stackgan.cli import quiet
from keras_stackgan.cli.image_sizes import set_image_sizes

# Steps of discriminators that begin beside a generator that does not; as in examples/fine_tune.py.
JUDGES_ALONE = 300
JUDGES = "_judges"
# Of a phase: what counts its steps or lets its rate fall.
COURSE = ("epochs", "steps_per_epoch", "learning_rate_decay", "linear_decay_from")


def set_model(settings, source):
    """Gives a run the generator's settings, stages and text encoder of what it begins with.

    Args:
        settings: dict, a recipe's; it is changed.
        source: str. The folder of a run, or a preset's name or directory.

    Raises:
        ValueError: There is no such run or preset, or the recipe trains another model.
    """
    quiet.load_tensorflow()
    from keras_stackgan.training import Beginning
    from keras_stackgan.training.beginning import of_generator

    beginning, model = Beginning(source), settings["model"]
    trained = beginning.settings
    if trained["class_name"] != model["class_name"]:
        raise ValueError(
            f"`--begin_from` must name a {model['class_name']}, which the recipe trains. Received: "
            f"{source!r}, a {trained['class_name']}; give a --recipe of that."
        )
    model["config"] = {
        **{name: value for name, value in model["config"].items() if not of_generator(name)},
        **{name: value for name, value in trained["config"].items() if of_generator(name)},
    }
    if beginning.image_sizes is not None:
        set_image_sizes(settings, beginning.image_sizes)
    if beginning.text_encoder is not None:
        settings["text"].update(encoder=beginning.text_encoder, embeddings=None)
    settings["begin_from"] = source


def add_judges(settings):
    """Puts a phase before each new stage in which its discriminators, which are new, learn alone.

    Against judges that know nothing the generator would lose what it can.
    """
    phases, before = [], None
    for phase in settings["phases"]:
        stage = phase.get("stages"), phase.get("compile", {}).get("stage")
        if stage != before:
            phases.append(_judges(phase))
        phases.append(phase)
        before = stage
    settings["phases"] = phases


def set_judges_alone(settings, steps):
    """Sets for how many steps discriminators learn alone.

    Args:
        settings: dict, a run's; it is changed.
        steps: int. 0 leaves these phases out.

    Raises:
        ValueError: The run begins with no other's generator.
    """
    if "begin_from" not in settings:
        raise ValueError(
            "`--judges_alone` needs --begin_from: generators that are new learn together with "
            f"their discriminators. Received: --judges_alone={steps}; leave it out."
        )
    judges = [phase for phase in settings["phases"] if phase["name"].endswith(JUDGES)]
    for phase in judges:
        phase["steps"] = steps
        if not steps:
            settings["phases"].remove(phase)


def _judges(phase):
    """A phase like another in which no generator learns."""
    alone = {name: value for name, value in phase.items() if name not in COURSE}
    adam = phase.get("optimizer", {"learning_rate": 2e-4, "beta_1": 0.5, "epsilon": 1e-8})
    return {
        **alone,
        "name": phase["name"] + JUDGES,
        "steps": JUDGES_ALONE,
        "optimizer": {**adam, "learning_rate": 0.0},
        "discriminator_optimizer": phase.get("discriminator_optimizer", adam),
    }
