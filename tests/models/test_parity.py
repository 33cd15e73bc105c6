"""One training step equal to the published code's, from recorded weights, inputs and noise.

The tolerances are those that the records' own float32 and float64 runs justify: losses 1e-4 in
float32; float64 agrees to the digits that were written down, with an Adam that keeps float64
throughout.
"""

import numpy as np
import pytest
from recorded_runs import RecordedRun

from keras_stackgan.models.matching_logits import matching_logits

RUNS = ("v2_text", "v2_uncond", "v1pt_stage1", "v1pt_stage2", "v1tf_stage1", "v1tf_stage2")
HEADS = {"": "conditional", "_uncond": "unconditional"}


def recorded_discriminators(run, step):
    """The record of each discriminator's losses, logits and gradient norm at one step."""
    record = run.record["steps"][step]
    return [record[key] for key in (("D0", "D1", "D2") if "D0" in record else ("D",))]


def recorded_logits(record):
    return record.get("logits_presigmoid") or record["logits"]


def weight_of(run, term):
    """How the published sum weighs a term (NUMERICS of the releases)."""
    if run.name.startswith("v2"):
        return 1.0
    if run.name == "v1pt_stage2":
        return 0.5 if term.startswith("real") else 1 / 3
    return 1.0 if term.startswith("real") else 0.5


def check_losses(run, history, step, rtol):
    """Every loss term and gradient norm of one step against the record."""
    labels = run.model.stage_labels
    for label, record in zip(labels, recorded_discriminators(run, step), strict=True):
        close(history[f"d_loss_{label}"][step], record["errD"], rtol)
        norm = record["grad_norm"]["total"]
        close(history[f"d_gradient_norm_{label}"][step], norm, 20 * rtol)
        for name, value in record["terms"].items():
            kind, _, head = name.partition("_")
            unconditional = bool(head) or run.name == "v2_uncond"
            ours = kind.replace("wrong", "mismatched") + ("_unconditional" if unconditional else "")
            expected = value * weight_of(run, kind)
            close(history[f"d_{ours}_loss_{label}"][step], expected, rtol)
    record = run.record["steps"][step]["G"]
    close(history["g_loss"][step], record["errG_total"], rtol)
    close(history["g_gradient_norm"][step], record["grad_norm"]["total"], 20 * rtol)
    adversarial = record["adv"] if isinstance(record["adv"], dict) else {"cond": record["adv"]}
    for name, value in adversarial.items():
        label = labels[int(name[1])] if name.startswith("D") else labels[0]
        head = "unconditional" if "uncond" in name or run.name == "v2_uncond" else "conditional"
        close(history[f"g_{head}_loss_{label}"][step], value, rtol)
    if "kl_times_coeff" in record:
        close(history["kl_loss"][step], record["kl_times_coeff"], rtol)
    elif "kl" in record:
        close(history["kl_loss"][step], 2.0 * record["kl"], rtol)
    color = [record[key] for key in record if key.startswith("like_")]
    if color:
        assert len(color) == 4
        close(history["color_loss"][step], sum(color), rtol)


def close(ours, recorded, rtol):
    np.testing.assert_allclose(ours, recorded, rtol=rtol)


def check_weights(snapshot, record, atol, share=0.005):
    """First entries, sums and sums of squares of every weight against the record."""
    compared = off = 0
    for net, tensors in record.items():
        if net == "netG_ema":
            continue
        ours = snapshot["" if net in ("trainable", "moving") else net]
        for name, expected in tensors.items():
            if name == "g_net/in_fc/bias" or name.endswith("running_var"):
                # A bias in front of batch norm has no gradient but rounding noise; torch keeps
                # the unbiased variance (see `check_moving_variance`).
                continue
            flat = np.asarray(ours[name], "float64").ravel()
            difference = np.abs(flat[:8] - expected["first8"])
            assert difference.max() <= 4.1e-4, name
            compared += difference.size
            off += int((difference > atol).sum())
            slack = 4.1e-4 * share * flat.size + atol * flat.size + 1e-9
            assert abs(flat.sum() - expected["sum"]) <= slack + 1e-8 * abs(expected["sum"]), name
            size = np.abs(flat).max() + 1e-3
            squares = (flat**2).sum()
            assert abs(squares - expected["sumsq"]) <= 2 * size * slack + 1e-8 * squares, name
    assert compared > 100
    assert off <= share * compared, f"{off} of {compared} entries differ by more than {atol}"


# === Pictures and logits before training ===


@pytest.mark.parametrize("name", RUNS)
def test_pictures_equal_the_recorded_ones_in_both_modes(name):
    run = RecordedRun(name, "float32")
    model, generator = run.model, run.model.generator
    run.compile()
    # The `init_*` pictures were made from the first step's noise.
    inputs = model.prepare(run.batch(0), 0)
    for training, tag in ((False, "init_eval"), (True, "init_train")):
        images = generator(inputs, training=training)["images"]
        if run.name.startswith("v1") and run.stage == 2:
            check_picture(run, f"{tag}_stage1_fake64", images[0])
        for image in images if run.name.startswith("v2") else images[-1:]:
            check_picture(run, f"{tag}_fake{image.shape[1]}", image)


