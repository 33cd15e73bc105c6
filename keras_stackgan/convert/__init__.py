"""From the original releases' weights to this package's models, and back."""
