"""Where a measure becomes a warning."""

import pytest

from keras_stackgan.callbacks import health_findings

HEALTHY = {
    "step": 100,
    "text_gap_16": 0.1,
    "text_gap_error_16": 0.2,
    "text_gap_32": 1.5,
    "text_gap_error_32": 0.2,
    "text_distance": 20.0,
    "noise_distance": 15.0,
    "real_score_16": 0.8,
    "fake_score_16": 0.3,
    "chance_share_16": 0.5,
    "g_gradient_norm": 2.0,
}


def found(history=(), **changes):
    return sorted(health_findings.find({**HEALTHY, **changes}, list(history)))


def test_nothing_is_wrong_with_a_healthy_run():
    # One stage that reads the text is enough.
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"text_gap_32": 0.39}, "text_unread"),
        ({"text_gap_32": -1.5}, "text_unread"),
        ({"text_distance": 1.9, "noise_distance": 3.0}, "text_ignored"),
        ({"text_distance": 5.0, "noise_distance": 51.0}, "text_ignored"),
        ({"noise_distance": 1.9}, "no_diversity"),
        ({"chance_share_16": 0.019}, "discriminator_wins"),
    ],
)
def test_one_thing_collapses(changes, kind):
    assert found(**changes) == [kind]
    details = health_findings.find({**HEALTHY, **changes}, [])[kind]
    text = health_findings.advice(kind, details)
    assert details in text and "{" not in text


@pytest.mark.parametrize(
    "changes",
    [
        {"text_gap_32": 0.41},
        {"text_distance": 2.1, "noise_distance": 3.0},
        {"text_distance": 5.2, "noise_distance": 51.0},
        {"noise_distance": 2.1},
        {"chance_share_16": 0.021},
        {"g_gradient_norm": 199.0},
    ],
)
def test_this_side_of_the_limits(changes):
    history = [{"g_gradient_norm": 2.0}] * 9
    assert found(history, **changes) == []


def test_gradients_are_compared_with_what_is_usual():
    history = [{"g_gradient_norm": value} for value in (1.0, 3.0, 2.0, 2.0, 500.0)]
    assert found(history, g_gradient_norm=201.0) == ["gradients_explode"]
    # Too few to know what is usual.
    assert found(history[:4], g_gradient_norm=201.0) == []


def test_unconditional_models_have_no_text():
    line = {k: v for k, v in HEALTHY.items() if "text" not in k}
    assert health_findings.find(line, []) == {}
