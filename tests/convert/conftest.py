import pytest


@pytest.fixture(scope="session")
def tiny_v2():
    """A model for the recorded v2 files, for tests that load it or leave it as it is."""
    from original_files import TINY_V2

    from keras_stackgan import StackGANv2

    return StackGANv2(**TINY_V2)
