"""The papers' tables: rows that compare, and the page."""

import inspect
import re
from pathlib import Path

import benchmark_path  # noqa: F401
import numpy as np
import pytest
from paper_table_material import entry
from paper_tables import rows, verdict
from paper_tables.options import Options
from paper_tables.ordering import ORDERINGS
from paper_tables.report import write_report
from paper_tables.results import Results
from paper_tables.settings import make_settings, pictures_seen
from paper_tables.small_recipe import PARTS, parts_of

from keras_stackgan.models.compiled_model import CompiledModel
from keras_stackgan.recipes.named_recipe import check_phases
from keras_stackgan.training.building import MODELS

TRAINED = [row for row in rows.ROWS if row.first_stage_of is None]
ROOT = Path(__file__).parents[2]


def settings_of(recipe, **options):
    options = Options(recipe=recipe, **options)
    return {row.name: make_settings(row, options, 0) for row in TRAINED}


class TestRows:
    def test_names_and_orderings_belong_together(self):
        assert len(set(rows.names())) == len(rows.ROWS)
        for ordering in ORDERINGS:
            assert rows.get(ordering.better).name != rows.get(ordering.worse).name
        compared = {name for x in ORDERINGS for name in (x.better, x.worse)}
        assert compared == set(rows.names())
        with pytest.raises(ValueError, match="`rows` must be of v2, v1"):
            rows.get("v3")

    @pytest.mark.parametrize("recipe", ["small", "published"])
    def test_rows_are_equal_in_width_and_pictures(self, recipe):
        for name, settings in settings_of(recipe, width=8, pictures=50_000).items():
            config = settings["model"]["config"]
            assert config["generator_filters"] == 8, name
            assert abs(pictures_seen(settings) - 50_000) < 0.02 * 50_000, name
            sizes = config.get("image_sizes", [config.get("image_size")])
            assert sizes[-1] == 64, name

    def test_discriminators_of_all_sizes_end_with_equal_widths(self):
        for name, settings in settings_of("small", width=8).items():
            config = settings["model"]["config"]
            sizes = config.get("image_sizes") or sorted(
                {config.get("stage1_size", 64), config["image_size"]}
            )
            filters = np.broadcast_to(config["discriminator_filters"], len(sizes))
            # Halved down to 4x4 maps, each halving after the first doubles the channels.
            last = [f * size // 8 for f, size in zip(filters, sizes, strict=True)]
            assert last == [64] * len(sizes), name

    @pytest.mark.parametrize("recipe", ["small", "published"])
    def test_settings_are_arguments_of_their_models(self, recipe):
        known = set(inspect.signature(CompiledModel.compile).parameters)
        for name, settings in settings_of(recipe).items():
            check_phases(settings["phases"], name)
            kind = MODELS[settings["model"]["class_name"]]
            # Keras' own keyword is not in the signature.
            arguments = {*inspect.signature(kind).parameters, "dtype"}
            assert set(settings["model"]["config"]) <= arguments
            own = known | set(inspect.signature(kind.compile).parameters)
            for phase in settings["phases"]:
                assert set(phase["compile"]) <= own, name

    def test_a_row_differs_from_the_one_it_is_compared_with_by_its_switch_alone(self):
        settings = settings_of("small")

        def changes(one, other):
            a, b = settings[one]["model"]["config"], settings[other]["model"]["config"]
            return {key for key in {**a, **b} if a.get(key) != b.get(key)}

        assert changes("v1", "v1_no_ca") == {"conditioning_augmentation"}
        assert changes("v1", "v1_text_once") == {"text_at_stage2"}
        assert changes("v1", "v1_straight") == {"stage1_size", "discriminator_filters"}
        assert changes("v2", "v2_g3") == {"supervised"}
        assert changes("v2", "v2_all_final") == {"image_sizes", "discriminator_filters"}
        assert changes("v2", "v2_no_jcu") == {"unconditional_head"}
        assert changes("v2_unconditional", "v2_no_color") == set()
        assert settings["v2_no_color"]["phases"][0]["compile"]["color_weight"] == 0.0
        for row in ("v1_no_ca", "v1_text_once"):
            assert settings[row]["phases"] == settings["v1"]["phases"]

    def test_every_row_has_the_precision(self):
        for settings in settings_of("small", dtype="mixed_bfloat16").values():
            assert settings["model"]["config"]["dtype"] == "mixed_bfloat16"

    def test_published_schedules_keep_their_shape(self):
        first, second = settings_of("published")["v1"]["phases"]
        assert first["batch_size"] == 64 and "optimizer" not in first
        assert first["steps"] // first["steps_per_epoch"] == 12
        assert second["steps"] // second["steps_per_epoch"] == 6
        assert first["learning_rate_decay"] == {"factor": 0.5, "every": 1, "start": 0}
        assert settings_of("published")["v2"]["data"]["batches"]["mismatched_images"]

    def test_parts_of_the_small_recipe(self):
        names = {part.name for part in PARTS}
        for row in rows.ROWS:
            assert set(row.without) <= names
            assert row.text or not any(part.text for part in parts_of(row))
        # What v1 has, and a text layer that v1's discriminators have as published.
        common = {part.name for part in parts_of(rows.get("v2_as_v1"))}
        assert common - {part.name for part in parts_of(rows.get("v1"))} == {"d_text_layer"}

    @pytest.mark.parametrize(
        "wrong", [{"size": 48}, {"width": 6}, {"recipe": "x"}, {"data": "x"}, {"dtype": "x"}]
    )
    def test_wrong_options_are_named(self, wrong):
        with pytest.raises(ValueError, match=f"`{next(iter(wrong))}` must be"):
            Options(**wrong)


class TestReport:
    def test_nothing_measured_has_no_figures(self):
        page = write_report(Results([]), Options(), "python x")
        assert "Nothing is measured yet" in page
        verdicts = [line for line in page.splitlines() if " > " in line and line.startswith("|")]
        assert len(verdicts) == len(ORDERINGS) + 1
        assert all(f"| – | 0 and 0 | {verdict.MISSING} |" in line for line in verdicts[1:])
        cells = [line.split("|") for line in page.splitlines() if "0: not measured" in line]
        assert len(cells) == len(rows.ROWS)
        assert all({cell.strip() for cell in line[4:-1]} == {"–"} for line in cells)
        assert "4.04" in page and "(unverified)" in page

    def test_the_committed_page_is_this_programs(self):
        page = (ROOT / "benchmarks" / "PAPER_TABLES.md").read_text(encoding="utf-8")
        assert "no figure is typed in" in page
        for row in rows.ROWS:
            assert f"| `{row.name}`: {row.title} |" in page

    def test_figures_come_from_results(self):
        entries = [entry("v2", k, inception_score=4.0 + 0.1 * k) for k in range(3)]
        entries += [entry("v1", 0, inception_score=3.0)]
        page = write_report(Results(entries), Options(), "python x")
        lines = page.splitlines()
        assert any(x.startswith("| `v2`:") and "| 3 | 4.10 ± 0.10 |" in x for x in lines)
        assert any(x.startswith("| `v1`:") and "| 1 | 3.00 (0.10) |" in x for x in lines)
        assert "Measured: 2 of" in page and "1,234, 567" in page and "| 15.0 |" in page
        line = next(x for x in lines if x.startswith("| v2 > v1 | IS"))
        assert "| 3 and 1 | reproduced | not measured |" in line and "plain +1.1 ±" in line

    def test_words_are_explained(self):
        page = write_report(Results([]), Options(), "python x")
        words = (verdict.REPRODUCED, verdict.REVERSED, verdict.DOUBT, verdict.NEITHER)
        for word in words:
            assert page.count(f"\n- {word}: ") == 1, word
        assert "own chance" not in page

    def test_rows_that_learned_nothing_are_named(self):
        values = {"inception_score": 1.08, "r_precision_100": 0.01}
        page = write_report(
            Results([entry("v2", 0, **values), entry("v1", 0, **values)]), Options(), "python x"
        )
        line = next(x for x in page.splitlines() if x.startswith("| v2 > v1 | IS"))
        assert "| neither learned (one seed) | not measured | neither learned (one seed) |" in line

    def test_attribute_accuracy_has_its_own_chance(self):
        other = "attribute_accuracy_other_captions"
        entries = [entry("v2", k, **{other: v}) for k, v in enumerate((0.2, 0.22))]
        entries += [entry("v1", 0, **{other: 0.25}), entry("real_64", 0, **{other: 0.223})]
        page = write_report(Results(entries), Options(), "python x")
        assert "captions: 0.210 to 0.250 of the rows' pictures, 0.223 of real ones" in page
        assert "of 64 pixels (by 'plain')." in page

    def test_what_a_baseline_cannot_have_is_said(self):
        page = write_report(Results([]), Options(), "python x")
        for pattern in (
            r"no batch normalization.*v1, v2, GAN-INT-CLS, GAWWN, DCGAN; not WGAN-GP: its critic",
            r"a projection of the text.*v1, v2; not GAN-INT-CLS, GAWWN: it is not an argument",
        ):
            assert re.search(pattern, page), pattern
        assert "R1 0.3" not in write_report(Results([]), Options(recipe="published"), "x")
