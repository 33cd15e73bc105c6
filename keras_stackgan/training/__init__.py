"""Whole runs: stages trained one after the other, in a folder that holds all there is to a run."""

from keras_stackgan.training.beginning import Beginning as Beginning
from keras_stackgan.training.guides import load_guide as load_guide
from keras_stackgan.training.later_stages import with_later_stages as with_later_stages
from keras_stackgan.training.machine import Machine as Machine
from keras_stackgan.training.published_features import efficientnet_lite0 as efficientnet_lite0
from keras_stackgan.training.published_features import join_features as join_features
from keras_stackgan.training.published_features import scale_features as scale_features
from keras_stackgan.training.run_folder import RunFolder as RunFolder
from keras_stackgan.training.staged_training import StagedTraining as StagedTraining
from keras_stackgan.training.stop_request import Stopped as Stopped
from keras_stackgan.training.text_training import (
    train_text_on_attributes as train_text_on_attributes,
)
