"""What a sub-command is."""

import dataclasses
import json
from collections.abc import Callable

from absl import flags


@dataclasses.dataclass(frozen=True)
class Command:
    """A sub-command with flags of its own.

    Args:
        name: str.
        summary: str. One sentence.
        examples: tuple of str. Command lines for `--help`.
        define: function of a `FlagValues` that defines the flags on it.
        run: function of the parsed `FlagValues` and of the list of arguments that are no flags.
            Returns an exit code or `None`.
        arguments: str. How these arguments are called in the help.
        most_arguments: int. How many there may be.
        parts: dict from an argument to the names of its flags, where it decides which there are.
    """

    name: str
    summary: str
    examples: tuple[str, ...]
    define: Callable
    run: Callable
    arguments: str = ""
    most_arguments: int = 0
    parts: dict = dataclasses.field(default_factory=dict)

    def parse(self, arguments):
        """Returns the flags and the other arguments of a command line.

        Raises:
            flags.Error: A flag is unknown or malformed, or there are too many arguments.
        """
        values = self.flags()
        rest = values([self.name, *arguments])[1:]
        if len(rest) > self.most_arguments:
            raise flags.Error(
                f"Unexpected argument {rest[self.most_arguments]!r}. See keras-stackgan "
                f"{self.name} --help"
            )
        return values, rest

    def flags(self):
        """Returns this command's flags, not parsed: no other command's are among them."""
        values = flags.FlagValues()
        self.define(values)
        flags.DEFINE_bool(
            "dry_run", False, "Print the resolved configuration as JSON and do nothing.",
            flag_values=values,
        )  # fmt: skip
        flags.DEFINE_bool("debug", False, "Show tracebacks of errors.", flag_values=values)
        return values

    def help(self, words=()):
        """Returns the help text.

        Args:
            words: list of str. The command line; if it names one of `parts`, the help is of that.
        """
        part = next((word for word in words if word in self.parts), None)
        usage = f"keras-stackgan {self.name} {part or self.arguments}".rstrip()
        lines = [self.summary, "", f"  {usage} [flags]", "", "Examples:"]
        examples = [example for example in self.examples if part is None or usage in example]
        lines += [f"  {example}" for example in examples]
        lines += ["", "Flags:"]
        values = self.flags()
        lines += [
            _help_line(values[name])
            for name in values
            if part is None or name in (*self.parts[part], "dry_run", "debug")
        ]
        return "\n".join(lines)


def _help_line(flag):
    shown = f"--[no]{flag.name}" if flag.flag_type() == "bool" else f"--{flag.name}"
    # What absl adds to flags that may be given several times, on a line of its own.
    said, several, _ = flag.help.partition(";\n    repeat this option")
    if several and "several times" not in said:
        said += " May be given several times."
    default = flag.value
    if isinstance(default, list):
        default = ",".join(map(str, default))
    known = default not in (None, "") and default is not False
    return f"  {shown}: {said}" + (f" (default: {default})" if known else "")


def given(values):
    """Returns the flags that were on the command line, as a dict from name to value."""
    return {name: values[name].value for name in values if values[name].present}


def print_flags(values):
    """Prints all settings of a command that has no others, as `--dry_run` does."""
    names = [name for name in values if name not in ("dry_run", "debug")]
    print(json.dumps({name: values[name].value for name in names}, indent=2))
