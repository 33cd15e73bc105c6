"""PyTorch's model of the same function in a race."""

import os

from contenders.material import CHUNK, CODE_DIM, EMBEDDING_DIM, LATENT_DIM, random_batch


def prepare(spec):
    """Imports, and sets what makes PyTorch fast."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(spec.get("threads") or len(os.sched_getaffinity(0)))
    torch.set_flush_denormal(True)
    if spec.get("device") == "gpu" and not torch.cuda.is_available():
        raise RuntimeError("PyTorch sees no GPU: install it with CUDA, or --device cpu")
    if device_of(spec).type == "cuda":
        torch.backends.cudnn.benchmark = True
        # As TensorFlow, which takes it for float32 by itself.
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cuda.matmul.allow_tf32 = True
    (torch.ones((8, 8), device=device_of(spec)) @ torch.ones((8, 8), device=device_of(spec))).cpu()


def device_of(spec):
    """The GPU unless there is none or the CPU is asked for."""
    import torch

    on_gpu = spec.get("device") != "cpu" and torch.cuda.is_available()
    return torch.device("cuda" if on_gpu else "cpu")


def device_peak_mb():
    """The GPU's memory at its highest, or `None` on the CPU."""
    import torch

    return torch.cuda.max_memory_allocated() / 2**20 if torch.cuda.is_initialized() else None


def device_held_mb():
    """The GPU's memory that is kept, whether in use or not, or `None` on the CPU."""
    import torch

    return torch.cuda.max_memory_reserved() / 2**20 if torch.cuda.is_initialized() else None


def networks(spec):
    """The generator, and the layout of its memory."""
    import torch
    from pytorch_peer.networks import Generator

    layout = torch.channels_last if spec.get("channels_last") else torch.contiguous_format
    generator = Generator(spec["sizes"], spec["width"], EMBEDDING_DIM, CODE_DIM, LATENT_DIM)
    return generator.to(device_of(spec), memory_format=layout), layout


def training(spec):
    """Returns the function that makes so many steps."""
    import torch
    from pytorch_peer.networks import Discriminator
    from pytorch_peer.training_step import TrainingStep
    from torch.nn import functional

    device = device_of(spec)
    generator, layout = networks(spec)
    average, _ = networks(spec)
    discriminators = [
        Discriminator(size, spec["width"], CODE_DIM).to(device, memory_format=layout)
        for size in spec["sizes"]
    ]
    step = TrainingStep(
        generator,
        discriminators,
        average,
        torch.bfloat16 if spec.get("dtype") == "mixed_bfloat16" else None,
        torch.compile if spec.get("compile") else None,
        {"fused": True},
    )
    rows, sizes = spec["batch_size"], spec["sizes"]
    batch = {k: torch.from_numpy(v) for k, v in random_batch(rows, sizes[-1]).items()}

    def run(count):
        for _ in range(count):
            # As ours: 8-bit pictures come in, the smaller sizes are made in the step.
            pixels = batch["images"].to(device, non_blocking=True)
            large = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1.0
            images = [
                functional.avg_pool2d(large, sizes[-1] // size).contiguous(memory_format=layout)
                for size in sizes
            ]
            noise = torch.randn(rows, LATENT_DIM, device=device)
            augmentation = torch.randn(rows, CODE_DIM, device=device)
            losses, _ = step(images, noise, batch["embeddings"].to(device), augmentation)
        float(losses[0])

    return run


def generating(spec):
    """Returns the function that draws so many times."""
    import torch

    device = device_of(spec)
    generator, _ = networks(spec)
    generator.eval()
    if spec.get("folded"):
        fold_batch_norm(generator)
    function = torch.compile(generator, dynamic=False) if spec.get("compile") else generator
    embeddings = torch.from_numpy(random_batch(spec["batch_size"], 8)["embeddings"])

    def run(count):
        with torch.inference_mode():
            for _ in range(count):
                for rows in embeddings.split(CHUNK):
                    noise = torch.randn(len(rows), LATENT_DIM, device=device)
                    augmentation = torch.zeros(len(rows), CODE_DIM, device=device)
                    images, _, _ = function(noise, rows.to(device), augmentation, last_only=True)
                    pixels = (images[-1] + 1.0).mul(127.5).round().clamp(0, 255).byte()
                    pixels.permute(0, 2, 3, 1).contiguous().cpu().numpy()

    return run


def fold_batch_norm(module):
    """Folds each batch norm into the convolution in front of it, as PyTorch's own helper does."""
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for child in module.modules():
        if isinstance(child, nn.Sequential):
            for k in range(len(child) - 1):
                pair = child[k], child[k + 1]
                if isinstance(pair[0], nn.Conv2d) and isinstance(pair[1], nn.BatchNorm2d):
                    child[k], child[k + 1] = fuse_conv_bn_eval(*pair), nn.Identity()
