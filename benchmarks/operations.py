"""Counted operations of our training step: what the graph that runs multiplies and adds.

Started with the JSON description of a contender, it prints the GFLOP a picture: so a race counts
them without TensorFlow in its own process.
"""

import json
import sys

import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.profiler.internal import flops_registry  # noqa: F401  (registers counts)

CONVOLUTIONS = ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter")
PRODUCTS = ("MatMul", "BatchMatMulV2")


def of_operation(operation):
    """Multiplications and additions of one operation of a graph; `None` of another kind.

    Args:
        operation: `tf.Operation`.

    Raises:
        ValueError: its shapes are not known.
    """
    if operation.type not in (*CONVOLUTIONS, *PRODUCTS):
        return None
    if operation.type == "BatchMatMulV2":
        # TensorFlow has no count of its own for it.
        shape = operation.inputs[0].shape
        shared = shape[-2 if operation.get_attr("adj_x") else -1] if shape.rank else None
        results = operation.outputs[0].shape.num_elements()
        total = None if shared is None or results is None else 2 * shared * results
    else:
        total = ops.get_stats_for_node_def(operation.graph, operation.node_def, "flops").value
    if total is None:
        raise ValueError(f"The shapes of '{operation.name}' are not known.")
    return total


def count(function, *arguments):
    """GFLOP of one call of a `tf.function`: convolutions and products, two for multiply and add.

    Functions that it calls are counted as often as they are called; of branches the dearest.
    """
    return _of_graph(function.get_concrete_function(*arguments).graph, {}) / 1e9


def _of_graph(graph, seen):
    total = 0
    for operation in _needed(graph):
        kind = operation.type
        counted = of_operation(operation)
        if counted is not None:
            total += counted
            continue
        names = [
            value.name
            for value in (operation.get_attr(name) for name in _function_attributes(operation))
        ]
        costs = [_of_function(graph, name, seen) for name in names]
        if costs:
            total += max(costs) if kind in ("If", "StatelessIf") else sum(costs)
    return total


def _needed(graph):
    """What the outputs depend on: TensorFlow leaves out the rest before it runs."""
    outputs = [tensor.op for tensor in graph.outputs]
    left, found = [*outputs, *graph.control_outputs], {}
    while left:
        operation = left.pop()
        if operation.name not in found:
            found[operation.name] = operation
            left += [tensor.op for tensor in operation.inputs]
            left += operation.control_inputs
    return found.values()


def _function_attributes(operation):
    return [
        attribute.name
        for attribute in operation.op_def.attr
        if attribute.type == "func" and operation.node_def.attr[attribute.name].HasField("func")
    ]


def _of_function(graph, name, seen):
    if name not in seen:
        found = graph._get_function(name)
        seen[name] = _of_graph(found.graph, seen)
    return seen[name]


def of_training_step(model, batch):
    """GFLOP a picture of a compiled model's `train_step` on a batch of fixed size."""
    step = tf.function(lambda: model.train_step(batch), autograph=False)
    rows = next(iter(batch.values())).shape[0]
    return count(step) / rows


def main():
    from contenders import ours
    from contenders.material import random_batch

    spec = json.loads(sys.argv[1])
    # The graph is the same on a GPU, whose memory belongs to those who race.
    ours.choose_device("cpu")
    batch = random_batch(spec["batch_size"], spec["sizes"][-1])
    model = ours.compiled_model(spec)
    print(of_training_step(model, {key: tf.constant(value) for key, value in batch.items()}))


if __name__ == "__main__":
    main()