def check_picture(run, key, image):
    ours = np.asarray(image)[0].transpose(2, 0, 1)
    if f"outputs/{key}" in run.arrays:
        expected = run.arrays[f"outputs/{key}"][0]
    else:
        expected = run.arrays[f"outputs/{key}__grid"][0]
        step = ours.shape[1] // expected.shape[1]
        ours = ours[:, ::step, ::step]
    assert expected.std() > 1e-4
    np.testing.assert_allclose(ours, expected, atol=2e-4)
    assert np.abs(ours - expected).mean() < 2e-5


@pytest.mark.parametrize("name", RUNS)
def test_logits_equal_the_recorded_ones(name):
    run = RecordedRun(name, "float64")
    model = run.model
    run.compile()
    inputs = model.prepare(run.batch(0), 0)
    fakes = model.generate_fakes(inputs)
    for stage, record in enumerate(recorded_discriminators(run, 0)):
        real, mismatched, fake = matching_logits(
            model.active_discriminators[stage],
            inputs["images"][stage],
            fakes["images"][stage],
            model.condition(inputs, fakes),
            **model.mismatches(stage, inputs, fakes),
        )
        found = {"real": real, "fake": fake}
        if mismatched:
            found["wrong"] = mismatched[0]
        for key, expected in recorded_logits(record).items():
            kind, _, head = key.partition("_")
            head = "unconditional" if head or name == "v2_uncond" else "conditional"
            np.testing.assert_allclose(found[kind][head], expected, atol=1e-6)


def test_logits_in_inference_mode_equal_the_recorded_ones():
    run = RecordedRun("v2_text", "float64")
    model = run.model
    run.compile()
    inputs = model.prepare(run.batch(0), 0)
    fakes = model.generator(inputs, training=False)
    record = run.record["eval_logits"]["init_eval"]
    for stage, discriminator in enumerate(model.discriminators):
        for kind, images in (("real", inputs["images"]), ("fake", fakes["images"])):
            logits = discriminator(images[stage], fakes["mean"], training=False)
            for short, head in (("cond", "conditional"), ("uncond", "unconditional")):
                expected = record[f"{kind}_D{stage}_{short}"]
                np.testing.assert_allclose(logits[head], expected, atol=1e-6)


# === Training steps under fit ===


def test_first_step_in_float32_equals_the_recorded_one():
    run = RecordedRun("v2_text", "float32")
    run.compile("torch")
    history, snapshots = run.fit(steps=1)
    check_losses(run, history, 0, rtol=1e-4)
    check_weights(snapshots[0], run.record["post_step1"], atol=2e-6)


@pytest.mark.parametrize("name", RUNS)
def test_three_steps_equal_the_recorded_ones(name):
    run = RecordedRun(name, "float64")
    form = "epshat" if name.startswith("v1tf") else "torch"
    run.compile(form)
    history, snapshots = run.fit(steps=3)
    for step in range(3):
        check_losses(run, history, step, rtol=1e-7)
    check_weights(snapshots[0], run.record["post_step1"], atol=1e-7)
    check_weights(snapshots[2], run.record["post_step3"], atol=1e-6)
    if "netG_ema" in run.record["post_step3"]:
        check_moving_average(run)
    if name == "v2_text":
        check_moving_variance(run, snapshots[0])


def check_moving_average(run):
    """The average's weights; the release leaves the batch statistics out of it."""
    from keras_stackgan.convert import layouts, names

    entries = names.stackgan_v2_generator(run.model.averaged_generator)
    compared = 0
    for entry in entries:
        expected = run.record["post_step3"]["netG_ema"].get(entry.name)
        if expected is None or "running" in entry.name:
            continue
        flat = layouts.to_original(entry.weight.numpy(), entry.layout).ravel()
        np.testing.assert_allclose(flat[:8], expected["first8"], atol=4e-7)
        compared += 1
    assert compared > 30


def check_moving_variance(run, snapshot):
    """Torch keeps the unbiased variance, we keep the biased one: a known factor apart."""
    record = run.record["post_step1"]["netG"]
    for name, count in (("h_net1.fc.1", 4), ("h_net1.upsample1.2", 4 * 8 * 8)):
        ours = snapshot["netG"][f"{name}.running_var"][:8] - 0.9
        torch = np.array(record[f"{name}.running_var"]["first8"]) - 0.9
        np.testing.assert_allclose(torch / ours, count / (count - 1), rtol=1e-6)


def test_default_adam_equals_the_recorded_epsilon_hat_form():
    run = RecordedRun("v2_text", "float64")
    run.model.compile(run_eagerly=True)
    _, snapshots = run.fit(steps=3)
    record = run.record["float64_adam_epshat"]
    check_weights(snapshots[0], record["post_step1"], atol=1e-7)
    check_weights(snapshots[2], record["post_step3"], atol=1e-6)
