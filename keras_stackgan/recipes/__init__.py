"""Named recipes: what is trained on what, with which settings, as JSON files.

Importing this needs neither Keras nor TensorFlow.
"""

from keras_stackgan.recipes.named_recipe import NamedRecipe as NamedRecipe
from keras_stackgan.recipes.named_recipe import get as get
from keras_stackgan.recipes.named_recipe import names as names
