"""Losses of the StackGAN papers: pure functions of arrays, one number a term."""

from keras_stackgan.losses.adversarial import binary_cross_entropy as binary_cross_entropy
from keras_stackgan.losses.adversarial import get as get
from keras_stackgan.losses.adversarial import gradient_penalty as gradient_penalty
from keras_stackgan.losses.adversarial import hinge as hinge
from keras_stackgan.losses.adversarial import least_squares as least_squares
from keras_stackgan.losses.adversarial import r1 as r1
from keras_stackgan.losses.adversarial import wasserstein as wasserstein
from keras_stackgan.losses.color_consistency import color_consistency as color_consistency
from keras_stackgan.losses.color_consistency import color_statistics as color_statistics
from keras_stackgan.losses.conditioning import kl_divergence as kl_divergence
from keras_stackgan.losses.contrastive import contrastive as contrastive
from keras_stackgan.losses.contrastive import contrastive_scores as contrastive_scores
from keras_stackgan.losses.contrastive import hardest_hinge as hardest_hinge
from keras_stackgan.losses.diversity import diversity as diversity
from keras_stackgan.losses.matching import matching_terms as matching_terms
from keras_stackgan.losses.refinement import refinement as refinement
from keras_stackgan.losses.structured_hinge import structured_hinge as structured_hinge
