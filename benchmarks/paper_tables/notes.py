"""What a reader must know of the table, from the settings that made it."""

from paper_tables import rows
from paper_tables.small_recipe import ALL, PARTS, TEXT

SHOWN = {
    "StackGANv1": "v1", "StackGANv2": "v2", "GANINTCLS": "GAN-INT-CLS", "GAWWN": "GAWWN",
    "DCGAN": "DCGAN", "WGANGP": "WGAN-GP",
}  # fmt: skip
_CUT = (
    ". It learns from whole pictures and draws them; for the measures they are cut to that box and "
    "enlarged, as the other rows' training pictures and those of the judges are cut. What is left "
    "of them has fewer pixels than the other rows draw."
)


def notes(options, results):
    """Returns lines of Markdown.

    Args:
        options: `Options`.
        results: `Results`.
    """
    judges = results.measurers("inception_score")
    first = f" (here '{judges[0]}')" if judges else ""
    painted = options.data == "painted_birds"
    lines = [
        f"- Every row: `{options.data}`, {options.size} pixels at the end, "
        f"{options.pictures:,} pictures seen in all of its phases together (whole batches of "
        f"them), width {options.width} (`generator_filters`, `discriminator_filters`; below 64 "
        f"pixels discriminators begin with more, so that all end at {8 * options.width} "
        f"channels), {options.dtype}, captions and measured pictures of held-out species. "
        f"StackGAN-v2's stages are {', '.join(map(str, options.stage_sizes))}; v1's are "
        f"{options.stage_sizes[0]} and {options.size}, half of the pictures each.",
        "- Mean ± standard deviation over seeds; with one seed the value and, in brackets, half of "
        "the interval that its pictures leave.",
        f"- IS, Frechet distance and accuracy are those of the first judge{first}: classifiers of "
        "species and attributes, not Inception, so no figure compares with the published ones; "
        "only orders do. Two judges of different kinds decide on the orders.",
        "- R-precision: does the picture find its caption among 100, by a matching model that no "
        "row was trained with. MS-SSIM: between pictures of one caption, without text between any "
        "pictures; lower is more varied. Color distance: between neighboring stages' colors, as "
        "v2's color term measures it.",
        _judges_note(painted),
        "- Published figures: IS on 256 pixel pictures of CUB unless it says otherwise. "
        "Unverified: written down without the paper at hand, as are the numbers of its tables; the "
        "others stand with their sources in the recipes of this package.",
        "- Averaged generators, their batch statistics estimated again before they are measured: "
        "as `save_preset` does it.",
        "- s per 1,000: seconds of training for 1,000 pictures, with whatever else the machine did "
        "then: not for comparing rows.",
        "- GAWWN is told the box of the picture that a caption belongs to, in training and when it "
        f"is measured{'.' if painted else _CUT}",
    ]
    if options.recipe == "published":
        lines.append(
            "- Recipe `published`: losses, optimizers, batches and schedules of the papers "
            "(schedules by their share of the run). Batches differ, so equal pictures are not "
            "equal steps."
        )
        return lines
    return [*lines, *_small_notes()]


def _judges_note(painted):
    if painted:
        return (
            "- The judges and the matching model learned from other painted birds of the held-out "
            "species, as the papers' scorer was tuned on the test classes; none of their pictures "
            "is measured."
        )
    return (
        "- The judges learned from the test pictures, as the papers' scorer did, so the bound is "
        "too good; the matching model learned from the training pictures."
    )


def _small_notes():
    lines = [
        "- Recipe `small`: settings beyond the papers, for every model that can have them; no row "
        "has a guide that knows attributes. Batches of 16; WGAN-GP's critic has five of them a "
        "step, so its generator has a fifth of the updates."
    ]
    for part in PARTS:
        able = TEXT if part.text else ALL
        without = [SHOWN[name] for name in able if name not in part.models]
        said = "all" if part.models == ALL else ", ".join(SHOWN[name] for name in part.models)
        line = f"  - {part.said}: {said}"
        if without:
            line += f"; not {', '.join(without)}: {part.why_not}"
        lines.append(line + ".")
    for row in rows.ROWS:
        if row.without:
            said = [part.said for part in PARTS if part.name in row.without]
            lines.append(f"  - `{row.name}` leaves out: {'; '.join(said)}.")
    return lines
