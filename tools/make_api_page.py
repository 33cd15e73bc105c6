"""Writes docs/api.md: every public name with the first sentence of its docstring.

    python tools/make_api_page.py

It reads the files and imports none of them, so it takes no TensorFlow and a moment.
"""

import ast
import itertools
import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent
PACKAGE = ROOT / "keras_stackgan"
PAGE = ROOT / "docs/api.md"
# In the order in which a user meets them.
PARTS = (
    "",
    "models",
    "layers",
    "losses",
    "data",
    "text",
    "training",
    "recipes",
    "callbacks",
    "presets",
    "export",
    "convert",
    "metrics",
    "evaluation",
    "pages",
    "formats",
)
HEAD = """# Every public name

Made by `python tools/make_api_page.py`. `help(name)` tells the rest: arguments with shapes and
ranges, errors, an example that runs, the equation in the paper.
"""


def main():
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page():
    """The text of the page."""
    return HEAD + "".join(_section(part) for part in PARTS)


def public_names(part):
    """The names that a part of the package offers: `{name: docstring}`, in their order."""
    tree = ast.parse((PACKAGE / part / "__init__.py").read_text(encoding="utf-8"))
    return {
        alias.asname: _docstring(node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }


def _docstring(module, name):
    path = ROOT.joinpath(*module.split("."))
    if (submodule := path / f"{name}.py").exists() and not path.with_suffix(".py").exists():
        return ast.get_docstring(ast.parse(submodule.read_text(encoding="utf-8")))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    nodes = ast.parse(file.read_text(encoding="utf-8")).body
    for node, after in itertools.pairwise([*nodes, None]):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _docstring(node.module, alias.name)
        elif getattr(node, "name", None) == name:
            return ast.get_docstring(node)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            # A constant's docstring is the string that follows it.
            return after.value.value if isinstance(after, ast.Expr) else None
    return None


def _section(part):
    package = f"keras_stackgan.{part}" if part else "keras_stackgan"
    lines = [
        f"| `{name}` | {_first_sentence(docstring)} |"
        for name, docstring in public_names(part).items()
        if name != "__version__"
    ]
    return f"\n## {package}\n\n| name | |\n|---|---|\n" + "\n".join(lines) + "\n"


def _first_sentence(docstring):
    paragraph = " ".join((docstring or "").split("\n\n")[0].split())
    # A sentence ends at a full stop before a capital letter, not at the one of "e.g. 64".
    return re.split(r"(?<=\.)\s+(?=[A-Z`])", paragraph)[0].replace("|", "\\|")


if __name__ == "__main__":
    main()
