"""What `info` prints of a run and of a preset."""

import collections
import copy
import json
import shlex

from keras_stackgan.cli.printable import printable

# Of the metadata: said at a place of their own, or by others.
ELSEWHERE = ("description", "figures", "files", "training")


def described_run(name):
    """Returns how far a run has come, how long it took, what it wrote, and what comes next.

    Args:
        name: str. The run's folder.
    """
    from keras_stackgan.training import RunFolder

    folder = RunFolder(name)
    config, done = folder.read_config(), folder.steps_done()
    stats = _stats(folder.stats)
    seconds = collections.Counter()
    for line in stats:
        seconds[line.get("phase")] += line.get("seconds", 0)
    lines = [f"Run '{folder.path}' of the recipe {config.get('recipe', 'of its own')}"]
    lines.append(f"  data: {config['data'].get('folder')}")
    for phase in config["phases"]:
        steps, took = done.get(phase["name"], 0), seconds[phase["name"]]
        spent = f", {_time(took)}" if took else ""
        lines.append(f"  phase {phase['name']}: {steps:,} of {phase['steps']:,} steps{spent}")
    if stats:
        lines.append(f"  losses at step {stats[-1]['step']:,} of phase {stats[-1]['phase']}:")
        terms = {k: v for k, v in stats[-1].items() if k.startswith(("d_loss", "g_loss_"))}
        lines += [f"    {term}: {value:.3g}" for term, value in terms.items()]
    drawn = [phase["name"] for phase in config["phases"] if folder.samples(phase["name"]).is_dir()]
    if drawn:
        lines.append(f"  sample grids: {folder.samples(drawn[-1])}")
    return "\n".join([*lines, f"  {_next_command(name, config, done)}"])


def described_preset(described):
    """Returns what is known of a preset: what it is, how well it draws, how it was trained.

    Args:
        described: dict, as `presets.describe` returns it.
    """
    metadata = copy.deepcopy(described["metadata"])
    lines = [f"Preset {described['name']}: {described['description']}"]
    lines.append(f"  {described['class_name']}, {described['bytes'] / 1e6:.1f} MB")
    lines.append(f"  text encoder: {described['text_encoder'] or 'none'}")
    if described["damaged"]:
        lines.append(f"  damaged: {', '.join(described['damaged'])}")
    if metadata.get("figures"):
        lines += ["  figures:", *_figures(metadata["figures"])]
    for key, value in metadata.items():
        if key not in ELSEWHERE:
            lines += _entry(key, value)
    # Whoever wants to do it again finds the command at the end.
    training = metadata.get("training")
    command = training.pop("command", None) if isinstance(training, dict) else None
    lines += [*_entry("training", training or None), *_entry("trained by", command)]
    return "\n".join(map(printable, lines))


def _entry(key, value):
    if value is None:
        return []
    if isinstance(value, list):
        return [f"  {key}:", *(f"    {_said(each)}" for each in value)]
    if isinstance(value, dict):
        return [f"  {key}:", *(f"    {name}: {_said(each)}" for name, each in value.items())]
    return [f"  {key}: {_said(value)}"]


def _said(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _figures(figures):
    lines, last = [], None
    for figure in figures:
        if figure["command"] != last:
            lines.append(f"    {figure['command']}")
        last = figure["command"]
        known = {k: v for k, v in figure.items() if k not in ("name", "value", "command")}
        more = ", ".join(f"{key} {_short(value)}" for key, value in sorted(known.items()))
        said = f"{figure['name']}: {_short(figure['value'])}"
        lines.append(f"      {said} ({more})" if more else f"      {said}")
    return lines


def _short(value):
    """A figure with three digits that count; counts as they are."""
    if isinstance(value, list):
        return " to ".join(_short(each) for each in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _stats(path):
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            lines.append(json.loads(line))
        except ValueError:
            # Half a line, of a run that was killed.
            continue
    return lines


def _time(seconds):
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"


def _next_command(name, config, done):
    if any(done.get(phase["name"], 0) < phase["steps"] for phase in config["phases"]):
        return f"keras-stackgan {shlex.join(['train', '--run_dir', name, '--resume'])}"
    captions = config["run"].get("sample_captions") or []
    caption = [word for text in captions[:1] for word in ("--caption", text)]
    return f"keras-stackgan {shlex.join(['generate', '--run_dir', name, *caption])}"
