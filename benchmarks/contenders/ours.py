"""Our model in a race."""

import os

import named_model

from contenders.material import CHUNK, EMBEDDING_DIM, random_batch


def prepare(spec):
    """Imports, chooses the device and starts the runtime."""
    tf = choose_device(spec.get("device"))
    if spec.get("threads"):
        tf.config.threading.set_intra_op_parallelism_threads(spec["threads"])
        tf.config.threading.set_inter_op_parallelism_threads(spec["threads"])
    (tf.ones((8, 8)) @ tf.ones((8, 8))).numpy()


def choose_device(device):
    """Imports, and hides GPUs that are not asked for. Returns TensorFlow, not started yet.

    Args:
        device: `"cpu"`, `"gpu"`, or `None` for what there is.

    Raises:
        RuntimeError: there is no GPU.
    """
    # As `keras-stackgan` has it: prepared convolutions are kept.
    os.environ.setdefault("TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE", "false")
    import tensorflow as tf

    import keras_stackgan  # noqa: F401

    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    elif device == "gpu" and not gpus:
        raise RuntimeError("TensorFlow sees no GPU: install tensorflow[and-cuda], or --device cpu")
    else:
        for gpu in gpus:
            # The others of the race need their share.
            tf.config.experimental.set_memory_growth(gpu, True)
    return tf


def device_peak_mb():
    """The GPU's memory at its highest, or `None` on the CPU."""
    import tensorflow as tf

    if not tf.config.get_visible_devices("GPU"):
        return None
    return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20


# It gives nothing back.
device_held_mb = device_peak_mb


def make_model(spec):
    """The plain model of a race; not compiled."""
    import keras

    from keras_stackgan import StackGANv2

    keras.utils.set_random_seed(0)
    sizes, dtype = tuple(spec["sizes"]), spec.get("dtype", "float32")
    return StackGANv2(sizes, spec["width"], spec["width"], embedding_dim=EMBEDDING_DIM, dtype=dtype)


def compiled_model(spec):
    """`make_model`'s, compiled as the race says; or a recipe's, as its last phase does."""
    if "recipe" in spec:
        return recipe_model(spec)
    model = make_model(spec)
    model.compile(mismatched="text", jit_compile=spec.get("jit_compile", False))
    return model


def recipe_model(spec):
    """A recipe's model of fresh weights, compiled as its last phase says, without its guide.

    Args:
        spec: dict. `toy`, if there, has other `sizes`, as many, and one `width` for all networks.
    """
    import keras

    from keras_stackgan import recipes
    from keras_stackgan.training import building

    keras.utils.set_random_seed(0)
    class_name, config, phase = named_model.parts_of(recipes.get(spec["recipe"]).settings)
    config["dtype"] = spec.get("dtype", "float32")
    if "toy" in spec:
        sizes, width = spec["toy"]["sizes"], spec["toy"]["width"]
        names = ("stage1_size", "image_size") if class_name == "StackGANv1" else ("image_sizes",)
        config.update(zip(names, sizes if len(names) == 2 else [sizes], strict=True))
        config.update(generator_filters=width, discriminator_filters=width)
    model = building.make_model({"class_name": class_name, "config": config}, phase)
    compiled = {**phase.get("compile", {}), "jit_compile": spec.get("jit_compile", False)}
    building.compile_model(model, {**phase, "compile": compiled}, seed=0)
    return model


def training(spec):
    """Returns the function that makes so many steps."""
    import tensorflow as tf

    model = compiled_model(spec)
    batch = random_batch(spec["batch_size"], model.output_sizes[-1], model.embedding_dim)
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
        import keras_stackgan

        model = keras_stackgan.from_preset(spec["preset"])
    else:
        model = make_model(spec)
    rows = spec["batch_size"]
    embeddings = random_batch(rows, 8, model.embedding_dim)["embeddings"]

    def run(count):
        for seed in range(count):
            model.generate(embeddings=embeddings, seed=seed, batch_size=min(rows, CHUNK))

    return run
