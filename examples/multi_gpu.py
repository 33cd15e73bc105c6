"""Trains a small StackGAN-v2 on all GPUs of this machine, resumably.

    python examples/multi_gpu.py --run_dir runs/flowers
    python examples/multi_gpu.py --run_dir runs/flowers --data my_flowers --batch_size 64
    python examples/multi_gpu.py --run_dir runs/try --cpu_devices 2 --epochs 2

Without `--data` it paints flowers to train on. `--cpu_devices` makes that many devices of the CPU,
to try the script where there is no GPU. What differs from training on one device is the strategy
and its scope, and that `--batch_size` is of all devices together.
"""

import pathlib

import keras
import numpy as np
import tensorflow as tf
from absl import app, flags

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks import ProgressLine, SampleGrid, TrainingState
from keras_stackgan.data import caption_dataset, class_names, read_records
from keras_stackgan.data.toy_flowers import write_toy_flowers

RUN_DIR = flags.DEFINE_string("run_dir", None, "Folder of the run.", required=True)
DATA = flags.DEFINE_string("data", None, "Folder of pictures whose captions file has labels.")
CPU_DEVICES = flags.DEFINE_integer("cpu_devices", 0, "Devices to make of the CPU; 0: the GPUs.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 16, "Pictures a step, of all devices together.")
EPOCHS = flags.DEFINE_integer("epochs", 20, "Rounds through the data.")
FILTERS = flags.DEFINE_integer("filters", 16, "Width of all networks.")
SIZES = (16, 32)


def make_strategy():
    """All GPUs, or parts of the CPU that stand for them."""
    if not CPU_DEVICES.value:
        return tf.distribute.MirroredStrategy()
    cpu = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration() for _ in range(CPU_DEVICES.value)]
    tf.config.set_logical_device_configuration(cpu, parts)
    return tf.distribute.MirroredStrategy([f"CPU:{k}" for k in range(CPU_DEVICES.value)])


def load_records(folder):
    """The user's pictures, or painted ones; the class of each is the condition."""
    if DATA.value:
        return read_records(DATA.value)
    flowers = folder / "flowers"
    return read_records(flowers) if flowers.exists() else write_toy_flowers(flowers, count=200)


def main(argv):
    del argv
    strategy = make_strategy()
    print(f"{strategy.num_replicas_in_sync} devices.", flush=True)
    run_dir = pathlib.Path(RUN_DIR.value)
    records = load_records(run_dir)
    names = class_names(records)

    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = StackGANv2(
            image_sizes=SIZES,
            generator_filters=FILTERS.value,
            discriminator_filters=FILTERS.value,
            num_classes=len(names),
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
    model.fit(
        dataset,
        steps_per_epoch=steps,
        epochs=EPOCHS.value,
        verbose=0,
        callbacks=[
            ProgressLine(steps * EPOCHS.value - state.start_step, BATCH_SIZE.value),
            SampleGrid(run_dir / "samples", labels=np.arange(len(names)), every=500),
            state,
        ],
    )
    print(f"Step {model.step}. Rows of {run_dir / 'samples'}: {', '.join(map(str, names))}.")


if __name__ == "__main__":
    app.run(main)
