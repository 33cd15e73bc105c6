"""Which text encoder tells which color belongs to which part: probes on painted birds' captions.

Every encoder turns captions into vectors; a linear layer and a small MLP then learn to read the
attributes that the caption states. They are judged on captions of birds of species that nobody
trained on. Encoders trained on attributes see the labels of the training captions; contrastive
ones see pictures instead and need `--birds`, a folder of `write_painted_birds`, or `--paint`.

    python benchmarks/text_binding.py --encoders hashed,hashed-attributes,minilm
    python benchmarks/text_binding.py --paint 8000 --birds birds --encoders hashed-contrastive
"""

import argparse
import time

import keras
import machine
import numpy as np

from keras_stackgan.data import matching_dataset
from keras_stackgan.data.painted_birds import (
    ATTRIBUTES,
    individual,
    make_captions,
    read_painted_birds,
    species_of,
    write_painted_birds,
)
from keras_stackgan.metrics import retrieval_precision
from keras_stackgan.text import (
    CharCNNRNN,
    HashedNgramEncoder,
    MatchingModel,
    SentenceEncoder,
    train_on_attributes,
)

COLORS = ("crown", "nape", "back", "breast", "belly", "wing", "tail")
CARDINALITIES = {name: len(values) for name, values in ATTRIBUTES.items()}


def stated(split, birds, captions):
    """Returns texts, targets and masks of the first birds of a split."""
    texts, targets, masks = [], [], []
    index = 0
    while len(texts) < birds * captions:
        if species_of(index).split == split:
            bird = individual(index)
            row = [ATTRIBUTES[name].index(getattr(bird, name)) for name in ATTRIBUTES]
            for caption in make_captions(bird, (0, index), captions):
                texts.append(caption.text)
                targets.append(row)
                masks.append([name in caption.mentioned for name in ATTRIBUTES])
        index += 1
    return texts, np.array(targets, "int32"), np.array(masks, "float32")


