"""StackGAN-v2 in plain PyTorch, the same function as `StackGANv2`: what ours is measured by."""
