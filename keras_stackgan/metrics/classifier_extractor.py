"""Features of a classifier of one's own."""

from keras import ops

from keras_stackgan.metrics.feature_extractor import FeatureExtractor, weights_digest


class ClassifierExtractor(FeatureExtractor):
    """The last features of an `AttributeClassifier`, and the classes' probabilities.

    The papers took the Inception Score of a network that they had fine-tuned on the data set; a
    classifier with a head for the pictures' labels is the same kind of scorer.

    Args:
        classifier: `AttributeClassifier`, trained.
        label: str or None. The head whose probabilities make the Inception Score. Defaults to
            None: none do.
        batch_size: int. Pictures at a time.

    Raises:
        ValueError: the classifier has no such head.

    Example:

    ```python
    extractor = ClassifierExtractor(classifier, label="label")
    features, probabilities = extractor.features_and_probabilities(pictures)
    ```
    """

    def __init__(self, classifier, label=None, batch_size=128):
        if label is not None and label not in classifier.cardinalities:
            raise ValueError(
                f"`label` must be one of the classifier's heads {list(classifier.cardinalities)}. "
                f"Received: label={label!r}."
            )
        name = f"{classifier.architecture}-{classifier.image_size}-{weights_digest(classifier)}"
        self.classifier, self.label = classifier, label
        # The classifier brings pictures to its size itself.
        super().__init__(
            name, self._read, classifier.trunk.output_shape[-1], None, "classifier", batch_size
        )

    def _read(self, pictures):
        features = self.classifier.features(pictures, self.batch_size)
        if self.label is None:
            return features
        logits = self.classifier.heads[self.label](features)
        return features, ops.softmax(ops.cast(logits, "float32"))
