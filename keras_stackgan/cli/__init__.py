"""The command line `keras-stackgan`: one file a sub-command. Importing it needs no TensorFlow."""
