"""docs/api.md tells every public name, as the package is today."""

import importlib
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOL = runpy.run_path(str(ROOT / "tools/make_api_page.py"))


def test_the_page_is_what_its_command_writes():
    assert (ROOT / "docs/api.md").read_text(encoding="utf-8") == TOOL["page"]()


@pytest.mark.parametrize("part", TOOL["PARTS"])
def test_every_name_exists_and_has_a_docstring(part):
    names = TOOL["public_names"](part)
    package = importlib.import_module(f"keras_stackgan.{part}".strip("."))
    lacking = [name for name, docstring in names.items() if name != "__version__" and not docstring]
    assert names and not lacking
    for name, docstring in names.items():
        known = getattr(package, name).__doc__
        assert not callable(getattr(package, name)) or docstring.split() == known.split(), name


def test_every_part_that_offers_names_is_on_the_page():
    offering = {
        folder.parent.name
        for folder in (ROOT / "keras_stackgan").glob("*/__init__.py")
        if TOOL["public_names"](folder.parent.name)
    }
    assert offering <= set(TOOL["PARTS"])
