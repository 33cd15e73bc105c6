"""Models measured on data sets: which pictures, which judges, and the report."""

from keras_stackgan.evaluation.diversity_scores import diversity_scores as diversity_scores
from keras_stackgan.evaluation.evaluation_set import EvaluationSet as EvaluationSet
from keras_stackgan.evaluation.figures import write_map as write_map
from keras_stackgan.evaluation.figures import write_neighbors as write_neighbors
from keras_stackgan.evaluation.figures import write_samples as write_samples
from keras_stackgan.evaluation.judges import attribute_reader as attribute_reader
from keras_stackgan.evaluation.judges import judges_trained_on as judges_trained_on
from keras_stackgan.evaluation.judges import load_judges as load_judges
from keras_stackgan.evaluation.judges import train_judges as train_judges
from keras_stackgan.evaluation.model_evaluation import evaluate_model as evaluate_model
from keras_stackgan.evaluation.report import Report as Report
from keras_stackgan.evaluation.seen_pictures import count_seen as count_seen
