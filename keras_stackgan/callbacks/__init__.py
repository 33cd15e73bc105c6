"""Callbacks for training by `fit`."""

from keras_stackgan.callbacks.ema_decay import EMADecay as EMADecay
from keras_stackgan.callbacks.evaluate import Evaluate as Evaluate
from keras_stackgan.callbacks.interpolation_strip import InterpolationStrip as InterpolationStrip
from keras_stackgan.callbacks.learning_rate_decay import LearningRateDecay as LearningRateDecay
from keras_stackgan.callbacks.linear_decay import LinearDecay as LinearDecay
from keras_stackgan.callbacks.progress_line import ProgressLine as ProgressLine
from keras_stackgan.callbacks.sample_grid import SampleGrid as SampleGrid
from keras_stackgan.callbacks.saved_weights import load_newest_weights as load_newest_weights
from keras_stackgan.callbacks.stats_log import StatsLog as StatsLog
from keras_stackgan.callbacks.stop_on_nan import StopOnNaN as StopOnNaN
from keras_stackgan.callbacks.training_health import TrainingHealth as TrainingHealth
from keras_stackgan.callbacks.training_state import TrainingState as TrainingState
