"""SavedModels that the export tests share, each written once."""

import pytest
from small_exports import Exported


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """A function from the name of a model above to its `Exported`."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = Exported(name, tmp_path_factory.mktemp("exported") / name)
        return made[name]

    return get
