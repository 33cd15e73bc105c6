"""Named recipes: all of them load, and what is malformed is named."""

import copy
import json

import pytest

from keras_stackgan import recipes
from keras_stackgan.data import sources
from keras_stackgan.recipes import NamedRecipe
from keras_stackgan.recipes.named_recipe import FOLDER
from keras_stackgan.training import building

PUBLISHED = [name for name in recipes.names() if recipes.get(name).about["paper"]]


def test_every_row_that_the_papers_trained_is_there():
    assert PUBLISHED == [
        "dcgan_lsun_bedroom",
        "gan_int_cls_cub",
        "gawwn_cub",
        "stackgan_v1_coco",
        "stackgan_v1_cub",
        "stackgan_v1_flowers",
        "stackgan_v2_cub",
        "stackgan_v2_imagenet_cat",
        "stackgan_v2_imagenet_dog",
        "stackgan_v2_lsun_bedroom",
        "stackgan_v2_lsun_church",
        "wgan_gp_lsun_bedroom",
    ]


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_is_complete(name):
    recipe = recipes.get(name)
    text = str(recipe)
    assert f"--recipe {name}" in text and recipe.about["title"] in text
    assert recipe.about["hardware"] and recipe.about["time"]
    for entry in recipe.about["published"]:
        assert set(entry) == {"metric", "value", "source"}
    assert recipe.settings["data"]["source"] in sources.names()


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_makes_a_model_that_compiles(name):
    # At tiny width and size: names and kinds of all arguments are what is tested.
    settings = copy.deepcopy(recipes.get(name).settings)
    config = settings["model"]["config"]
    kind = settings["model"]["class_name"]
    config.update(generator_filters=8, discriminator_filters=2, latent_dim=4)
    if kind not in ("DCGAN", "WGANGP"):
        config.update(conditioning_dim=4)
    if kind in ("DCGAN", "WGANGP", "GANINTCLS", "GAWWN"):
        config.update(image_size=32)
    elif kind == "StackGANv1":
        config.update(stage1_size=16, image_size=32, num_residual_blocks=1)
    else:
        config.update(image_sizes=[16, 32, 64], num_residual_blocks=1)
    if kind not in ("DCGAN", "WGANGP") and config.get("embedding_dim", 0) is not None:
        config["embedding_dim"] = 8
    model = building.make_model(settings["model"], settings["phases"][0])
    for number, phase in enumerate(settings["phases"]):
        model = building.next_model(model, settings["model"], phase)
        building.compile_model(model, phase, seed=number)
        building.schedules(model, {**phase, "steps": phase.get("steps", 10)}, 0)
        assert len(model.training_sizes) == (3 if "epochs" in phase and "stages" in phase else 1)


def test_settings_of_the_systems_compared_with_are_those_of_their_authors():
    birds, boxes = (recipes.get(name).settings for name in ("gan_int_cls_cub", "gawwn_cub"))
    for settings, batch_size in ((birds, 64), (boxes, 16)):
        (phase,) = settings["phases"]
        assert (phase["epochs"], phase["batch_size"]) == (600, batch_size)
        decay = building.schedules(None, phase, 0)[0]
        assert decay.rate(1.0, 99) == 1.0 and decay.rate(1.0, 100) == 0.5
        assert settings["data"]["batches"]["average_captions"] == 4
    assert boxes["data"]["batches"]["boxes"] and not boxes["data"]["batches"]["use_boxes"]
    (phase,) = recipes.get("wgan_gp_lsun_bedroom").settings["phases"]
    assert (phase["steps"], phase["batch_size"]) == (200_000, 5 * 64)


def test_published_settings_are_those_of_the_releases():
    birds = recipes.get("stackgan_v2_cub").settings
    assert birds["phases"] == [
        {"name": "all", "stages": 3, "epochs": 600, "batch_size": 24, "compile": {}}
    ]
    first, second = recipes.get("stackgan_v1_flowers").settings["phases"]
    assert (first["epochs"], second["epochs"]) == (600, 1200 - 587)
    # Stage-II's rate is first halved in the release's epoch 700.
    decay = building.schedules(None, second, 0)[0]
    assert decay.rate(1.0, 699 - 587) == 1.0 and decay.rate(1.0, 700 - 587) == 0.5


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="captions_cpu, .*Received: 'nothing'"):
        recipes.get("nothing")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": 1}, r"adds \['colour'\]"),
        ({"phases": []}, "at least one"),
        ({"phases": [{"name": "a", "batch_size": 2}]}, "either `steps` or `epochs`"),
        ({"phases": [{"name": "a", "batch_size": 0, "steps": 1}]}, "batch_size=0"),
        ({"phases": [{"name": "a", "batch_size": 2, "steps": 1, "lr": 1}]}, "lr=1"),
        ({"phases": [{"name": "a", "batch_size": 2, "steps": 1}] * 2}, "names that differ"),
    ],
)
def test_a_malformed_recipe_is_named(tmp_path, change, message):
    content = json.loads((FOLDER / "captions_cpu.json").read_text())
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**content, **change}))
    with pytest.raises(ValueError, match=message):
        NamedRecipe.from_file(path)
    path.write_text(json.dumps(content))
    assert recipes.get(str(path)).name == "mine"
