"""The networks of a run's newest state, without its optimizers."""

from keras_stackgan.callbacks import state_file


def load_newest_weights(model, run_dir):
    """Puts the weights of the newest state that `TrainingState` wrote into a model.

    Args:
        model: model with the config of the one that was trained; it need not be compiled.
        run_dir: path. The folder that was given to `TrainingState`.

    Returns:
        int. The batches that the state had seen.

    Raises:
        FileNotFoundError: There is no state.
        ValueError: The state is of another model, or damaged.

    Example:

    ```python
    model = StackGANv2(image_sizes=(64,), embedding_dim=384)
    load_newest_weights(model, "runs/birds")
    ```
    """
    path = state_file.newest(run_dir)
    if path is None:
        raise FileNotFoundError(f"There is no training state in '{run_dir}'. Train first.")
    header = state_file.read_header(path)
    described = [f"{tuple(v.shape)} {v.dtype}" for v in model.weights]
    if described != header["described"]["variables"]["weights"]:
        raise ValueError(
            f"'{path}' must hold the state of a model like this one. Received: weights of other "
            f"shapes than {type(model).__name__}'s here. Give the model the config it was trained "
            "with."
        )
    names = [name for name in header["dtypes"] if name.startswith("weights/")]
    arrays = state_file.read_arrays(path, {name: header["dtypes"][name] for name in names})
    for name, variable in zip(sorted(names), model.weights, strict=True):
        variable.assign(arrays[name])
    return header["position"]["batches"]
