"""Our model in a race."""

import os

from contenders.material import CHUNK, EMBEDDING_DIM, random_batch


def prepare(spec):
    """Imports, chooses the device and starts the runtime."""
    # As `keras-stackgan` has it: prepared convolutions are kept.
    os.environ.setdefault("TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE", "false")
    import tensorflow as tf

    import keras_stackgan  # noqa: F401

    gpus = tf.config.list_physical_devices("GPU")
    if spec.get("device") == "cpu":
        tf.config.set_visible_devices([], "GPU")
    elif spec.get("device") == "gpu" and not gpus:
        raise RuntimeError("TensorFlow sees no GPU")
    else:
        for gpu in gpus:
            # The others of the race need their share.
            tf.config.experimental.set_memory_growth(gpu, True)
    if spec.get("threads"):
        tf.config.threading.set_intra_op_parallelism_threads(spec["threads"])
        tf.config.threading.set_inter_op_parallelism_threads(spec["threads"])
    (tf.ones((8, 8)) @ tf.ones((8, 8))).numpy()


def device_peak_mb():
    """The GPU's memory at its highest, or `None` on the CPU."""
    import tensorflow as tf

    if not tf.config.get_visible_devices("GPU"):
        return None
    return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20


def make_model(spec):
    """The plain model of a race, or a named recipe's; not compiled."""
    import keras

    from keras_stackgan import StackGANv2

    keras.utils.set_random_seed(0)
    sizes, dtype = tuple(spec["sizes"]), spec.get("dtype", "float32")
    common = {"embedding_dim": EMBEDDING_DIM, "dtype": dtype}
    if "recipe" in spec:
        settings = _recipe(spec)["model"]
        widths = {"generator_filters": spec["width"], "discriminator_filters": spec["width"]}
        config = {**settings["config"], **widths, "image_sizes": sizes, **common}
        return StackGANv2(**config)
    return StackGANv2(sizes, spec["width"], spec["width"], **common)


def _recipe(spec):
    from keras_stackgan import recipes

    return recipes.get(spec["recipe"]).settings


def compiled_model(spec):
    """`make_model`'s, compiled as the race or the recipe's last phase of so many stages says."""
    model, jit = make_model(spec), spec.get("jit_compile", False)
    if "recipe" not in spec:
        model.compile(mismatched="text", jit_compile=jit)
        return model
    from keras_stackgan.training import building

    phases = _recipe(spec)["phases"]
    phase = dict([p for p in phases if p.get("stages") == len(spec["sizes"])][-1])
    phase["compile"] = {**phase.get("compile", {}), "jit_compile": jit}
    building.compile_model(model, phase, seed=0)
    return model


def training(spec):
    """Returns the function that makes so many steps."""
    import tensorflow as tf

    model = compiled_model(spec)
    batch = random_batch(spec["batch_size"], spec["sizes"][-1])
    dataset = tf.data.Dataset.from_tensors(batch).repeat()
    model.make_train_function()
    step = model.train_function
    iterator = iter(model.distribute_strategy.experimental_distribute_dataset(dataset))

    def run(count):
        for _ in range(count):
            logs = step(iterator)
        float(tf.reduce_sum([tf.cast(v, "float32") for v in tf.nest.flatten(logs)]))

    return run


def generating(spec):
    """Returns the function that draws so many times."""
    if "preset" in spec:
        from keras_stackgan import StackGANv2

        model = StackGANv2.from_preset(spec["preset"])
    else:
        model = make_model(spec)
    rows = spec["batch_size"]
    embeddings = random_batch(rows, 8, model.embedding_dim)["embeddings"]

    def run(count):
        for seed in range(count):
            model.generate(embeddings=embeddings, seed=seed, batch_size=min(rows, CHUNK))

    return run
