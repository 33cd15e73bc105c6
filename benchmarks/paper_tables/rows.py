"""All rows, in the order in which they are trained."""

from paper_tables.row import Row

V1, V2 = "StackGANv1", "StackGANv2"
NO_COLOR = {"color_weight": 0.0}

ROWS = (
    Row("v2", "a", "StackGAN-v2", V2, shape="tree", published="IS 4.04, FID 15.30"),
    Row("v1", "a", "StackGAN-v1", V1, shape="two_stages", published="IS 3.70, FID 51.89"),
    Row(
        "v2_as_v1", "a", "StackGAN-v2 with only the settings that v1 can have", V2, shape="tree",
        without=("text_weight",),
    ),
    Row("gan_int_cls", "a", "GAN-INT-CLS", "GANINTCLS", published="IS 2.88"),
    Row("gawwn", "a", "GAWWN", "GAWWN", published="IS 3.62"),
    Row("v2_unconditional", "a", "StackGAN-v2 without text", V2, text=False, shape="tree",
        published="IS 9.55 (ImageNet dog)"),
    Row("dcgan", "a", "DCGAN, without text", "DCGAN", text=False),
    Row("wgan_gp", "a", "WGAN-GP, without text", "WGANGP", text=False),
    Row(
        "v1_no_ca", "b", "v1 without conditioning augmentation", V1, shape="two_stages",
        config={"conditioning_augmentation": False}, published="IS 3.31",
    ),
    Row(
        "v1_text_once", "b", "v1, text read by Stage-I alone", V1, shape="two_stages",
        config={"text_at_stage2": False}, published="IS 3.45",
    ),
    Row("v1_straight", "b", "Stage-I alone, straight at the final size", V1, published="IS 3.02"),
    Row(
        "v1_straight_no_ca", "b", "the same without conditioning augmentation", V1,
        config={"conditioning_augmentation": False}, published="IS 2.48",
    ),
    Row("stage1", "b", "Stage-I's own pictures, of the run of v1", V1, first_stage_of="v1",
        shape="two_stages", published="IS 2.95 (64 pixels)"),
    Row(
        "stage1_no_ca", "b", "Stage-I's own pictures, of the run without augmentation", V1,
        config={"conditioning_augmentation": False}, first_stage_of="v1_no_ca",
        shape="two_stages", published="IS 2.66 (64 pixels)",
    ),
    Row("v2_g3", "c", "v2, the last generator supervised alone (G3)", V2, shape="tree",
        config={"supervised": "last"}, published="IS 3.49"),
    Row("v2_all_final", "c", "v2, all generators at the final size (all256)", V2,
        shape="all_final", published="IS 2.89"),
    Row("v2_no_jcu", "c", "v2 without unconditional heads (no JCU)", V2, shape="tree",
        config={"unconditional_head": False}, published="IS 3.77"),
    Row("v2_no_color", "c", "v2 without text, without color consistency", V2, text=False,
        shape="tree", compile=NO_COLOR, published="IS 9.02 (ImageNet dog)"),
)  # fmt: skip


def names():
    """Returns the names of all rows.

    Example:

    ```python
    names()[0]  # "v2"
    ```
    """
    return [row.name for row in ROWS]


def get(name):
    """Finds a row by its name.

    Args:
        name: str.

    Raises:
        ValueError: there is none of that name.
    """
    for row in ROWS:
        if row.name == name:
            return row
    raise ValueError(f"`rows` must be of {', '.join(names())}. Received: {name!r}.")
