"""A network's arguments, read off the shapes of an original's tensors."""

import re


def generator_arguments(tensors):
    """Reads the model's arguments off a `netG` file.

    Args:
        tensors: dict from name to array, as `read_original` gives it.

    Returns:
        `("StackGANv2" or "StackGANv1", dict of arguments)`.

    Raises:
        ValueError: If the tensors are of neither model's generator; the message is a clause.
    """
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if "h_net1.fc.0.weight" in shapes:
        return "StackGANv2", _stackgan_v2(shapes)
    if "fc.0.weight" in shapes or "STAGE1_G.fc.0.weight" in shapes:
        return "StackGANv1", _stackgan_v1(shapes)
    raise ValueError(_neither(tensors, "generator"))


def discriminator_arguments(tensors):
    """Reads a discriminator's arguments off a `netD` file.

    Args:
        tensors: dict from name to array, as `read_original` gives it.

    Returns:
        `("StackGANv2" or "StackGANv1", arguments)`, with `filters`, `image_size`, `conditional`,
        `unconditional` and, if conditional, `conditioning_dim`.

    Raises:
        ValueError: If the tensors are of neither model's discriminator; the message is a clause.
    """
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if "img_code_s16.0.weight" in shapes:
        kind, first, joint = "StackGANv2", "img_code_s16.0.weight", "jointConv.0.weight"
        unconditional = "uncond_logits.0.weight" in shapes or joint not in shapes
    elif "encode_img.0.weight" in shapes:
        kind, first = "StackGANv1", "encode_img.0.weight"
        joint = "get_cond_logits.outlogits.0.weight"
        unconditional = "get_uncond_logits.outlogits.0.weight" in shapes
    else:
        raise ValueError(_neither(tensors, "discriminator"))
    pattern = re.compile(r"(img_code_s\d+|encode_img)\.\d+\.weight")
    # Kernels of 4x4 pixels halve the picture, on its way to 4x4 pixels.
    halvings = sum(
        len(shape) == 4 and shape[-1] == 4
        for name, shape in shapes.items()
        if pattern.fullmatch(name)
    )
    filters = _shape(shapes, first, (None, 3, 4, 4))[0]
    _shape(shapes, first.replace(".0.", ".2."), (2 * filters, filters, 4, 4))
    arguments = {
        "filters": filters,
        "image_size": 4 * 2**halvings,
        "conditional": joint in shapes,
        "unconditional": unconditional,
    }
    if joint in shapes:
        features, together, *_ = _shape(shapes, joint, (None, None, 3, 3))
        _expect(features == filters * 2 ** (min(halvings, 4) - 1), joint, shapes)
        arguments["conditioning_dim"] = together - features
    return kind, arguments


def _neither(tensors, network):
    known = {
        "generator": ("h_net1.", "fc.0.", "STAGE1_G."),
        "discriminator": ("img_code_s16.", "encode_img."),
    }
    for other, starts in known.items():
        if other != network and any(name.startswith(starts) for name in tensors):
            return f"the file is of a {other} and not of a {network}"
    names = ", ".join(f"'{name[:60]}'" for name in list(tensors)[:3])
    return f"the file is of neither model's {network}: it begins with {names}"


# === Generators ===


def _stackgan_v2(shapes):
    stages = _count(shapes, "img_net{}.img.0.weight")
    rows, width = _shape(shapes, "h_net1.fc.0.weight", (None, None))
    filters = _shape(shapes, "img_net1.img.0.weight", (3, None, 3, 3))[1]
    size = _first_size(shapes, "h_net1.upsample{}.1.weight")
    # Values and gates of 4x4 pixels.
    _expect(rows == 2 * 16 * filters * size // 4, "h_net1.fc.0.weight", shapes)
    deepest = filters * size // 4
    _shape(shapes, "h_net1.upsample1.1.weight", (deepest, deepest, 3, 3))
    arguments = {
        "image_sizes": tuple(size * 2**k for k in range(stages)),
        "generator_filters": filters,
        "num_residual_blocks": tuple(
            _residuals(shapes, f"h_net{k + 1}.", filters // 2 ** (k - 1)) for k in range(1, stages)
        ),
        "embedding_dim": None,
    }
    if "ca_net.fc.weight" in shapes:
        # Mean and log variance, each through a gated unit.
        halves, arguments["embedding_dim"] = _shape(shapes, "ca_net.fc.weight", (None, None))
        arguments["conditioning_dim"] = halves // 4
        width -= halves // 4
    _expect(width > 0, "h_net1.fc.0.weight", shapes)
    return {**arguments, "latent_dim": width}


def _stackgan_v1(shapes):
    second = "STAGE1_G.fc.0.weight" in shapes
    prefix = "STAGE1_G." if second else ""
    halves, embedding_dim = _shape(shapes, f"{prefix}ca_net.fc.weight", (None, None))
    rows, width = _shape(shapes, f"{prefix}fc.0.weight", (None, None))
    # 4x4 pixels with eight times the width, whatever the size.
    filters = rows // 128
    _expect(width > halves // 2 and filters and not rows % 128, f"{prefix}fc.0.weight", shapes)
    size = _first_size(shapes, prefix + "upsample{}.1.weight")
    _shape(shapes, f"{prefix}upsample1.1.weight", (4 * filters, 8 * filters, 3, 3))
    arguments = {
        "form": "pytorch",
        "stage1_size": size,
        # Without Stage-II's weights there is no Stage-II.
        "image_size": size,
        "generator_filters": filters,
        "embedding_dim": embedding_dim,
        "conditioning_dim": halves // 2,
        "latent_dim": width - halves // 2,
    }
    if second:
        # Stage-II shrinks to a quarter before it grows.
        arguments["image_size"] = _first_size(shapes, "upsample{}.1.weight") * size // 16
        _shape(shapes, "hr_joint.0.weight", (4 * filters, 4 * filters + halves // 2, 3, 3))
        arguments["num_residual_blocks"] = _residuals(shapes, "", 4 * filters, gated=False)
    return arguments


def _first_size(shapes, pattern):
    """Side of the pictures that 4x4 pixels grow to."""
    blocks = _count(shapes, pattern)
    _expect(0 < blocks <= 10, pattern.format(max(blocks, 1)), shapes)
    return 4 * 2**blocks


def _residuals(shapes, prefix, channels, gated=True):
    """How many residual blocks there are behind a prefix."""
    pattern, number = prefix + "residual.{}.block.0.weight", 0
    while pattern.format(number) in shapes:
        wide = 2 * channels if gated else channels
        _shape(shapes, pattern.format(number), (wide, channels, 3, 3))
        number += 1
    return number


def _count(shapes, pattern):
    """How many of `pattern` with 1, 2, ... in its place there are."""
    number = 0
    while pattern.format(number + 1) in shapes:
        number += 1
    return number


# === Checks ===


# A model is made from what is read here, so it must not be larger than the file's own tensors.
def _shape(shapes, name, expected):
    """A tensor's shape, if its rank and the sizes that are not `None` are as expected."""
    shape = shapes.get(name, ())
    fits = len(shape) == len(expected) and all(
        size > 0 and wanted in (None, size) for size, wanted in zip(shape, expected, strict=True)
    )
    _expect(fits, name, shapes)
    return shape


def _expect(fits, name, shapes):
    if not fits:
        found = f"is {shapes[name]}" if name in shapes else "is missing"
        raise ValueError(f"the file is of changed code or not whole: '{name}' {found}")
