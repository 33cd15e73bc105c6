import pathlib
import shutil

import numpy as np
import pytest

from keras_stackgan import StackGANv1, StackGANv2
from keras_stackgan.convert import load_original, model_from_original, original

DATA = pathlib.Path(__file__).parent / "data"
JUDGES = [DATA / f"netD{k}.pth" for k in range(3)]
RECORDED = np.load(DATA / "recorded.npz")
TINY_V2 = {
    "image_sizes": (64, 128, 256),
    "generator_filters": 4,
    "discriminator_filters": 2,
    "embedding_dim": 32,
    "conditioning_dim": 8,
    "latent_dim": 10,
}


def generated(model, kind):
    """The averaged generator's outputs for the recorded noise."""
    return model.averaged_generator(
        {
            "noise": RECORDED[f"{kind}_noise"],
            "embeddings": RECORDED[f"{kind}_txt"],
            "augmentation_noise": RECORDED[f"{kind}_eps"],
        },
        training=False,
    )


def assert_v2_as_recorded(model):
    outputs = generated(model, "v2")
    for image, size in zip(outputs["images"], (64, 128, 256), strict=True):
        found = np.asarray(image)[:2].transpose(0, 3, 1, 2)
        prefix = f"v2_post_ema_eval_fake{size}"
        if size == 64:
            views = {prefix: found}
        else:
            step = size // 32
            views = {
                f"{prefix}__grid": found[:, :, ::step, ::step],
                f"{prefix}__tl16": found[:, :, :16, :16],
                f"{prefix}__br16": found[:, :, -16:, -16:],
            }
        for name, view in views.items():
            np.testing.assert_allclose(view, RECORDED[name], atol=5e-6)
    for k, (image, judge) in enumerate(zip(outputs["images"], model.discriminators, strict=True)):
        logits = judge(image, outputs["mean"], training=False)
        for head, short in (("conditional", "cond"), ("unconditional", "uncond")):
            expected = RECORDED[f"v2_logits_fake_D{k}_{short}"]
            np.testing.assert_allclose(np.asarray(logits[head]), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["netG_3.pth", "netG_3_legacy.pth"])
def test_v2_pictures_and_logits_equal_the_recorded_ones(name):
    model = StackGANv2(**TINY_V2)
    report = load_original(model, DATA / name, JUDGES)
    assert_v2_as_recorded(model)
    for ours, live in zip(model.averaged_generator.weights, model.generator.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), live.numpy())
    weights = {weight.path for weight in model.generator.weights}
    weights |= {weight.path for judge in model.discriminators for weight in judge.weights}
    weights |= {weight.path for weight in model.averaged_generator.weights}
    assert {path for row in report.rows for path in row.weights} == weights
    assert len(report.ignored) == sum(
        path.endswith("tracked") for f in (DATA / name, *JUDGES) for path in original.read_pth(f)
    )


def test_model_is_read_off_the_file_and_equals_the_record():
    model, report = model_from_original(DATA / "netG_3.pth", JUDGES)
    config = model.get_config()
    assert {name: config[name] for name in TINY_V2} == TINY_V2
    assert tuple(config["num_residual_blocks"]) == (2, 2)
    assert_v2_as_recorded(model)
    text = str(report)
    assert "img_net1.img.0.weight  3x4x3x3" in text
    assert f"{len(report.rows)} tensors" in text and "num_batches_tracked" in text


def test_model_from_the_generator_alone_draws():
    model, _ = model_from_original(DATA / "netG_3_legacy.pth")
    pictures = model.generate(embeddings=RECORDED["v2_txt"][:1], num_images=1, seed=0)
    assert pictures.shape == (1, 256, 256, 3)
    assert pictures.std() > 1


def assert_v1_as_recorded(model):
    outputs = model.averaged_generator.stage1(
        {
            "noise": RECORDED["v1_noise"],
            "embeddings": RECORDED["v1_txt"],
            "augmentation_noise": RECORDED["v1_eps"],
        },
        training=False,
    )
    found = np.asarray(outputs["image"])
    expected = RECORDED["v1_post_eval_fake64"]
    np.testing.assert_allclose(found[:2].transpose(0, 3, 1, 2), expected, atol=5e-6)
    logits = model.discriminators[0](outputs["image"], outputs["mean"], training=False)
    expected = RECORDED["v1_logits_fake_cond"]
    np.testing.assert_allclose(np.asarray(logits["conditional"]), expected, atol=1e-5)


def test_v1_pictures_and_logits_equal_the_recorded_ones():
    model, _ = model_from_original(DATA / "netG_epoch_3.pth", [DATA / "netD_epoch_last.pth"])
    assert isinstance(model, StackGANv1)
    assert model.form == "pytorch" and model.output_sizes == (64,)
    assert_v1_as_recorded(model)


