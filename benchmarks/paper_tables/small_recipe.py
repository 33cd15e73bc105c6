"""The settings beyond the papers with which small budgets learn, each for whom it exists."""

import dataclasses

V1, V2, INT_CLS, GAWWN, DCGAN, WGAN_GP = (
    "StackGANv1", "StackGANv2", "GANINTCLS", "GAWWN", "DCGAN", "WGANGP",
)  # fmt: skip
ALL = (V1, V2, INT_CLS, GAWWN, DCGAN, WGAN_GP)
TEXT = (V1, V2, INT_CLS, GAWWN)


@dataclasses.dataclass(frozen=True)
class Part:
    """One setting, and the models that can have it.

    Args:
        name: str.
        said: str. What the report says it is.
        models: tuple of class names.
        why_not: str. What is so with the models that are not among them.
        text: bool. Whether it has no meaning for a model without text.
        config: dict. Arguments of the model.
        compile: dict. Arguments of `compile`.
        phase: dict. Entries of a phase.

    Example:

    ```python
    PARTS[0].phase["optimizer"]["learning_rate"]  # 0.0004
    ```
    """

    name: str
    said: str
    models: tuple
    why_not: str = ""
    text: bool = False
    config: dict = dataclasses.field(default_factory=dict)
    compile: dict = dataclasses.field(default_factory=dict)
    phase: dict = dataclasses.field(default_factory=dict)


BY_DESIGN = "it is not an argument of theirs"
PARTS = (
    Part(
        "adam", "Adam(4e-4, 0, 0.99), to zero linearly in the last quarter of each phase; "
        "gradients clipped at a norm of 10", ALL,
        phase={
            "optimizer": {
                "learning_rate": 4e-4, "beta_1": 0.0, "beta_2": 0.99, "epsilon": 1e-8,
                "global_clipnorm": 10.0,
            },
            "linear_decay_from": 0.75,
        },
    ),
    Part(
        "average", "moving average 0.999 that starts small", ALL,
        compile={"ema_decay": 0.999, "ema_warmup": True},
    ),
    Part(
        "r1", "R1 0.3 every 16 steps", (V1, V2, INT_CLS, GAWWN, DCGAN),
        "its gradient penalty takes the place", compile={"r1_weight": 0.3, "r1_interval": 16},
    ),
    Part(
        "mismatched", "two mismatched texts a picture", TEXT, text=True,
        compile={"mismatched": "text", "num_mismatched": 2},
    ),
    Part("kl", "KL 0.02", (V1, V2), "they have no conditioning augmentation", text=True,
         compile={"kl_weight": 0.02}),
    Part(
        "d_without_batch_norm", "no batch normalization in the discriminators",
        (V1, V2, INT_CLS, GAWWN, DCGAN), "its critic has none as published",
        config={"discriminator_normalization": None},
    ),
    Part(
        "d_text_layer", "a text layer of the discriminators' own", (V2,),
        "they have one as published", text=True, config={"discriminator_conditioning_dim": 64},
    ),
    Part("d_projection", "a projection of the text in the discriminators", (V1, V2), BY_DESIGN,
         text=True, config={"discriminator_projection_dim": 128}),
    Part("text_weight", "losses with text weigh 1.5", (V2,),
         "they have no losses without text that these could outweigh", text=True,
         compile={"text_weight": 1.5}),
    Part(
        "quiet_augmentation", "quiet conditioning augmentation (mean x 2, log variance - 3)",
        (V1, V2), "they have no conditioning augmentation", text=True,
        config={"augmentation_mean_scale": 2.0, "augmentation_log_variance_bias": -3.0},
    ),
)  # fmt: skip


def parts_of(row):
    """Returns the parts that a row has.

    Args:
        row: `Row`.
    """
    return [
        part
        for part in PARTS
        if row.class_name in part.models
        and (row.text or not part.text)
        and part.name not in row.without
    ]
