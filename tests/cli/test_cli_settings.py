"""Settings of a run that cannot be: refused before anything is read, by --dry_run too."""

import pytest

from keras_stackgan.cli import train_checks
from keras_stackgan.cli.main import main


def refused(capsys, *arguments):
    """Runs a dry run that must fail, and returns its one line."""
    assert main(["train", "--dry_run", *arguments]) == 2
    shown = capsys.readouterr()
    assert not shown.out and shown.err.count("\n") == 1
    return shown.err


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        (
            "nosuch=1",
            "The settings must hold nothing but begin_from, data, guide, machine, model",
        ),
        ("giude=runs/text", "Did you mean 'guide'?"),
        ("run.sead=3", "`run` must hold nothing but"),
        ("run.sead=3", "Received: 'sead'. Did you mean 'seed'?"),
        ("data.splitt=all", "Did you mean 'split'?"),
        ("text.encoders=minilm", "Did you mean 'encoder'?"),
        ("model.confg={}", "Did you mean 'config'?"),
        ("data.batches.flips=true", "Did you mean 'flip'?"),
        ("data.batches=1", "`data.batches` must hold settings by name. Received: 1"),
    ],
)
def test_an_unknown_setting_is_refused(capsys, assignment, message):
    recipe = ["--recipe", "captions_cpu"]
    assert message in refused(capsys, *recipe, "--set", assignment)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--image_sizes 20", "`image_sizes` must be a power of two"),
        # The recipe's first phase could be made, the second could not.
        ("--image_sizes 64,32", "Received: 32 after 64"),
        ("--image_sizes 64,256", "Received: 256 after 64"),
        ("--generator_filters 6", "it must be a multiple of 4"),
        (
            "--dtype float8",
            "'float32', 'mixed_bfloat16', 'mixed_float16', 'bfloat16', 'float16', 'float64'",
        ),
        ("--text_encoder nosuch", "taught, minilm, hashed_ngrams, char_cnn_rnn or the directory"),
        ("--set phases.0.compile.r1=1", "Received: 'r1'."),
        ("--set phases.2.compile.kl_wieght=1", "Did you mean 'kl_weight'?"),
        ("--set model.config.latent_dims=8", "Did you mean 'latent_dim'?"),
        ("--set model.class_name=StackGANv3", "StackGANv1"),
    ],
)
def test_what_could_not_run_is_refused(capsys, arguments, message):
    assert message in refused(capsys, "--recipe", "captions_cpu", *arguments.split())


@pytest.mark.parametrize("recipe", ["stackgan_v1_cub", "dcgan_lsun_bedroom"])
def test_sizes_of_other_models_are_checked_too(capsys, recipe):
    assert "must be a power of two" in refused(capsys, "--recipe", recipe, "--image_sizes", "60")


def test_every_recipe_is_known_by_the_checks():
    from keras_stackgan import recipes

    for name in recipes.names():
        train_checks.check(recipes.get(name).settings)


def test_where_there_is_no_run_nothing_is_picked_first(capsys, tmp_path):
    run = str(tmp_path / "none")
    assert main(["train", "--run_dir", run, "--resume"]) == 2
    line = f"keras-stackgan: '{run}' holds no run to go on with. Give --data to begin one.\n"
    assert capsys.readouterr().err == line