def test_v1_stage1_into_a_model_with_stage2():
    model = StackGANv1(
        image_size=256,
        generator_filters=8,
        discriminator_filters=8,
        embedding_dim=32,
        conditioning_dim=8,
        latent_dim=10,
        num_residual_blocks=1,
        form="pytorch",
    )
    before = [weight.numpy() for weight in model.generator.stage2.weights]
    judges = [DATA / "netD_epoch_last.pth", None]
    load_original(model, DATA / "netG_epoch_3.pth", judges)
    assert_v1_as_recorded(model)
    for old, new in zip(before, model.generator.stage2.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def fake_state(entries):
    """Original tensors of random numbers for every entry of a network."""
    from keras_stackgan.convert.layouts import to_original

    rng = np.random.default_rng(0)
    return {
        e.name: to_original(rng.uniform(0.5, 1.5, e.weight.shape).astype("float32"), e.layout)
        for e in entries
    }


def test_v1_stage2_round_trip(monkeypatch):
    """No recorded file of Stage-II exists: its tensors are made, with the published names."""
    from keras_stackgan.convert import names

    small = {"generator_filters": 8, "discriminator_filters": 4, "embedding_dim": 12}
    small.update(stage1_size=16, image_size=64, conditioning_dim=6, latent_dim=5, form="pytorch")
    model = StackGANv1(num_residual_blocks=3, **small)
    tensors = fake_state(names.stackgan_v1_stage2(model.generator))
    judge = fake_state(names.stackgan_v1_discriminator(model.discriminators[1]))
    files = {"G": tensors, "D": judge}
    monkeypatch.setattr(original, "read_pth", lambda path: files[str(path)])
    found, report = model_from_original("G", [None, "D"])
    assert {name: found.get_config()[name] for name in small} == small
    assert found.num_residual_blocks == 3
    assert len(report.rows) == len(tensors) + len(judge)
    again = fake_state(names.stackgan_v1_stage2(found.generator))
    assert again.keys() == tensors.keys()
    for entry in names.stackgan_v1_stage2(found.averaged_generator):
        from keras_stackgan.convert.layouts import to_original

        back = to_original(entry.weight.numpy(), entry.layout)
        np.testing.assert_array_equal(back, tensors[entry.name])


# === What does not fit ===


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"generator_filters": 8}, r"'h_net1.fc.0.weight' is \(2048, 18\), and the model has \(40"),
        ({"embedding_dim": 16}, r"'ca_net.fc.weight' is \(32, 32\), and the model has \(32, 16\)"),
        ({"num_residual_blocks": 1}, r"'h_net2.residual.1.block.0.weight' is unknown"),
        ({"num_residual_blocks": 3}, r"'h_net2.residual.2.block.0.weight' .* is missing"),
        ({"image_sizes": (64, 128)}, r"'h_net3.jointConv.0.weight' is unknown"),
    ],
)
def test_tensors_that_do_not_fit_are_one_error_and_change_nothing(change, message):
    model = StackGANv2(**{**TINY_V2, **change})
    before = [weight.numpy() for weight in model.weights]
    with pytest.raises(ValueError, match=f"left as it was: .*{message}"):
        load_original(model, DATA / "netG_3.pth")
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_a_bad_discriminator_leaves_the_generator_alone():
    model = StackGANv2(**TINY_V2)
    before = [weight.numpy() for weight in model.weights]
    with pytest.raises(ValueError, match="netD1.pth' does not fit"):
        load_original(
            model, DATA / "netG_3.pth", [JUDGES[0], JUDGES[0].with_name("netD1.pth"), JUDGES[1]]
        )
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_numbers_that_are_not_finite(monkeypatch):
    tensors = original.read_pth(DATA / "netG_3.pth")
    tensors["module.img_net1.img.0.weight"][0, 0, 0, 0] = np.nan
    monkeypatch.setattr(original, "read_pth", lambda path: tensors)
    with pytest.raises(ValueError, match="'img_net1.img.0.weight' holds numbers that are not fini"):
        load_original(StackGANv2(**TINY_V2), "netG.pth")


def test_wrong_number_of_discriminators():
    with pytest.raises(ValueError, match="one path .* for each of the model's 3"):
        load_original(StackGANv2(**TINY_V2), discriminators=JUDGES[:2])


def test_nothing_to_load():
    with pytest.raises(ValueError, match="needs `generator` or `discriminators`"):
        load_original(StackGANv2(**TINY_V2))


def test_paper_form_is_refused():
    model = StackGANv1(stage1_size=16, image_size=16, generator_filters=8, embedding_dim=4)
    with pytest.raises(ValueError, match="form='pytorch'"):
        load_original(model, DATA / "netG_epoch_3.pth")


def test_other_tensors(tmp_path):
    path = tmp_path / "other.pth"
    shutil.copy(JUDGES[0], path)
    with pytest.raises(ValueError, match="must hold the generator of StackGAN-v2 or of"):
        model_from_original(path)
