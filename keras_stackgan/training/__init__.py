"""Whole runs: stages trained one after the other, in a folder that holds all there is to a run."""

from keras_stackgan.training.machine import Machine as Machine
from keras_stackgan.training.run_folder import RunFolder as RunFolder
from keras_stackgan.training.staged_training import StagedTraining as StagedTraining
from keras_stackgan.training.stop_request import Stopped as Stopped
