"""One of several workers on this machine: `worker_program.py INDEX PORTS RUN_DIR [KILL_AT]`."""

import json
import os
import sys


def main(index, ports, run_dir, kill_at=0):
    workers = [f"127.0.0.1:{port}" for port in ports.split(",")]
    task = {"type": "worker", "index": int(index)}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": workers}, "task": task})
    import tensorflow as tf

    # Before any other operation, as TensorFlow asks.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "callbacks"))
    from resumable_run import KillAt, digest, make_data, make_model

    from keras_stackgan.callbacks import TrainingState

    with strategy.scope():
        # Each worker begins with weights of its own; the strategy takes the first one's.
        model = make_model(initial=int(index) + 1, run_eagerly=False)
    state = TrainingState(run_dir, every=2)
    callbacks = [KillAt(int(kill_at))] if int(kill_at) and int(index) == 1 else []
    data = make_data(state.start_step)
    options = tf.data.Options()
    policy = tf.data.experimental.AutoShardPolicy.DATA
    options.experimental_distribute.auto_shard_policy = policy
    sharded = data.with_options(options)
    sharded.description = data.description
    history = model.fit(
        sharded, steps_per_epoch=4, epochs=2, verbose=0, callbacks=[*callbacks, state]
    )
    trainable = b"".join(v.numpy().tobytes() for v in model.trainable_variables)
    print(
        json.dumps(
            {
                "replicas": strategy.num_replicas_in_sync,
                "weights": hash_of(trainable),
                "state": digest(model),
                "start": state.start_step if not history.history else None,
                "epochs": len(history.epoch),
                "g_loss": history.history["g_loss"],
                "step": model.step,
            }
        ),
        flush=True,
    )


def hash_of(content):
    import hashlib

    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])
