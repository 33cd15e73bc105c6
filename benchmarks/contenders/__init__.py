"""What races: our model and PyTorch's of the same function, each under the same few names."""
