"""Files that do not fit: one error, and nothing is changed."""

import shutil

import keras
import numpy as np
import pytest
from original_files import DATA, JUDGES, TINY_V1, TINY_V2, run_as_files
from pth_files import write_arrays

from keras_stackgan import StackGANv1, StackGANv2
from keras_stackgan.convert import load_original, model_from_original, read_pth


def weights_of(model):
    return [weight.numpy() for weight in model.weights]


def assert_unchanged(model, before):
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


@pytest.mark.parametrize(
    ("change", "cause", "problem"),
    [
        (
            {"generator_filters": 8},
            r"file is of generator_filters=4, the model of generator_filters=8",
            r"of another shape: .*'h_net1.fc.0.weight' \(2048, 18\) for \(4096, 18\)",
        ),
        (
            {"embedding_dim": 16},
            "file is of embedding_dim=32, the model of embedding_dim=16",
            r"1 of another shape: 'ca_net.fc.weight' \(32, 32\) for \(32, 16\)",
        ),
        (
            {"embedding_dim": None},
            "conditioning_dim=8, latent_dim=10|embedding_dim=32, the model of embedding_dim=None",
            r"2 unknown: 'ca_net.fc.weight' \(32, 32\), 'ca_net.fc.bias' \(32,\)",
        ),
        (
            {"num_residual_blocks": (2, 1)},
            r"num_residual_blocks=\(2, 2\), the model of num_residual_blocks=\(2, 1\)",
            r"10 unknown: 'h_net3.residual.1.block.0.weight' \(4, 2, 3, 3\), .*block.4.running_var",
        ),
        (
            {"num_residual_blocks": (3, 2)},
            r"num_residual_blocks=\(2, 2\), the model of num_residual_blocks=\(3, 2\)",
            r"10 missing: 'h_net2.residual.2.block.0.weight' \(8, 4, 3, 3\), .*block.4.running_var",
        ),
        (
            {"image_sizes": (64, 128)},
            r"image_sizes=\(64, 128, 256\), num_residual_blocks=\(2, 2\), the model of",
            "unknown: .*'h_net3.jointConv.0.weight'",
        ),
    ],
)
def test_a_model_of_other_arguments_is_one_error_and_unchanged(change, cause, problem):
    model = StackGANv2(**{**TINY_V2, **change})
    before = weights_of(model)
    with pytest.raises(ValueError, match="left as it was") as caught:
        load_original(model, DATA / "netG_3.pth")
    caught.match(f"likely cause: .*{cause}")
    caught.match(problem)
    assert_unchanged(model, before)


def test_all_files_are_checked_before_anything_is_loaded(tiny_v2, tmp_path):
    before = weights_of(tiny_v2)
    arrays = read_pth(DATA / "netG_3_legacy.pth")
    arrays["module.extra"] = arrays.pop("module.ca_net.fc.bias")
    changed = write_arrays(tmp_path / "netG.pth", arrays, "legacy")
    with pytest.raises(ValueError, match="left as it was") as caught:
        load_original(tiny_v2, changed, [JUDGES[0], JUDGES[2], None])
    caught.match(
        r"netG.pth' .*changed code or not whole.*\n  1 missing: 'ca_net.fc.bias' \(32,\)\n"
    )
    caught.match(r"\n  1 unknown: 'extra' \(32,\)\n")
    caught.match(
        "netD2.pth' .*file is of image_size=256, the model's discriminator of image_size=1"
    )
    caught.match("from the smallest pictures to the largest")
    assert "netD0.pth" not in str(caught.value)
    assert_unchanged(tiny_v2, before)


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("img_net1.img.0.weight", lambda x: x * np.nan, "holds numbers that are not finite"),
        ("img_net1.img.0.weight", lambda x: x.astype("float64") * 1e60, "that are not finite"),
        ("h_net1.fc.1.running_var", lambda x: -x, "holds variances below 0"),
        ("img_net1.img.0.weight", lambda x: x.astype("int64"), "holds int64"),
    ],
)
def test_numbers_that_are_none(name, change, problem, tiny_v2, tmp_path):
    arrays = read_pth(DATA / "netG_3_legacy.pth")
    arrays[f"module.{name}"] = change(arrays[f"module.{name}"])
    before = weights_of(tiny_v2)
    with pytest.raises(ValueError, match=f"1 not usable: '{name}' .*{problem}"):
        load_original(tiny_v2, write_arrays(tmp_path / "netG.pth", arrays))
    assert_unchanged(tiny_v2, before)


@pytest.mark.parametrize(
    ("file", "cause"),
    [
        ("netD0.pth", "the file is of a discriminator and not of a generator"),
        ("netG_epoch_3.pth", "the file is of StackGANv1, the model a StackGANv2"),
    ],
)
def test_files_of_something_else(file, cause, tiny_v2):
    with pytest.raises(ValueError, match=f"likely cause: {cause}"):
        load_original(tiny_v2, DATA / file)


@pytest.mark.parametrize(
    ("file", "cause"),
    [
        ("netG_3.pth", "the file is of a generator and not of a discriminator"),
        ("netD_epoch_last.pth", "the file is of StackGANv1, the model a StackGANv2"),
    ],
)
def test_discriminators_of_something_else(file, cause, tiny_v2):
    with pytest.raises(ValueError, match=f"likely cause: {cause}"):
        load_original(tiny_v2, discriminators=[DATA / file, None, None])


def test_stage2_file_for_a_model_with_stage1_alone(tmp_path):
    files = run_as_files("v1pt_stage2", tmp_path, "zip")[2]
    model = StackGANv1(stage1_size=64, image_size=64, **TINY_V1)
    with pytest.raises(ValueError, match=r"image_size=256, num_residual_blocks=2, the model of"):
        load_original(model, files["netG"])


