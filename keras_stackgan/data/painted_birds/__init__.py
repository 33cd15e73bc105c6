"""Painted birds: a data set that everybody can make, and of which every attribute is known.

Importing this needs neither skia nor TensorFlow; painting needs skia.
"""

from keras_stackgan.data.painted_birds.attributes import ATTRIBUTES as ATTRIBUTES
from keras_stackgan.data.painted_birds.captions import Caption as Caption
from keras_stackgan.data.painted_birds.captions import make_caption as make_caption
from keras_stackgan.data.painted_birds.captions import make_captions as make_captions
from keras_stackgan.data.painted_birds.contact_sheet import (
    write_contact_sheet as write_contact_sheet,
)
from keras_stackgan.data.painted_birds.individual import individual as individual
from keras_stackgan.data.painted_birds.individual import painting_seed as painting_seed
from keras_stackgan.data.painted_birds.individual import species_of as species_of
from keras_stackgan.data.painted_birds.reader import PAINTED_BIRDS as PAINTED_BIRDS
from keras_stackgan.data.painted_birds.reader import load as load
from keras_stackgan.data.painted_birds.reader import read_bird_attributes as read_bird_attributes
from keras_stackgan.data.painted_birds.reader import read_painted_birds as read_painted_birds
from keras_stackgan.data.painted_birds.species import Species as Species
from keras_stackgan.data.painted_birds.species import all_species as all_species
from keras_stackgan.data.painted_birds.species import species as species
from keras_stackgan.data.painted_birds.specification import BirdSpecification as BirdSpecification
from keras_stackgan.data.painted_birds.writer import write_painted_birds as write_painted_birds
