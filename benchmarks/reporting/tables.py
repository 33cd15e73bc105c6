"""Parts of benchmarks that are one table, and what training reaches of what the machine can do."""

from reporting import lines as shown
from reporting.page import heading

DTYPES = {"ours": "float32", "ours, bfloat16": "bfloat16"}
# So many times the step's rate leaves nothing to wait for, also when other work goes on.
WANTED = 3.0
# What lines of before do not say.
SCALING_MODEL = {"sizes": (16, 32), "width": 8, "batch_size": 16}


def _steps(everything):
    """Lines of our own training without a recipe that did not fail."""
    return [
        line
        for line in everything.get("train_step", [])
        if "failure" not in line and "recipe" not in line and line["name"].startswith("ours")
    ]


def of_convolution_rate(lines, everything):
    """The machine's rate, and the share of it that our step reaches."""
    rates = shown.convolution_rates(lines)
    best = {}
    for line in lines:
        key = line["width"], line["dtype"]
        best[key] = max(best.get(key, 0.0), line["gigaflop"] / line["seconds"])
    values = [
        (width, dtype, f"{rate:.0f}", f"{best[width, dtype]:.0f}")
        for (width, dtype), rate in rates.items()
    ]
    head = ["width", "precision", "GFLOP/s, all shapes and passes", "GFLOP/s, fastest of them"]
    blocks = [heading("Convolutions alone", lines), shown.table(head, values)]
    shares = []
    for line in _steps(everything):
        dtype, gigaflop = DTYPES.get(line["name"]), line.get("gflop_a_picture")
        rate = rates.get((line["width"], dtype))
        if rate and gigaflop:
            reached = gigaflop * line["pictures_per_second"]
            cells = [line["width"], line["name"], line["batch_size"], f"{gigaflop:.1f}"]
            shares.append((*cells, f"{reached:.0f}", f"{reached / rate:.0%}"))
    if shares:
        head = ["width", "", "pictures a step", "GFLOP a picture", "GFLOP/s", "share of the rate"]
        blocks += ["What our training step reaches of that:", shown.table(head, shares)]
    return "\n\n".join(blocks)


def of_compile_time(lines, everything):
    """Start-up by its parts."""
    table = shown.table(shown.COMPILE_TIME_HEAD, map(shown.compile_time, lines))
    title = f"To the first training step, batches of {lines[0]['batch_size']}"
    return f"{heading(title, lines)}\n\n{table}"


def of_scaling(lines, everything):
    """Cost per picture by the data's size and the run's length."""
    table = shown.table(shown.SCALING_HEAD, map(shown.scaling, lines))
    model = {**SCALING_MODEL, **lines[0]}
    said = (
        f"A toy model of {'/'.join(map(str, model['sizes']))} px, width {model['width']}, "
        f"batches of {model['batch_size']}; what it reads are pictures of 48 px."
    )
    title = heading("Cost per picture by number of pictures and steps", lines)
    return f"{title}\n\n{said}\n\n{table}"


def of_input_pipeline(lines, everything):
    """The pipeline's rate, and how many times that of our step it is."""
    table = shown.table(shown.INPUT_PIPELINE_HEAD, map(shown.input_pipeline, lines))
    said = "JPEG files of 500x375 px, batches of 16; each picture is decoded when it is drawn."
    blocks = [heading("Input pipeline", lines), said, table]
    largest = max(line["size"] for line in lines)
    rate = max(line["rate"] for line in lines if line["size"] == largest)
    values = [
        (
            line["width"],
            line["name"],
            line["batch_size"],
            f"{line['pictures_per_second']:.1f}",
            times,
        )
        for line in _steps(everything)
        if line["sizes"][-1] == largest
        for times in [f"{rate / line['pictures_per_second']:.1f}"]
    ]
    if values:
        head = ["width", "", "pictures a step", "step, pictures/s", "pipeline, times that"]
        said = f"{largest} px against our training step; {WANTED:.0f} times or more is wanted:"
        blocks += [said, shown.table(head, values)]
    return "\n\n".join(blocks)


def of_memory(lines, everything):
    """Memory of training on the CPU."""
    head = ["stages", "width", "batch", "weights and optimizers, MB", "in training, MB"]
    values = []
    for line in lines:
        cells = ["/".join(map(str, line["sizes"])), line["width"], line["batch_size"]]
        if "failure" in line:
            values.append([*cells, f"failed: {line['failure']}", ""])
        else:
            values.append([*cells, f"{line['weights']:.0f}", f"{line['total']:.0f}"])
    said = "The process's largest resident memory less what it held before the model was made."
    return f"{heading('Memory of training', lines)}\n\n{said}\n\n{shown.table(head, values)}"


def of_export_latency(lines, everything):
    """One call of each exported form."""
    head = ["batch", "", "ms a call", "10 %", "90 %", "gray levels off"]
    values = [
        (line["batch_size"], line["name"])
        + tuple(f"{line[key]:.1f}" for key in ("milliseconds", "low", "high"))
        + (line["difference"],)
        for line in lines
    ]
    first = lines[0]
    said = (
        f"Width {first['width']}, {'/'.join(map(str, first['sizes']))} px, embeddings of "
        f"{first.get('embedding_dim', 128)} numbers; fresh weights."
    )
    return f"{heading('Exported models', lines)}\n\n{said}\n\n{shown.table(head, values)}"


def of_precision(lines, everything):
    """How far half precision goes from float32."""
    head = ["run", "d_loss", "g_loss", "weights, relative", "pictures, levels of 255"]
    values = [
        (line["name"], f"{line['d_loss']:.3f}", f"{line['g_loss']:.3f}")
        + (f"{line['weights']:.4f}", f"{line['levels']:.2f}")
        for line in lines
    ]
    title = f"Half precision after {lines[0]['steps']} steps"
    return f"{heading(title, lines)}\n\n{shown.table(head, values)}"


def of_evaluation(lines, everything):
    """How fast pictures are evaluated with FID's Inception."""
    blocks = [heading("Evaluating with FID's Inception", lines), *map(shown.evaluation, lines)]
    return "\n\n".join(blocks)


def of_profile_step(lines, everything):
    """Where the time of our step goes."""
    blocks = [
        heading("Training and drawing by their operations", lines),
        *map(shown.profile, lines),
    ]
    return "\n\n".join(blocks)


PARTS = {
    "convolution_rate": of_convolution_rate,
    "compile_time": of_compile_time,
    "input_pipeline": of_input_pipeline,
    "scaling": of_scaling,
    "memory": of_memory,
    "export_latency": of_export_latency,
    "precision": of_precision,
    "evaluation": of_evaluation,
    "profile_step": of_profile_step,
}
