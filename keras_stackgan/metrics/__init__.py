"""Measures of generated pictures: functions of features, and the networks that make features.

Importing this needs no TensorFlow.
"""

from keras_stackgan.metrics.attribute_accuracy import attribute_accuracy as attribute_accuracy
from keras_stackgan.metrics.attribute_classifier import AttributeClassifier as AttributeClassifier
from keras_stackgan.metrics.attribute_matcher import AttributeMatcher as AttributeMatcher
from keras_stackgan.metrics.confidence import bootstrap_interval as bootstrap_interval
from keras_stackgan.metrics.feature_statistics import FeatureStatistics as FeatureStatistics
from keras_stackgan.metrics.frechet_distance import frechet_distance as frechet_distance
from keras_stackgan.metrics.frechet_distance import (
    frechet_distance_extrapolated as frechet_distance_extrapolated,
)
from keras_stackgan.metrics.inception_score import inception_score as inception_score
from keras_stackgan.metrics.kernel_distance import kernel_distance as kernel_distance
from keras_stackgan.metrics.manifold_coverage import manifold_coverage as manifold_coverage
from keras_stackgan.metrics.retrieval_precision import retrieval_precision as retrieval_precision
