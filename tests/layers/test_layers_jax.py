"""Every layer on JAX, in one process where TensorFlow cannot be imported."""

import keras
import numpy as np
from helpers import normal, outputs_and_gradients
from layer_cases import LAYERS

from keras_stackgan import layers

ON_JAX = """
import sys
import jax
import keras
import numpy as np
from keras_stackgan import layers

assert keras.backend.backend() == "jax"
record = dict(np.load("record.npz"))
inputs, outputs, trained, gradients, updated = (
    [record[f"{kind}_{i}"] for i in range(record[kind])]
    for kind in ("inputs", "outputs", "trained", "gradients", "updated")
)
model = keras.models.load_model("layers.keras")

def weighted_sum(outputs):
    total = 0.0
    for x in outputs:
        total += (x * np.cos(1.0 + np.arange(np.prod(x.shape))).reshape(x.shape)).sum()
    return total

@jax.jit
def both_modes(trainable, others):
    def total(trainable):
        found, updated = model.stateless_call(trainable, others, inputs, training=True)
        return weighted_sum(found), (found, updated)

    found, _ = model.stateless_call(trainable, others, inputs, training=False)
    gradients, (trained, updated) = jax.grad(total, has_aux=True)(trainable)
    return found, trained, gradients, updated

def values(variables):
    return [variable.value for variable in variables]

def close(ours, theirs, names):
    for x, y, name in zip(ours, theirs, names, strict=True):
        scale = max(1.0, np.abs(y).max())
        np.testing.assert_allclose(x, y, rtol=0, atol=2e-5 * scale, err_msg=str(name))

weights = values(model.trainable_variables), values(model.non_trainable_variables)
found = both_modes(*weights)
close(found[0], outputs, [x.name for x in model.outputs])
close(found[1], trained, [x.name for x in model.outputs])
close(found[2], gradients, [variable.path for variable in model.trainable_variables])
close(found[3], updated, [variable.path for variable in model.non_trainable_variables])

model.save("again.keras")
model = keras.models.load_model("again.keras")
saved = values(model.trainable_variables), values(model.non_trainable_variables)
close(saved[0] + saved[1], weights[0] + weights[1], range(len(saved[0] + saved[1])))
assert "tensorflow" not in sys.modules
"""


def test_layers_on_jax(tmp_path, run_without_tensorflow):
    """Outputs, gradients, moving statistics and saved files agree with TensorFlow's.

    All layers stand side by side in one model, so that JAX compiles once.
    """
    assert {case[1] for case in LAYERS} == {x for x in vars(layers).values() if type(x) is type}
    arrays, inputs, outputs = [], [], []
    for name, layer_class, arguments, shapes in LAYERS:
        arrays += [normal(*shape, seed=len(arrays) + index) for index, shape in enumerate(shapes)]
        own = [keras.Input(shape[1:]) for shape in shapes]
        inputs += own
        outputs += keras.tree.flatten(layer_class(**arguments, name=name)(*own))
    model = keras.Model(inputs, outputs)
    model(arrays, training=True)  # so that the moving statistics are not 0 and 1
    record = {"inputs": arrays, "outputs": [x.numpy() for x in model(arrays)]}
    model.save(tmp_path / "layers.keras")
    record["trained"], gradients = outputs_and_gradients(
        lambda: model(arrays, training=True), [], model.trainable_variables
    )
    record["gradients"] = gradients
    record["updated"] = [variable.numpy() for variable in model.non_trainable_variables]
    entries = {kind: len(values) for kind, values in record.items()}
    for kind, values in record.items():
        entries |= {f"{kind}_{index}": value for index, value in enumerate(values)}
    np.savez(tmp_path / "record.npz", **entries)
    # Little optimization: everything runs once.
    run_without_tensorflow(ON_JAX, XLA_FLAGS="--xla_backend_optimization_level=0")
