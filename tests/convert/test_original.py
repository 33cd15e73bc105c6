import numpy as np
import pytest
from original_files import DATA, JUDGES, RECORDED, RUNS, TINY_V1, TINY_V2, run_as_files
from PIL import Image
from pth_files import write_arrays

from keras_stackgan import StackGANv1
from keras_stackgan.convert import ConversionReport, load_original, model_from_original, read_pth

HEADS = {"cond": "conditional", "uncond": "unconditional"}


def real_pictures():
    """The runs' real pictures at 64, 128 and 256 pixels, in [-1, 1]."""
    for size in (64, 128, 256):
        pictures = [Image.fromarray(x) for x in np.load(RUNS / "images.npz")["real_256"]]
        small = [picture.resize((size, size), Image.Resampling.BILINEAR) for picture in pictures]
        yield np.stack([np.asarray(x) for x in small]).astype("float32") / 127.5 - 1


def assert_pictures(image, recorded, name, atol=5e-6):
    """Compares with what was recorded of one stage: all of it, or a grid and two corners."""
    found = np.asarray(image).transpose(0, 3, 1, 2)
    step = found.shape[-1] // 32
    views = {
        name: found,
        f"{name}__grid": found[:, :, ::step, ::step],
        f"{name}__tl16": found[:, :, :16, :16],
        f"{name}__br16": found[:, :, -16:, -16:],
    }
    compared = [key for key in views if key in recorded]
    assert compared
    for key in compared:
        expected = recorded[key]
        assert expected.std() > 0.02
        np.testing.assert_allclose(views[key][: len(expected)], expected, atol=atol)


def assert_logits(logits, recorded, name):
    compared = 0
    for short, head in HEADS.items():
        if name + short in recorded:
            expected = np.asarray(recorded[name + short])
            np.testing.assert_allclose(np.asarray(logits[head]), expected, atol=5e-6)
            compared += 1
    assert compared == len(logits)


def assert_v2_as_recorded(model):
    inputs = {
        "noise": RECORDED["v2_noise"],
        "embeddings": RECORDED["v2_txt"],
        "augmentation_noise": RECORDED["v2_eps"],
    }
    for generator in (model.averaged_generator, model.generator):
        outputs = generator(inputs, training=False)
        for image, size in zip(outputs["images"], (64, 128, 256), strict=True):
            assert_pictures(image, RECORDED, f"v2_post_ema_eval_fake{size}")
    for kind, images in (("fake", outputs["images"]), ("real", real_pictures())):
        for k, (image, judge) in enumerate(zip(images, model.discriminators, strict=True)):
            logits = judge(image, outputs["mean"], training=False)
            assert_logits(logits, RECORDED, f"v2_logits_{kind}_D{k}_")


def assert_v1_as_recorded(model):
    outputs = model.averaged_generator.stage1(
        {
            "noise": RECORDED["v1_noise"],
            "embeddings": RECORDED["v1_txt"],
            "augmentation_noise": RECORDED["v1_eps"],
        },
        training=False,
    )
    assert_pictures(outputs["image"], RECORDED, "v1_post_eval_fake64")
    for kind, image in (("fake", outputs["image"]), ("real", next(real_pictures()))):
        logits = model.discriminators[0](image, outputs["mean"], training=False)
        assert_logits(logits, RECORDED, f"v1_logits_{kind}_")


# === Equal to the recorded runs ===


