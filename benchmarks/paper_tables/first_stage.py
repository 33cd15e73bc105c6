"""Models as the measures see them, where they differ from what `generate` gives."""


class FirstStage:
    """A model whose pictures are those of its first stage.

    Args:
        model: `AdversarialModel` of several stages.

    Example:

    ```python
    FirstStage(model).generate("a red bird").shape  # (1, 16, 16, 3)
    ```
    """

    num_classes = None

    def __init__(self, model):
        self.model = model
        self.embedding_dim, self.text_encoder = model.embedding_dim, model.text_encoder
        self.output_sizes = model.output_sizes[:1]

    def generate(self, *args, **kwargs):
        """See `AdversarialModel.generate`; `stages` is taken."""
        return self.model.generate(*args, **kwargs, stages="all")[0]
