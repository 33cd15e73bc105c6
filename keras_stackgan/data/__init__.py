"""The user's pictures and captions, from a folder to batches.

Importing this needs no TensorFlow; making a data set does.
"""

from keras_stackgan.data.embeddings import CaptionEmbeddings as CaptionEmbeddings
from keras_stackgan.data.embeddings import embed_captions as embed_captions
from keras_stackgan.data.pipeline import caption_dataset as caption_dataset
from keras_stackgan.data.records import Record as Record
from keras_stackgan.data.records import read_records as read_records
from keras_stackgan.data.splits import class_names as class_names
from keras_stackgan.data.splits import split_records as split_records
from keras_stackgan.data.toy_flowers import write_toy_flowers as write_toy_flowers
