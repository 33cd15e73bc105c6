"""Measures of generated pictures: functions of features, and the networks that make features.

Importing this needs no TensorFlow.
"""

from keras_stackgan.metrics.application_extractor import (
    ApplicationExtractor as ApplicationExtractor,
)
from keras_stackgan.metrics.attribute_accuracy import attribute_accuracy as attribute_accuracy
from keras_stackgan.metrics.attribute_classifier import AttributeClassifier as AttributeClassifier
from keras_stackgan.metrics.attribute_matcher import AttributeMatcher as AttributeMatcher
from keras_stackgan.metrics.attribute_measure import AttributeMeasure as AttributeMeasure
from keras_stackgan.metrics.classifier_extractor import ClassifierExtractor as ClassifierExtractor
from keras_stackgan.metrics.clip_score import clip_scores as clip_scores
from keras_stackgan.metrics.confidence import bootstrap_interval as bootstrap_interval
from keras_stackgan.metrics.confidence import mean_interval as mean_interval
from keras_stackgan.metrics.confidence import proportion_interval as proportion_interval
from keras_stackgan.metrics.diversity import caption_diversity as caption_diversity
from keras_stackgan.metrics.evaluator import Evaluator as Evaluator
from keras_stackgan.metrics.feature_extractor import FeatureExtractor as FeatureExtractor
from keras_stackgan.metrics.feature_measure import FeatureMeasure as FeatureMeasure
from keras_stackgan.metrics.feature_set import FeatureSet as FeatureSet
from keras_stackgan.metrics.feature_statistics import FeatureStatistics as FeatureStatistics
from keras_stackgan.metrics.fid_inception import FIDInception as FIDInception
from keras_stackgan.metrics.frechet_distance import frechet_distance as frechet_distance
from keras_stackgan.metrics.frechet_distance import (
    frechet_distance_extrapolated as frechet_distance_extrapolated,
)
from keras_stackgan.metrics.frechet_distance import frechet_interval as frechet_interval
from keras_stackgan.metrics.inception_score import inception_score as inception_score
from keras_stackgan.metrics.inception_score_stream import (
    InceptionScoreStream as InceptionScoreStream,
)
from keras_stackgan.metrics.kernel_distance import kernel_distance as kernel_distance
from keras_stackgan.metrics.lpips import LPIPS as LPIPS
from keras_stackgan.metrics.manifold_coverage import manifold_coverage as manifold_coverage
from keras_stackgan.metrics.ms_ssim import ms_ssim as ms_ssim
from keras_stackgan.metrics.nearest_neighbors import nearest_neighbors as nearest_neighbors
from keras_stackgan.metrics.nearest_neighbors import neighbor_sheet as neighbor_sheet
from keras_stackgan.metrics.pair_measure import PairMeasure as PairMeasure
from keras_stackgan.metrics.resizing import resize as resize
from keras_stackgan.metrics.retrieval_precision import retrieval_precision as retrieval_precision
from keras_stackgan.metrics.score import Score as Score
from keras_stackgan.metrics.tsne_map import tsne_map as tsne_map
