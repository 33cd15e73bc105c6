"""The forms in which training takes part in races, by name."""

# What flags call them, and Keras' policies.
PRECISIONS = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
BFLOAT16 = {"dtype": PRECISIONS["bfloat16"]}
LAST = {"channels_last": True}
ALL = {
    "ours": {"framework": "ours"},
    "ours, XLA": {"framework": "ours", "jit_compile": True},
    "ours, bfloat16": {"framework": "ours", **BFLOAT16},
    "torch": {"framework": "torch"},
    "torch, channels_last": {"framework": "torch", **LAST},
    "torch, compiled": {"framework": "torch", "compile": True, **LAST},
    "torch, bfloat16": {"framework": "torch", **BFLOAT16, **LAST},
    "torch, compiled, bfloat16": {"framework": "torch", **BFLOAT16, "compile": True, **LAST},
    "ours, XLA, bfloat16": {"framework": "ours", "jit_compile": True, **BFLOAT16},
}
# Those whose allocator and threads are tried, and whose settings the rest take.
TUNED = (
    "ours",
    "ours, bfloat16",
    "torch, channels_last",
    "torch, compiled",
    "torch, compiled, bfloat16",
)
KIN = {
    "ours, XLA": "ours",
    "ours, XLA, bfloat16": "ours, bfloat16",
    "torch": "torch, channels_last",
    "torch, bfloat16": "torch, channels_last",
    # Where their own trial was not made.
    "torch, compiled": "torch, channels_last",
    "torch, compiled, bfloat16": "torch, channels_last",
    # Drawing.
    "torch, folded": "torch, channels_last",
    "torch, folded, channels_last": "torch, channels_last",
}
