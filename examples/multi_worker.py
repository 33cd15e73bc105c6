"""Trains a small StackGAN-v2 on several machines, resumably.

On each machine, with its own index (the first machine, 0, writes the files):

    TF_CONFIG='{"cluster": {"worker": ["host1:12345", "host2:12345"]},
                "task": {"type": "worker", "index": 0}}' \\
        python examples/multi_worker.py --run_dir /shared/runs/flowers --data /shared/flowers

To try it, several processes on this machine:

    python examples/multi_worker.py --run_dir runs/try --spawn 2 --epochs 2

All machines must see `--run_dir` and `--data` under the same path. When one of them dies the others
stop; start all of them again, and the run goes on from its last state.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys

import keras
import tensorflow as tf
from absl import app, flags

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks import ProgressLine, TrainingState
from keras_stackgan.data import caption_dataset, class_names, read_records
from keras_stackgan.data.toy_flowers import write_toy_flowers

RUN_DIR = flags.DEFINE_string("run_dir", None, "Folder of the run.", required=True)
DATA = flags.DEFINE_string("data", None, "Folder of pictures whose captions file has labels.")
SPAWN = flags.DEFINE_integer("spawn", 0, "Start so many workers on this machine and wait.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 16, "Pictures a step, of all workers together.")
EPOCHS = flags.DEFINE_integer("epochs", 20, "Rounds through the data.")
FILTERS = flags.DEFINE_integer("filters", 16, "Width of all networks.")
SIZES = (16, 32)


def spawn(count, flowers):
    """Starts workers on this machine; when one fails the others are ended."""
    if not DATA.value and not flowers.exists():
        write_toy_flowers(flowers, count=200)
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    workers = []
    for index in range(count):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        command = [sys.executable, *sys.argv, "--spawn=0"]
        environment = {**os.environ, "TF_CONFIG": json.dumps(task)}
        workers.append(subprocess.Popen(command, env=environment))
    try:
        while any(worker.poll() is None for worker in workers):
            if any(worker.poll() not in (None, 0) for worker in workers):
                sys.exit("A worker ended with an error; start again to go on from the last state.")
            for worker in workers:
                try:
                    worker.wait(timeout=0.2)
                except subprocess.TimeoutExpired:
                    continue
    finally:
        for worker in workers:
            worker.kill()


def main(argv):
    del argv
    run_dir = pathlib.Path(RUN_DIR.value)
    if SPAWN.value:
        return spawn(SPAWN.value, run_dir / "flowers")
    if "TF_CONFIG" not in os.environ:
        sys.exit("Set TF_CONFIG on each machine, or give --spawn 2 to try it; see --help.")
    # Before any other operation, as TensorFlow asks.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    chief = strategy.cluster_resolver.task_id == 0
    records = read_records(DATA.value or run_dir / "flowers")

    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = StackGANv2(
            image_sizes=SIZES,
            generator_filters=FILTERS.value,
            discriminator_filters=FILTERS.value,
            num_classes=len(class_names(records)),
            latent_dim=32,
        )
        model.compile()

    state = TrainingState(run_dir / "state", every=50)
    dataset = caption_dataset(
        records,
        image_size=SIZES[-1],
        batch_size=BATCH_SIZE.value,
        labels=True,
        start_step=state.start_step,
    )
    steps = max(1, len(records) // BATCH_SIZE.value)
    progress = [ProgressLine(steps * EPOCHS.value - state.start_step, BATCH_SIZE.value)]
    model.fit(
        dataset,
        steps_per_epoch=steps,
        epochs=EPOCHS.value,
        verbose=0,
        callbacks=[*(progress if chief else []), state],
    )
    if chief:
        model.save(run_dir / "model.keras")
        print(f"{strategy.num_replicas_in_sync} devices, step {model.step}: {run_dir}/model.keras")


if __name__ == "__main__":
    app.run(main)
