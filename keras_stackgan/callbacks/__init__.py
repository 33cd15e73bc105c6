"""Callbacks for training by `fit`."""

from keras_stackgan.callbacks.learning_rate_decay import LearningRateDecay as LearningRateDecay
from keras_stackgan.callbacks.progress_line import ProgressLine as ProgressLine
from keras_stackgan.callbacks.sample_grid import SampleGrid as SampleGrid
from keras_stackgan.callbacks.training_state import TrainingState as TrainingState