@pytest.mark.parametrize("prefix", ["module.", ""])
@pytest.mark.parametrize("form", ["zip", "legacy"])
def test_v2_pictures_and_logits_equal_the_recorded_ones(form, prefix, tiny_v2, tmp_path):
    name = "netG_3.pth" if form == "zip" else "netG_3_legacy.pth"
    paths = [DATA / name, *JUDGES]
    if not prefix:
        for k, path in enumerate(paths):
            arrays = {n.removeprefix("module."): x for n, x in read_pth(path).items()}
            paths[k] = write_arrays(tmp_path / f"{k}.pth", arrays, form)
    for weight in tiny_v2.weights:
        weight.assign(np.full(weight.shape, 0.5))
    report = load_original(tiny_v2, paths[0], paths[1:])
    assert_v2_as_recorded(tiny_v2)
    networks = (tiny_v2.generator, tiny_v2.averaged_generator, *tiny_v2.discriminators)
    weights = {weight.path for network in networks for weight in network.weights}
    assert {path for row in report.rows for path in row.weights} == weights
    counters = [n for path in paths for n in read_pth(path) if n.endswith("num_batches_tracked")]
    assert report.ignored == tuple(n.removeprefix("module.") for n in counters)
    assert "`adapt_embeddings` measured was undone" in report.notes[1]
    assert not tiny_v2.embedding_mean.numpy().any()


def test_model_is_read_off_the_file_and_equals_the_record():
    model, report = model_from_original(DATA / "netG_3.pth", JUDGES)
    config = model.get_config()
    assert {name: config[name] for name in TINY_V2} == TINY_V2
    assert tuple(config["num_residual_blocks"]) == (2, 2)
    assert config["unconditional_head"]
    assert_v2_as_recorded(model)
    assert len(report.notes) == 1


def test_v1_pictures_and_logits_equal_the_recorded_ones():
    judges = [DATA / "netD_epoch_last.pth"]
    model, report = model_from_original(DATA / "netG_epoch_3.pth", judges)
    assert isinstance(model, StackGANv1) and model.output_sizes == (64,)
    assert {name: model.get_config()[name] for name in TINY_V1} == TINY_V1
    assert_v1_as_recorded(model)
    assert "The averaged generator got the numbers of the live one." in str(report)
    path = "stage1/image_head/convolution/kernel"
    row = {row.name: row for row in report.rows}["img.0.weight"]
    assert row.weights == (f"generator/{path}", f"averaged_generator/{path}")


