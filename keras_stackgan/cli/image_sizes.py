"""The stages of a run: which there are, and which phases train them."""


def set_image_sizes(settings, sizes):
    """Sets the stages' sizes, and leaves out the phases of stages that are not wanted."""
    config = settings["model"]["config"]
    if settings["model"]["class_name"] == "StackGANv1":
        if len(sizes) > 2:
            raise ValueError(f"StackGAN-v1 has one or two `--image_sizes`. Received: {sizes}.")
        config["stage1_size"], config["image_size"] = sizes[0], sizes[-1]
        settings["phases"] = [
            phase
            for phase in settings["phases"]
            if phase.get("compile", {}).get("stage", 1) <= len(sizes)
        ]
        return
    if "image_size" in config:
        if len(sizes) != 1:
            name = settings["model"]["class_name"]
            raise ValueError(f"{name} has one of `--image_sizes`. Received: {sizes}.")
        config["image_size"] = sizes[0]
        return
    config["image_sizes"] = sizes
    phases = settings["phases"]
    if len(phases) == 1:
        phases[0]["stages"] = len(sizes)
        return
    most = max(phase["stages"] for phase in phases)
    if len(sizes) > most:
        raise ValueError(
            f"The recipe's phases train {most} stages at most. Received: {len(sizes)} "
            "`--image_sizes`."
        )
    settings["phases"] = [phase for phase in phases if phase["stages"] <= len(sizes)]
