"""Which of two rows the papers found to be better, and by which figures."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Ordering:
    """A claim of the papers, as far as it can be put as one row above another.

    Args:
        better: str. A row's name.
        worse: str. Another's.
        metric: str. What the claim is about: `"inception_score"`, `"frechet_distance"` or
            `"color_distance"`.
        published: str. The figures of the better and the worse, or an empty str.
        source: str. Where they stand.
        verified: bool. Whether a source of the figures was at hand when this was written: the
            named recipes of this package say which.

    Example:

    ```python
    Ordering("v2", "v1", "inception_score", "4.04, 3.70", "StackGAN++", True).better  # "v2"
    ```
    """

    better: str
    worse: str
    metric: str
    published: str = ""
    source: str = ""
    verified: bool = False


V1_SYSTEMS = "StackGAN (arXiv 1612.03242), table 1, CUB"
V1_PARTS = "StackGAN (arXiv 1612.03242), table 2, CUB"
V2_SYSTEMS = "StackGAN++ (arXiv 1710.10916), comparison of systems, CUB"
V2_PARTS = "StackGAN++ (arXiv 1710.10916), components of v2, CUB"
V2_COLOR = "StackGAN++ (arXiv 1710.10916), color consistency, ImageNet dog"
NO_FIGURE = "StackGAN++ (arXiv 1710.10916), by eye on LSUN; no figure at hand"
IS, FD, COLOR = "inception_score", "frechet_distance", "color_distance"

ORDERINGS = (
    Ordering("v2", "v1", IS, "4.04, 3.70", V2_SYSTEMS, True),
    Ordering("v2", "v1", FD, "15.30, 51.89", V2_SYSTEMS),
    Ordering("v2_as_v1", "v1", IS, "", "not in the papers: both with the same settings"),
    Ordering("v2_as_v1", "v1", FD, "", "not in the papers: both with the same settings"),
    Ordering("v1", "gan_int_cls", IS, "3.70, 2.88", V1_SYSTEMS, True),
    Ordering("v1", "gawwn", IS, "3.70, 3.62", V1_SYSTEMS),
    Ordering("v2_unconditional", "dcgan", FD, "", NO_FIGURE),
    Ordering("v2_unconditional", "wgan_gp", FD, "", NO_FIGURE),
    Ordering("v1", "v1_no_ca", IS, "3.70, 3.31", V1_PARTS),
    Ordering("stage1", "stage1_no_ca", IS, "2.95, 2.66", V1_PARTS),
    Ordering("v1_straight", "v1_straight_no_ca", IS, "3.02, 2.48", V1_PARTS),
    Ordering("v1", "v1_straight", IS, "3.70, 3.02", V1_PARTS),
    Ordering("v1", "v1_text_once", IS, "3.70, 3.45", V1_PARTS),
    Ordering("v2", "v2_g3", IS, "4.04, 3.49", V2_PARTS),
    Ordering("v2", "v2_all_final", IS, "4.04, 2.89", V2_PARTS),
    Ordering("v2", "v2_no_jcu", IS, "4.04, 3.77", V2_PARTS),
    Ordering("v2_unconditional", "v2_no_color", IS, "9.55, 9.02", V2_COLOR),
    Ordering("v2_unconditional", "v2_no_color", COLOR, "", V2_COLOR),
)