def test_v1_stage1_into_a_model_with_stage2():
    model = StackGANv1(image_size=256, num_residual_blocks=1, **TINY_V1)
    before = [weight.numpy() for weight in model.generator.stage2.weights]
    judges = [DATA / "netD_epoch_last.pth", None]
    report = load_original(model, DATA / "netG_epoch_3.pth", judges)
    assert_v1_as_recorded(model)
    for old, new in zip(before, model.generator.stage2.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    assert report.notes[-1] == "1 of 2 discriminators kept their weights."


def test_v1_stage2_equals_the_recorded_run(tmp_path):
    arrays, record, files = run_as_files("v1pt_stage2", tmp_path, "legacy")
    model, report = model_from_original(files["netG"], [None, files["netD"]])
    assert model.output_sizes == (64, 256) and model.num_residual_blocks == 2
    assert {n: model.get_config()[n] for n in TINY_V1} == {**TINY_V1, "discriminator_filters": 4}
    inputs = {
        "noise": arrays["inputs/noise"][0],
        "embeddings": arrays["inputs/txt"],
        "augmentation_noise": arrays["inputs/eps_stage1"][0],
        "stage2_augmentation_noise": arrays["inputs/eps"][0],
    }
    # The pictures of a first step, as weights without batch statistics draw next to nothing.
    images = model.averaged_generator(inputs, training=True)["images"]
    assert_pictures(images[0], arrays, "outputs/init_train_stage1_fake64", atol=1e-4)
    assert_pictures(images[1], arrays, "outputs/init_train_fake256", atol=1e-4)
    outputs = model.generator(inputs, training=False)
    for kind, image in (("fake", outputs["images"][1]), ("real", list(real_pictures())[2])):
        logits = model.discriminators[1](image, outputs["mean"], training=False)
        assert_logits(logits, record, f"{kind}_")
    assert len(report.rows) == sum(len(read_pth(path)) for path in files.values())


def test_unconditional_v2_equals_the_recorded_run(tmp_path):
    arrays, record, files = run_as_files("v2_uncond", tmp_path, "zip")
    model, report = model_from_original(files["netG"], [files[f"netD{k}"] for k in range(3)])
    assert model.embedding_dim is None and model.latent_dim == 10
    inputs = {"noise": arrays["inputs/noise"][0]}
    images = model.averaged_generator(inputs, training=True)["images"]
    for k, image in enumerate(images):
        assert_pictures(image, arrays, f"outputs/init_train_fake{64 * 2**k}", atol=1e-4)
    fakes = model.generator(inputs, training=False)["images"]
    for kind, images in (("fake", fakes), ("real", real_pictures())):
        for k, (image, judge) in enumerate(zip(images, model.discriminators, strict=True)):
            found = np.asarray(judge(image, training=False)["unconditional"])
            (key,) = [key for key in record if key.startswith(f"{kind}_D{k}")]
            np.testing.assert_allclose(found, record[key], atol=1e-5)
    assert report.ignored


def test_the_generator_alone_draws():
    model, report = model_from_original(DATA / "netG_3_legacy.pth", dtype="mixed_bfloat16")
    assert model.dtype_policy.name == "mixed_bfloat16"
    assert model.discriminator_filters == 4
    assert "3 of 3 discriminators kept their weights." in str(report)
    pictures = model.generate(embeddings=RECORDED["v2_txt"][:1], num_images=1, seed=0)
    assert pictures.shape == (1, 256, 256, 3)
    assert pictures.std() > 1


@pytest.mark.slow
def test_without_tensorflow(run_without_tensorflow):
    printed = run_without_tensorflow(
        f"""
        import numpy as np
        from keras_stackgan.convert import model_from_original

        recorded = np.load({str(DATA / "recorded.npz")!r})
        model, _ = model_from_original({str(DATA / "netG_epoch_3.pth")!r})
        names = {{"noise": "noise", "txt": "embeddings", "eps": "augmentation_noise"}}
        inputs = {{ours: recorded[f"v1_{{theirs}}"] for theirs, ours in names.items()}}
        image = np.asarray(model.averaged_generator(inputs, training=False)["images"][0])
        expected = recorded["v1_post_eval_fake64"].transpose(0, 2, 3, 1)
        print(np.abs(image[: len(expected)] - expected).max() < 5e-6)
        """
    )
    assert printed.split() == ["True"]


# === The report ===


def test_report_has_every_tensor_and_its_numbers(tiny_v2):
    report = load_original(tiny_v2, DATA / "netG_3.pth")
    assert isinstance(report, ConversionReport)
    tensors = read_pth(DATA / "netG_3.pth")
    assert len(report.rows) == 90 and len(report.ignored) == 17
    for row in report.rows:
        tensor = tensors[f"module.{row.name}"]
        assert (row.file, row.shape) == ("netG_3.pth", tensor.shape)
        np.testing.assert_allclose(
            (row.minimum, row.mean, row.maximum),
            (tensor.min(), tensor.mean(), tensor.max()),
            rtol=1e-5,
            atol=1e-7,
        )
        assert [path.split("/")[0] for path in row.weights] == ["generator", "averaged_generator"]
    lines = str(report).splitlines()
    assert lines[0].split() == ["tensor", "shape", "minimum", "mean", "maximum", "weights"]
    assert lines[1] == "netG_3.pth:"
    (line,) = [line for line in lines if line.startswith("img_net1.img.0.weight")]
    assert " 3x4x3x3 " in line and line.endswith("/image_head_64/convolution/kernel")
    count = sum(row.shape and int(np.prod(row.shape)) for row in report.rows)
    assert f"90 tensors with {count:,} numbers were taken." in lines
    assert "17 counters of batches (num_batches_tracked) were left out" in str(report)
    assert "a moving average, and the live generator's batch statistics" in str(report)
