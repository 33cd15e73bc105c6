"""What is measured of every row, and of the real pictures."""

import numpy as np

from keras_stackgan.evaluation import EvaluationSet, attribute_reader, evaluate_model
from keras_stackgan.evaluation.diversity_scores import CAPTIONS, PER_CAPTION
from keras_stackgan.evaluation.judges import LABEL
from keras_stackgan.evaluation.model_evaluation import drawer
from keras_stackgan.losses import color_consistency
from keras_stackgan.metrics import (
    ClassifierExtractor,
    Evaluator,
    Score,
    caption_diversity,
    mean_interval,
    ms_ssim,
)
from paper_tables.cut_pictures import CutSet, CutToBoxes
from paper_tables.first_stage import FirstStage

REAL = "real"
MS_SSIM = {"ms_ssim": ("ms-ssim", ms_ssim)}
COLOR_PICTURES = 200
DRAWN_AT_A_TIME = 64


class Scorer:
    """Measures models on the captions of held-out species, all on the same ones.

    Args:
        material: `Material`, prepared.

    Example:

    ```python
    scores = Scorer(material).scores(model, rows.get("v2"))
    scores[0].metric  # "frechet_distance"
    ```
    """

    def __init__(self, material):
        self.material, self.options = material, material.options
        self._judges, self._pair = material.judges(), material.pair()
        self._records, self._attributes = material.test(), material.attributes()

    def scores(self, model, row):
        """Returns a list of `Score` of a model's pictures.

        Args:
            model: `AdversarialModel`, trained.
            row: `Row`.
        """
        found = []
        if row.class_name == "StackGANv2" and len(model.output_sizes) > 1:
            found.append(color_distance(model, self._records))
        model, pictures = self._measured(model, row)
        report = evaluate_model(
            model, pictures, self._evaluator(row.text), distances=MS_SSIM, bound=False, bar=False,
            draw_batch_size=DRAWN_AT_A_TIME,
        )  # fmt: skip
        return report.scores + found

    def drawn(self, model, row):
        """Returns some of the pictures that are measured, uint8 `(n, size, size, 3)`."""
        model, pictures = self._measured(model, row)
        draw = drawer(model, pictures, DRAWN_AT_A_TIME)
        return next(iter(pictures.generated_batches(draw)))["pictures"]

    def real(self, size):
        """Returns the real pictures of the captions that `drawn` draws."""
        return next(iter(self._pictures(size, True).real_batches()))["pictures"]

    def bound(self, size):
        """Returns a list of `Score` of the real pictures of one size.

        Args:
            size: int.
        """
        pictures, evaluator = self._pictures(size, True), self._evaluator(True)
        evaluator.set_reference(pictures.reference_batches(), pictures.key())
        scores = evaluator.evaluate(REAL, pictures.real_batches(), len(pictures.compared))
        return scores + self._diversity_of_real(pictures)

    def _measured(self, model, row):
        if row.first_stage_of is not None:
            model = FirstStage(model)
        boxes, kind = getattr(model, "takes_boxes", False), EvaluationSet
        if boxes and any(record.box is not None for record in self._records):
            # Other rows' pictures, and those that the judges know, are cut to their boxes.
            model, boxes, kind = CutToBoxes(model), False, CutSet
        return model, self._pictures(model.output_sizes[-1], row.text, boxes, kind)

    def _pictures(self, size, text, boxes=False, kind=EvaluationSet):
        return kind(
            self.material.test(boxes=True) if boxes else self._records,
            size,
            self.options.num_pictures,
            # Pictures that were drawn of no caption have nothing to be right about.
            attributes=self._attributes if text else None,
            boxes=boxes,
        )

    def _evaluator(self, text):
        extractors, readers, names = [], {}, []
        if self._attributes is not None and text:
            from keras_stackgan.data.painted_birds import ATTRIBUTES

            names = list(ATTRIBUTES)
        for judge in self._judges.values():
            extractor = ClassifierExtractor(judge, LABEL)
            extractors.append(extractor)
            if names:
                readers[extractor.name] = attribute_reader(judge, names)
        pairs = {}
        if text:
            pairs["pair"] = (self._pair.picture_vectors, self._pair.text_vectors)
        cache = self.material.folder / "real_features"
        return Evaluator(extractors, readers, names, pairs, gallery=0, cache_dir=cache)

    def _diversity_of_real(self, pictures):
        """Painted anew: real pictures of one caption, what it leaves open taken from other birds.

        Two real pictures of a data set never have one caption, so other data have no such bound.
        """
        if not self.material.painted:
            return []
        from quality.variety import birds_of_caption

        from keras_stackgan.data.painted_birds.painter import paint

        count = min(CAPTIONS, len(pictures.compared))
        places, rows = np.arange(count), pictures.compared[:count]
        stated, groups = pictures.stated(places, rows), []
        for place in places:
            birds = birds_of_caption(pictures, stated, place, PER_CAPTION)
            if len(birds) > 1:
                painted = [
                    paint(bird, 1000 * int(place) + k, pictures.image_size)
                    for k, bird in enumerate(birds)
                ]
                groups.append(np.stack(painted))
        interval = mean_interval(caption_diversity(groups, ms_ssim))
        return [Score("ms_ssim", REAL, *interval, len(groups), pictures.seed, "ms-ssim")]


def color_distance(model, records, count=COLOR_PICTURES, seed=0):
    """Returns a `Score`: how far the colors of a model's neighboring stages lie apart.

    The term that StackGAN-v2 is trained with, of pictures in [-1, 1], summed over the stages and
    not weighted.

    Args:
        model: `AdversarialModel` of several stages.
        records: list of `Record`, whose first captions are drawn.
        count: int. Pictures.
        seed: int.
    """
    if model.conditional:
        captions = [record.captions[0] for record in records[:count]]
        stages = model.generate(captions, seed=seed, stages="all")
    else:
        stages = model.generate(num_images=count, seed=seed, stages="all")
    stages = [stage.astype("float32") / 127.5 - 1.0 for stage in stages]
    distances = [
        sum(
            float(color_consistency(larger[k : k + 1], smaller[k : k + 1]))
            for smaller, larger in zip(stages, stages[1:], strict=False)
        )
        for k in range(len(stages[0]))
    ]
    interval = mean_interval(distances)
    return Score("color_distance", "generated", *interval, len(distances), seed, "colors")
