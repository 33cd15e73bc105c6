"""Text encoders: sentences in, vectors out.

Importing this needs no TensorFlow; of all that is here only `graph_encode`, `WordPiece.graph` and
the `resources` of an exported model do.
"""

from keras_stackgan.text.attribute_training import train_on_attributes as train_on_attributes
from keras_stackgan.text.bert import BertEncoder as BertEncoder
from keras_stackgan.text.bert_block import BertBlock as BertBlock
from keras_stackgan.text.char_cnn_rnn import CharCNNRNN as CharCNNRNN
from keras_stackgan.text.character_map import CharacterMap as CharacterMap
from keras_stackgan.text.encoder import TextEncoder as TextEncoder
from keras_stackgan.text.hashed_ngrams import HashedNgramEncoder as HashedNgramEncoder
from keras_stackgan.text.matcher import Matcher as Matcher
from keras_stackgan.text.matching import MatchingModel as MatchingModel
from keras_stackgan.text.ngram_hashing import NgramHashing as NgramHashing
from keras_stackgan.text.picture_network import picture_network as picture_network
from keras_stackgan.text.precomputed_embeddings import (
    PrecomputedEmbeddings as PrecomputedEmbeddings,
)
from keras_stackgan.text.safetensors import read_safetensors as read_safetensors
from keras_stackgan.text.sentence_encoder import SentenceEncoder as SentenceEncoder
from keras_stackgan.text.wordpiece import WordPiece as WordPiece
