"""TensorFlow, imported when it is first used: layers and generating work without it."""


class _LazyTensorFlow:
    def __getattr__(self, name):
        import tensorflow

        return getattr(tensorflow, name)


tf = _LazyTensorFlow()
