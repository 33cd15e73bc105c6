"""`keras-stackgan demo`."""

import json

from absl import flags

from keras_stackgan.cli import model_source, quiet, serving
from keras_stackgan.cli.command import Command

PORT = 7860


def define(values):
    """Defines the flags on a `FlagValues`."""
    model_source.define(values)
    serving.define(values, PORT)
    flags.DEFINE_integer(
        "max_images", 16, "Most pictures of one request.", lower_bound=2, flag_values=values
    )
    flags.DEFINE_integer(
        "waiting", 8, "Requests that may wait while one is drawn; others are turned away.",
        lower_bound=0, flag_values=values,
    )  # fmt: skip


def run(values, rest):
    """Serves the page until Ctrl-C."""
    del rest
    model_source.check(values)
    if values.dry_run:
        names = (*model_source.FLAGS, *serving.FLAGS, "max_images", "waiting")
        print(json.dumps({name: values[name].value for name in names}, indent=2))
        return 0
    quiet.load_tensorflow()
    from keras_stackgan.pages import DemoPage

    page = DemoPage(model_source.load(values), about(values), values.max_images, values.waiting)
    # The port first: drawing takes a while, and a port that is taken should be said at once.
    server = serving.open_server(page, values)
    page.warm_up()
    return serving.serve(server, "Draw sentences at")


def about(values):
    """Returns what the page says of the model that the flags name."""
    if values.preset is not None:
        described = model_source.describe(values)
        return {**described["metadata"], "name": described["name"]}
    from keras_stackgan.training import RunFolder

    folder = RunFolder(values.run_dir)
    config, done = folder.read_config(), folder.steps_done()
    steps = ", ".join(f"{name} {count:,}" for name, count in done.items())
    return {
        "name": folder.path.resolve().name,
        "description": f"A run of the recipe {config.get('recipe', 'of its own')}; steps: {steps}.",
        "knows": [f"what the captions of '{config['data'].get('folder')}' speak of"],
        "captions": config["run"].get("sample_captions") or [],
    }


COMMAND = Command(
    "demo",
    "Opens a page in the browser that draws sentences, by a run's model or a preset, on this "
    "machine alone.",
    (
        "keras-stackgan demo --preset my_preset",
        "keras-stackgan demo --run_dir runs/flowers --port 0",
    ),
    define,
    run,
)
