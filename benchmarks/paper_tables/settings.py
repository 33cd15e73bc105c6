"""From a row and the table's options to what `training.StagedTraining` takes."""

import copy

from keras_stackgan import recipes
from paper_tables.small_recipe import parts_of

# Whose published settings are a named recipe of this package.
PUBLISHED = {
    ("StackGANv2", True): "stackgan_v2_cub",
    ("StackGANv2", False): "stackgan_v2_lsun_bedroom",
    ("StackGANv1", True): "stackgan_v1_cub",
    ("GANINTCLS", True): "gan_int_cls_cub",
    ("GAWWN", True): "gawwn_cub",
    ("DCGAN", False): "dcgan_lsun_bedroom",
    ("WGANGP", False): "wgan_gp_lsun_bedroom",
}
BATCH = 16
# A step of WGAN-GP shows its critic five batches.
CRITIC_STEPS = 5
# Captions say which way a bird faces, and how large it is.
WHOLE_PICTURES = {"flip": False, "load_scale": 1.0, "random_crop": False, "use_boxes": False}


def make_settings(row, options, seed):
    """Returns the settings of one run.

    Args:
        row: `Row`, one that is trained.
        options: `Options`.
        seed: int. The run's number: 0, 1, ...

    Returns:
        A dict as `StagedTraining` takes it.

    Example:

    ```python
    make_settings(rows.get("v2"), Options(), 0)["phases"][0]["steps"]  # 6250
    ```
    """
    published = recipes.get(PUBLISHED[row.class_name, row.text]).settings
    small = options.recipe == "small"
    parts = parts_of(row) if small else []
    config = {
        "generator_filters": options.width,
        "dtype": options.dtype,
        **_shape(row, options),
    }
    if row.class_name == "StackGANv2" and not row.text:
        config["embedding_dim"] = None
    for part in parts:
        config.update(part.config)
    config.update(row.config)
    phases = _small_phases(row, parts) if small else copy.deepcopy(published["phases"])
    phases = _staged(row, phases)
    for phase in phases:
        phase["compile"] = {**phase.get("compile", {}), **row.compile}
        if options.run_eagerly:
            phase["compile"]["run_eagerly"] = True
        _set_steps(phase, options.pictures // len(phases))
    return {
        "data": _data(row, options, published),
        "text": {
            "encoder": "taught" if row.text else None,
            "embeddings": None,
            "standardize": small and row.text,
        },
        "model": {"class_name": row.class_name, "config": config},
        "phases": phases,
        "run": {
            # Far apart: phases take the numbers that follow it.
            "seed": 1000 * seed,
            "save_every": options.save_every,
            "stats_every": min([50, *(phase["steps"] for phase in phases)]),
            "sample_every": max(phase["steps"] for phase in phases),
            "sample_captions": None,
            "sample_columns": 8,
        },
    }


def pictures_seen(settings):
    """Returns how many pictures a run with these settings is trained on."""
    return sum(phase["steps"] * phase["batch_size"] for phase in settings["phases"])


def discriminator_filters(sizes, width):
    """Returns the first channels of the discriminators of stages of these sizes.

    As published, from 64 pixels on every discriminator ends at 4x4 maps of 8 x width channels.
    Smaller pictures are halved less often; begun with `width` too, a discriminator of 16 pixels
    would end at 2 x width. v1's Stage-I then drew saturated noise; so it draws birds.

    Args:
        sizes: sequence of ints, the stages' sides in pixels.
        width: int.

    Returns:
        A list with one int for each size.

    Example:

    ```python
    discriminator_filters((16, 32, 64), width=8)  # [32, 16, 8]
    ```
    """
    return [width * max(1, 64 // size) for size in sizes]


def _shape(row, options):
    sizes, last = list(options.stage_sizes), options.size
    if row.class_name == "StackGANv2":
        sizes = sizes if row.shape == "tree" else [last] * len(sizes)
        shape = {"image_sizes": sizes}
    elif row.class_name == "StackGANv1":
        sizes = [sizes[0], last] if row.shape == "two_stages" else [last]
        shape = {"stage1_size": sizes[0], "image_size": last}
    else:
        sizes, shape = [last], {"image_size": last}
    filters = discriminator_filters(sizes, options.width)
    return {**shape, "discriminator_filters": filters if len(filters) > 1 else filters[0]}


def _small_phases(row, parts):
    phase = {"name": "all", "batch_size": BATCH, "compile": {}}
    if row.class_name == "WGANGP":
        phase["batch_size"] = CRITIC_STEPS * BATCH
    for part in parts:
        phase.update(copy.deepcopy(part.phase))
        phase["compile"].update(part.compile)
    if row.class_name != "StackGANv1":
        return [phase]
    stages = []
    for stage in (1, 2):
        own = copy.deepcopy(phase)
        own["name"], own["compile"]["stage"] = f"stage_{stage}", stage
        stages.append(own)
    return stages


def _staged(row, phases):
    """Without a second stage there is no phase of it, and all stages belong to one row's shape."""
    if row.class_name == "StackGANv1" and row.shape == "single":
        phases = phases[:1]
    for phase in phases:
        phase.pop("stages", None)
    return phases


def _set_steps(phase, pictures):
    """Steps that show so many pictures; a published schedule in epochs keeps its shape."""
    steps = max(1, pictures // phase["batch_size"])
    epochs, decay = phase.pop("epochs", None), phase.get("learning_rate_decay")
    phase.pop("steps", None)
    if decay is not None:
        periods = max(1, (epochs - decay["start"]) // decay["every"])
        periods = min(periods, steps)
        phase["steps_per_epoch"] = steps // periods
        phase["steps"] = periods * phase["steps_per_epoch"]
        phase["learning_rate_decay"] = {**decay, "every": 1, "start": 0}
    else:
        phase["steps"] = steps


def _data(row, options, published):
    data = {"source": options.data, "batches": {}}
    if options.recipe == "published":
        data = {**data, **copy.deepcopy(published["data"]), "source": options.data}
        if options.data == "painted_birds":
            kept = ("mismatched_images", "average_captions")
            batches = data["batches"]
            data["batches"] = {name: batches[name] for name in kept if name in batches}
    if options.data == "painted_birds":
        data["batches"].update(WHOLE_PICTURES)
    if row.shape == "all_final":
        # Pictures of several sizes must rise; of one size the model makes each stage's.
        data.pop("sizes", None)
    if row.class_name == "GAWWN":
        data["batches"].update({"use_boxes": False, "boxes": True})
    return data
