"""A model's arguments, read off the shapes of an original's tensors."""


def infer(tensors, discriminators, path):
    """Returns the kind of model and its arguments.

    Args:
        tensors: dict from name to array, of a `netG` file.
        discriminators: list of such dicts, of the `netD` files at hand.
        path: path of the generator's file, for the error.

    Returns:
        `("v1" or "v2", arguments)`.

    Raises:
        ValueError: If the tensors are of neither model.
    """
    if "h_net1.fc.0.weight" in tensors:
        return "v2", _stackgan_v2(tensors, discriminators)
    if any(name.removeprefix("STAGE1_G.") == "fc.0.weight" for name in tensors):
        return "v1", _stackgan_v1(tensors, discriminators)
    raise ValueError(
        f"'{path}' must hold the generator of StackGAN-v2 or of StackGAN-v1's PyTorch release. "
        f"Received: tensors {list(tensors)[:4]}, none of which is known."
    )


def _count(tensors, pattern):
    """How many of `pattern` with 1, 2, ... in its place there are."""
    number = 0
    while pattern.format(number + 1) in tensors:
        number += 1
    return number


def _stackgan_v2(tensors, discriminators):
    stages = _count(tensors, "img_net{}.img.0.weight")
    first = 4 * 2 ** _count(tensors, "h_net1.upsample{}.1.weight")
    arguments = {
        "image_sizes": tuple(first * 2**k for k in range(stages)),
        "generator_filters": tensors["img_net1.img.0.weight"].shape[1],
        "num_residual_blocks": tuple(
            _residuals(tensors, f"h_net{stage}.residual.") for stage in range(2, stages + 1)
        ),
        "embedding_dim": None,
    }
    width = tensors["h_net1.fc.0.weight"].shape[1]
    if "ca_net.fc.weight" in tensors:
        rows, arguments["embedding_dim"] = tensors["ca_net.fc.weight"].shape
        # Mean and log variance, each through a gated unit.
        arguments["conditioning_dim"] = rows // 4
        width -= rows // 4
    arguments["latent_dim"] = width
    arguments["discriminator_filters"] = arguments["generator_filters"]
    if discriminators:
        judge = discriminators[0]
        arguments["discriminator_filters"] = len(judge["img_code_s16.0.weight"])
        if "jointConv.0.weight" in judge:
            arguments["unconditional_head"] = "uncond_logits.0.weight" in judge
    return arguments


def _residuals(tensors, prefix):
    """How many residual blocks there are behind a prefix."""
    return len({name[len(prefix) :].split(".")[0] for name in tensors if name.startswith(prefix)})


def _stackgan_v1(tensors, discriminators):
    second = any(name.startswith("STAGE1_G.") for name in tensors)
    prefix = "STAGE1_G." if second else ""
    rows, embedding_dim = tensors[f"{prefix}ca_net.fc.weight"].shape
    features, width = tensors[f"{prefix}fc.0.weight"].shape
    size = 4 * 2 ** _count(tensors, prefix + "upsample{}.1.weight")
    arguments = {
        "form": "pytorch",
        "stage1_size": size,
        # Without Stage-II's weights there is no Stage-II.
        "image_size": size,
        # 8 times the width at 4x4 pixels.
        "generator_filters": features // 128,
        "embedding_dim": embedding_dim,
        "conditioning_dim": rows // 2,
        "latent_dim": width - rows // 2,
    }
    if second:
        # Stage-II shrinks to a quarter before it grows.
        arguments["image_size"] = size // 4 * 2 ** _count(tensors, "upsample{}.1.weight")
        arguments["num_residual_blocks"] = _residuals(tensors, "residual.")
    arguments["discriminator_filters"] = arguments["generator_filters"]
    if discriminators:
        arguments["discriminator_filters"] = len(discriminators[0]["encode_img.0.weight"])
    return arguments
