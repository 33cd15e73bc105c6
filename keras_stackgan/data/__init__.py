"""Pictures and captions, from folders and published data sets to batches.

Importing this needs no TensorFlow; making a data set does.
"""

from keras_stackgan.data import sources as sources
from keras_stackgan.data.audit import audit as audit
from keras_stackgan.data.audit_report import AuditReport as AuditReport
from keras_stackgan.data.birds import read_cub as read_cub
from keras_stackgan.data.class_folder import read_class_folder as read_class_folder
from keras_stackgan.data.coco import read_coco as read_coco
from keras_stackgan.data.embeddings import CaptionEmbeddings as CaptionEmbeddings
from keras_stackgan.data.embeddings import embed_captions as embed_captions
from keras_stackgan.data.flowers import read_oxford_flowers as read_oxford_flowers
from keras_stackgan.data.folder_export import write_folder as write_folder
from keras_stackgan.data.hard_negatives import HardNegatives as HardNegatives
from keras_stackgan.data.imagenet import read_imagenet as read_imagenet
from keras_stackgan.data.lsun import read_lsun as read_lsun
from keras_stackgan.data.matching_dataset import matching_dataset as matching_dataset
from keras_stackgan.data.painted_birds.reader import read_bird_attributes as read_bird_attributes
from keras_stackgan.data.painted_birds.reader import read_painted_birds as read_painted_birds
from keras_stackgan.data.painted_birds.writer import write_painted_birds as write_painted_birds
from keras_stackgan.data.pipeline import caption_dataset as caption_dataset
from keras_stackgan.data.preprocessing import PREPROCESSINGS as PREPROCESSINGS
from keras_stackgan.data.preprocessing import Preprocessing as Preprocessing
from keras_stackgan.data.records import Record as Record
from keras_stackgan.data.records import read_records as read_records
from keras_stackgan.data.source import Source as Source
from keras_stackgan.data.splits import class_names as class_names
from keras_stackgan.data.splits import split_records as split_records
from keras_stackgan.data.tf_flowers import read_tf_flowers as read_tf_flowers
from keras_stackgan.data.tfds_export import read_tfds as read_tfds
from keras_stackgan.data.toy_flowers import write_toy_flowers as write_toy_flowers