def probe(vectors, targets, mask, test_vectors, test_targets, test_mask, hidden, seed=0):
    """Returns each attribute's accuracy where a held-out caption states it."""
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    vectors, test_vectors = (vectors - mean) / deviation, (test_vectors - mean) / deviation
    keras.utils.set_random_seed(seed)
    inputs = keras.Input(vectors.shape[1:])
    x = inputs
    if hidden:
        x = keras.layers.Dropout(0.1)(keras.layers.Dense(hidden, "relu")(x))
    outputs = {name: keras.layers.Dense(n, name=name)(x) for name, n in CARDINALITIES.items()}
    model = keras.Model(inputs, outputs)
    epochs, batch = 8, 128
    schedule = keras.optimizers.schedules.PolynomialDecay(
        2e-3, epochs * (len(vectors) // batch + 1), 2e-5
    )
    model.compile(
        keras.optimizers.Adam(schedule),
        loss={name: keras.losses.SparseCategoricalCrossentropy(True) for name in ATTRIBUTES},
        jit_compile=False,
    )
    answers = {name: targets[:, k] for k, name in enumerate(ATTRIBUTES)}
    weights = {name: mask[:, k] for k, name in enumerate(ATTRIBUTES)}
    model.fit(vectors, answers, batch, epochs, sample_weight=weights, verbose=0)
    logits = model.predict(test_vectors, batch_size=1024, verbose=0)
    found = np.stack([logits[name].argmax(axis=1) for name in ATTRIBUTES], axis=1)
    right = (found == test_targets) & (test_mask > 0)
    return dict(zip(ATTRIBUTES, right.sum(axis=0) / test_mask.sum(axis=0), strict=True))


def contrastive(encoder, arguments):
    """Trains an encoder on pictures alone; prints R-precision on birds of other species."""
    train = read_painted_birds(arguments.birds, "train")
    test = read_painted_birds(arguments.birds, "test")
    model = MatchingModel(encoder)
    steps, per_epoch = arguments.steps, 100
    schedule = keras.optimizers.schedules.PolynomialDecay(1.5e-3, steps, 1e-5)
    model.compile(keras.optimizers.Adam(schedule))
    dataset = matching_dataset(train, encoder, batch_size=arguments.batch_size)
    start = time.perf_counter()
    history = model.fit(
        dataset, epochs=steps // per_epoch, steps_per_epoch=per_epoch, verbose=2, shuffle=False
    ).history
    seconds = time.perf_counter() - start
    held_out = matching_dataset(
        test,
        encoder,
        batch_size=100,
        steps=len(test) // 100,
        num_hard=1,
        random_crop=False,
        brightness=0.0,
        load_scale=1.0,
        shuffle=False,
    )
    pictures, texts, captions, beaten = [], [], [], []
    for batch in held_out:
        vectors = {k: keras.ops.convert_to_numpy(v) for k, v in model(batch).items()}
        vectors = {k: v / np.linalg.norm(v, axis=-1, keepdims=True) for k, v in vectors.items()}
        pictures.append(vectors["pictures"])
        texts.append(vectors["texts"])
        captions.append(batch["captions"].numpy())
        right = (vectors["pictures"] * vectors["texts"]).sum(axis=-1)
        wrong = (vectors["pictures"] * vectors["hard_texts"][:, 0]).sum(axis=-1)
        beaten.append((right > wrong)[batch["hard_mask"].numpy()[:, 0] > 0])
    precision = retrieval_precision(
        np.concatenate(pictures), np.concatenate(texts), np.concatenate(captions)
    )
    print(
        f"contrastive, {len(train)} pictures, {steps} steps of {arguments.batch_size}, "
        f"{seconds:.0f} s ({steps * arguments.batch_size / seconds:.0f} pictures/s): last loss "
        f"{history['loss'][-1]:.3f}, batch accuracy {history['accuracy'][-1]:.3f}; "
        f"{len(test)} pictures of other species: R-precision of 100 {precision:.3f}, right before "
        f"a wrong caption of one changed word {np.concatenate(beaten).mean():.3f}",
        flush=True,
    )


def make_encoder(name, arguments, texts, targets, mask):
    """Returns the encoder of a row, trained if its name says so."""
    kind, _, training = name.partition("-")
    if kind == "minilm":
        return SentenceEncoder.minilm()
    keras.utils.set_random_seed(0)
    if kind == "char":
        encoder = CharCNNRNN(dim=128)
    else:
        encoder = HashedNgramEncoder(
            arguments.num_buckets, arguments.max_words, arguments.max_distance, arguments.clauses
        )
    if training == "attributes":
        keywords = {"learning_rate": 5e-4} if kind == "char" else {}
        start = time.perf_counter()
        history = train_on_attributes(
            encoder, texts, targets, mask, CARDINALITIES, epochs=arguments.epochs, **keywords
        )
        print(
            f"{name}: {len(texts)} captions, {arguments.epochs} epochs, "
            f"{time.perf_counter() - start:.0f} s, accuracy {history['accuracy'][-1]:.3f}"
        )
    elif training == "contrastive":
        contrastive(encoder, arguments)
    return encoder


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--encoders",
        default="hashed,hashed-attributes,char-attributes,minilm",
        help="of hashed, hashed-attributes, hashed-contrastive (--birds), char-attributes, minilm",
    )
    parser.add_argument("--train", type=int, default=3000, help="birds whose captions train")
    parser.add_argument("--test", type=int, default=500, help="birds whose captions judge")
    parser.add_argument("--captions", type=int, default=5, help="captions a bird")
    parser.add_argument("--epochs", type=int, default=10, help="of training on attributes")
    parser.add_argument("--num_buckets", type=int, default=4096)
    parser.add_argument("--max_words", type=int, default=3)
    parser.add_argument("--max_distance", type=int, default=1)
    parser.add_argument("--clauses", type=int, default=1)
    parser.add_argument("--birds", help="folder of painted birds, for contrastive training")
    parser.add_argument("--paint", type=int, help="how many birds to paint there, if they are not")
    parser.add_argument("--steps", type=int, default=2000, help="of contrastive training")
    parser.add_argument("--batch_size", type=int, default=128)
    arguments = parser.parse_args()
    print(machine.describe(), flush=True)
    if arguments.paint:
        write_painted_birds(arguments.birds, arguments.paint, size=64)
    train = stated("train", arguments.train, arguments.captions)
    test = stated("test", arguments.test, arguments.captions)
    print("| encoder | probe | mean | part colors | " + " | ".join(ATTRIBUTES) + " | captions/s |")
    print("|---|---|" + "---|" * (len(ATTRIBUTES) + 3))
    for name in arguments.encoders.split(","):
        encoder = make_encoder(name, arguments, *train)
        start = time.perf_counter()
        vectors, test_vectors = encoder(train[0]), encoder(test[0])
        rate = len(train[0] + test[0]) / (time.perf_counter() - start)
        for label, hidden in (("linear", 0), ("MLP", 256)):
            scores = probe(vectors, *train[1:], test_vectors, *test[1:], hidden)
            colors = np.mean([scores[part] for part in COLORS])
            cells = [np.mean(list(scores.values())), colors, *scores.values()]
            print(
                f"| {name} | {label} | "
                + " | ".join(f"{x:.3f}" for x in cells)
                + f" | {rate:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
