"""`python -m keras_stackgan`: the command line."""

from keras_stackgan.cli.main import run

if __name__ == "__main__":
    run()