def test_a_prefix_on_some_names_alone(tiny_v2, tmp_path):
    arrays = read_pth(DATA / "netG_3_legacy.pth")
    arrays["ca_net.fc.bias"] = arrays["module.ca_net.fc.bias"]
    with pytest.raises(ValueError, match="90 unknown: 'module.ca_net.fc.weight'"):
        load_original(tiny_v2, write_arrays(tmp_path / "netG.pth", arrays))


def test_wrong_number_of_discriminators(tiny_v2):
    with pytest.raises(ValueError, match="one path .* for each of the model's 3"):
        load_original(tiny_v2, discriminators=JUDGES[:2])
    with pytest.raises(ValueError, match="model's 3 discriminators. Received: 1"):
        load_original(tiny_v2, discriminators=str(JUDGES[0]))


def test_nothing_to_load(tiny_v2):
    for discriminators in (None, [], [None] * 3):
        with pytest.raises(ValueError, match="needs `generator` or `discriminators`"):
            load_original(tiny_v2, discriminators=discriminators)


SMALL = {"generator_filters": 8, "discriminator_filters": 2, "embedding_dim": 4}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StackGANv1(stage1_size=16, image_size=16, **SMALL), "form='paper'"),
        (lambda: StackGANv2((16, 16), **SMALL), r"image_sizes=\(16, 16\)"),
        (lambda: StackGANv2((16,), supervised="last", **SMALL), "supervised='last'"),
        (
            lambda: StackGANv2((16,), conditioning_augmentation=False, **SMALL),
            "conditioning_augmentation=False",
        ),
        (
            lambda: StackGANv1(16, 64, form="pytorch", text_at_stage2=False, **SMALL),
            "text_at_stage2=False",
        ),
        (lambda: keras.Sequential(), "must be a StackGANv2 or a StackGANv1. Received: Sequential"),
    ],
)
def test_models_that_differ_from_the_published_ones(make, message):
    with pytest.raises(ValueError, match=message):
        load_original(make(), DATA / "netG_3.pth")


def test_a_changed_discriminator_does_not_hinder_the_generator():
    class Mine(StackGANv2):
        """A user's own subclass."""

    model = Mine(discriminator_normalization=None, **TINY_V2)
    load_original(model, DATA / "netG_3.pth")
    with pytest.raises(ValueError, match="discriminator_normalization=None"):
        load_original(model, discriminators=JUDGES)


# === What no model can be made of ===


def test_other_tensors(tmp_path):
    path = tmp_path / "other.pth"
    shutil.copy(JUDGES[0], path)
    with pytest.raises(
        ValueError, match="of StackGAN-v2 or .* Received: the file is of a discrimi"
    ):
        model_from_original(path)
    write_arrays(path, {"conv1.weight": np.zeros((8, 3, 7, 7), "float32")})
    with pytest.raises(
        ValueError, match="neither model's generator: it begins with 'conv1.weight'"
    ):
        model_from_original(path)
    with pytest.raises(ValueError, match="netG_3.pth' of StackGANv2 and .* of StackGANv1"):
        model_from_original(DATA / "netG_3.pth", [None, None, DATA / "netD_epoch_last.pth"])


@pytest.mark.parametrize(
    ("source", "name", "shape"),
    [
        ("netG_3.pth", "img_net1.img.0.weight", (3, 4)),
        ("netG_3.pth", "h_net1.fc.0.weight", (2048, 8)),
        ("netG_3.pth", "h_net1.upsample1.1.weight", (3, 3, 3, 3)),
        ("netG_3.pth", "h_net2.residual.1.block.0.weight", (1, 1, 1, 1)),
        ("netG_3.pth", "img_net1.img.0.weight", None),
        ("netG_3.pth", "h_net1.upsample1.1.weight", None),
        ("netG_epoch_3.pth", "fc.0.weight", (100, 18)),
        ("netG_epoch_3.pth", "ca_net.fc.weight", (0, 32)),
        ("netG_epoch_3.pth", "upsample1.1.weight", (1, 1, 3, 3)),
    ],
)
def test_shapes_that_contradict_each_other(source, name, shape, tmp_path):
    """A few bytes must not make a model of any size."""
    arrays = {n.removeprefix("module."): x for n, x in read_pth(DATA / source).items()}
    if shape is None:
        del arrays[name]
    else:
        arrays[name] = np.zeros(shape, "float32")
    path = write_arrays(tmp_path / "netG.pth", arrays)
    with pytest.raises(ValueError, match=f"changed code or not whole: '{name}'"):
        model_from_original(path)


def test_a_width_that_the_other_tensors_do_not_have(tmp_path):
    arrays = read_pth(DATA / "netG_3_legacy.pth")
    arrays["module.img_net1.img.0.weight"] = np.zeros((3, 4096, 3, 3), "float32")
    with pytest.raises(ValueError, match="not whole: 'h_net1.fc.0.weight' is .2048, 18"):
        model_from_original(write_arrays(tmp_path / "netG.pth", arrays))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("img_code_s16.0.weight", (2, 3)),
        ("img_code_s16.0.weight", (512, 3, 4, 4)),
        ("jointConv.0.weight", (64, 72, 3, 3)),
    ],
)
def test_discriminators_that_contradict_themselves(name, shape, tmp_path):
    arrays = {n.removeprefix("module."): x for n, x in read_pth(JUDGES[0]).items()}
    arrays[name] = np.zeros(shape, "float32")
    path = write_arrays(tmp_path / "netD.pth", arrays)
    with pytest.raises(ValueError, match="netD.pth' must be .*changed code or not whole"):
        model_from_original(DATA / "netG_3.pth", [path, None, None])
