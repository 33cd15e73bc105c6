"""`keras-stackgan`: finds the sub-command, and turns errors of the user into one line and notes."""

import gc
import importlib
import os
import re
import sys
import traceback

from absl import flags

from keras_stackgan.cli.close_names import did_you_mean
from keras_stackgan.cli.printable import printable

COMMANDS = {
    "prepare": "paints, checks or converts a data set",
    "audit": "finds what is wrong with a data set before training",
    "encode": "computes the captions' embeddings, once",
    "train_text": "trains a text encoder and a guide on one's own captions",
    "train": "trains by a recipe, stopped and gone on with at will",
    "train_classifier": "trains judges of generated pictures, for evaluate",
    "evaluate": "measures a run or a preset on held-out captions",
    "generate": "draws pictures of sentences",
    "demo": "opens a page that draws sentences",
    "rank": "lets people rank the pictures of several models",
    "save_preset": "turns a run into a preset",
    "convert": "turns the papers' .pth files into a preset",
    "export": "writes a model for other programs: SavedModel, ONNX, LiteRT",
    "publish": "adds a model to a folder in TF-Hub's layout",
    "info": "shows versions, the machine, recipes, a run or a preset",
}
HELP = ("--help", "-h", "-help", "--helpfull", "--helpshort", "help")
USER_ERROR = 2
# A picture's error as TensorFlow quotes it, below a traceback of its own.
QUOTED = re.compile(r"^(?:[\w.]+\.)?(?:PictureError|FileNotFoundError): (.+)$", re.MULTILINE)


def main(argv=None):
    """Runs the command line.

    Args:
        argv: list of str. Defaults to the process's arguments, without its name.

    Returns:
        int. The exit code: 0, 1 of an `audit` with what would end a training, 2 for an error of
        the user, or 128 and the signal that ended it.

    Example:

    ```python
    main(["info"])  # prints versions, machine and recipes; returns 0
    ```
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    if not argv or argv[0] in HELP:
        print(overview())
        return 0 if argv else USER_ERROR
    if argv[0] == "--version":
        from keras_stackgan.version import __version__

        print(__version__)
        return 0
    name, arguments = argv[0].replace("-", "_"), argv[1:]
    if name not in COMMANDS:
        near = did_you_mean(name, COMMANDS)
        return _complain(
            f"Unknown command {argv[0]!r}.{near} It must be one of {', '.join(COMMANDS)}."
        )
    command = importlib.import_module(f"keras_stackgan.cli.{name}").COMMAND
    if any(argument in HELP[:-1] for argument in arguments):
        print(command.help(arguments))
        return 0
    debug = "--debug" in arguments
    try:
        values, rest = command.parse(arguments)
        # Before TensorFlow is imported: its notes on the processor are no news to anybody here.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        # Prepared convolutions are kept: up to 4 % faster on the CPU (benchmarks/RESULTS.md).
        os.environ.setdefault("TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE", "false")
        return command.run(values, rest) or 0
    except KeyboardInterrupt:
        return _complain("Interrupted. What was written is whole.", code=130)
    except BrokenPipeError:
        raise
    except Exception as error:
        if debug or not _is_users(error):
            raise
        line = _one_line(error)
        if name == "train" and _quoted(error) is not None:
            line += " Or leave such pictures out: --skip_bad, in another --run_dir."
        return _complain(line, notes=getattr(error, "__notes__", ()))


def run():
    """Runs the command line and exits with its code."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has had enough, as `head` has; Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception:
        traceback.print_exc()
        code = 1
    # A pipeline that an error has left over waits for its threads when it is deleted, and they for
    # Python. At the interpreter's end that would be for ever.
    gc.collect()
    sys.exit(code)


def overview():
    """Returns the help of the whole command line."""
    lines = ["StackGAN for Keras: pictures from sentences.", "", "  keras-stackgan COMMAND [flags]"]
    lines += ["", "Commands:"]
    lines += [f"  {name:<18}{summary}" for name, summary in COMMANDS.items()]
    lines += [
        "",
        "Examples:",
        "  keras-stackgan prepare toy_flowers --out flowers --count 500",
        "  keras-stackgan train --data flowers --run_dir runs/flowers",
        '  keras-stackgan generate --run_dir runs/flowers --caption "a red flower"',
        "",
        "keras-stackgan COMMAND --help shows a command's flags and examples.",
    ]
    return "\n".join(lines)


def _is_users(error):
    """Whether an error tells the user what to change; others are faults of the program."""
    if isinstance(error, (flags.Error, ValueError, OSError, ImportError, FloatingPointError)):
        return True
    # By name: the classes' modules need Keras and TensorFlow.
    if type(error).__name__ in ("BackendError", "ResourceExhaustedError"):
        return True
    return _quoted(error) is not None


def _quoted(error):
    """What is wrong with a picture that was read in mid-training, or None."""
    if not type(error).__module__.startswith("tensorflow."):
        return None
    found = QUOTED.findall(str(error))
    return found[-1] if found else None


def _one_line(error):
    if _quoted(error) is not None:
        return _quoted(error)
    if type(error).__name__ == "ResourceExhaustedError":
        return "There is not enough memory. Give a smaller --batch_size or smaller filters."
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"'{error.filename}': {error.strerror}."
    lines = [line.strip() for line in str(error).strip().splitlines()] or [type(error).__name__]
    text = lines[0] if len(lines[0]) > 40 or len(lines) == 1 else " ".join(lines[:2])
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    return text


def _complain(line, code=USER_ERROR, notes=()):
    print(f"keras-stackgan: {printable(line)}", file=sys.stderr)
    for note in notes:
        print("\n".join(map(printable, note.splitlines())), file=sys.stderr)
    return code
