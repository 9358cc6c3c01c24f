"""The table over several seeds, and the recipes that lack one part of ours."""

from dataclasses import fields
from itertools import pairwise

import pytest
import torch
from torch import nn

from nnlib.vgg import LADDER, RECIPES, Augment, WhitenedVGG
from nnlib.vgg.ablation import ABLATION, BRIEF, LearnedFirstLayer, random_start, with_relu
from nnlib.vgg.seeds import BEFORE, compare

LACKING = {recipe.name: recipe for recipe in ABLATION[1:]}


def test_the_table_by_hand():
    found = compare(
        {
            "report": {1: 0.70, 2: 0.73, 3: 0.76},
            "norm": {1: 0.75, 2: 0.75, 3: 0.75},
            "report-tuned": {1: 0.80, 2: 0.80, 3: 0.83},
            "ours-long": {1: 0.9, 2: 0.9, 3: 0.92},
        }
    )
    heads, *lines = found.splitlines()
    assert heads.split() == ["mean", "sd", "lowest", "highest", "gain:", "mean", "least", "most", "over"]
    assert [line.split() for line in lines] == [
        ["report", "73.0", "3.0", "70.0", "76.0"],
        ["norm", "75.0", "0.0", "75.0", "75.0", "+2.0", "-1.0", "+5.0", "report"],
        ["report-tuned", "81.0", "1.7", "80.0", "83.0", "+8.0", "+7.0", "+10.0", "report"],
        ["ours-long", "90.7", "1.2", "90.0", "92.0"],
    ]
    for head in ("mean", "sd", "lowest", "highest"):
        end = heads.index(head) + len(head)
        assert all(line[end - 1].isdigit() and line[end : end + 1] in ("", " ") for line in lines)


def test_every_recipe_but_the_first_of_each_set_has_one_before_it():
    assert set(BEFORE) == {*RECIPES, *LACKING} - {"handout"}
    assert set(BEFORE.values()) <= {*RECIPES, BRIEF.name}
    assert all(BEFORE[later.name] == earlier.name for earlier, later in pairwise(LADDER))
    assert {BEFORE[name] for name in LACKING} == {"brief"}


@pytest.mark.parametrize("recipe", LACKING.values(), ids=LACKING)
def test_one_part_is_lacking_and_no_more(recipe):
    differ = {field.name for field in fields(recipe) if getattr(recipe, field.name) != getattr(BRIEF, field.name)}
    part = {
        "no-whitening": {"network": LearnedFirstLayer},
        "no-identity": {"network": random_start},
        "no-gelu": {"network": with_relu},
        "no-fast-biases": {"optimizer": recipe.optimizer},  # see below
        "no-small-first": {"resolutions": (32,)},
        "no-smoothing": {"label_smoothing": 0.0},
        "no-augmentation": {"augment": Augment(translate=0, flip=False, cutout=0)},
        "no-views": {"tta_flip": False, "tta_shift": 0},
    }[recipe.name]
    assert differ == {"name", "title", *part}
    assert {name: getattr(recipe, name) for name in part} == part
    assert (recipe.training() == BRIEF.training()) == (recipe.name == "no-views")


def kinds(net):
    return [type(module).__name__ for module in net.modules() if not list(module.children())]


def equal(one, other, names):
    state, others = one.state_dict(), other.state_dict()
    return [name for name in names if torch.equal(state[name], others[name])]


def test_the_networks_without_a_part():
    whole = BRIEF.make_network()
    nets = {name: LACKING[f"no-{name}"].make_network() for name in ("whitening", "identity", "gelu")}
    names = list(whole.state_dict())
    convolutions = [f"conv.{place}.weight" for place, module in enumerate(whole.conv) if isinstance(module, nn.Conv2d)]

    assert kinds(nets["gelu"]) == [kind.replace("GELU", "ReLU") for kind in kinds(whole)]
    assert equal(nets["gelu"], whole, names) == names

    assert kinds(nets["identity"]) == kinds(whole)
    assert set(names) - set(equal(nets["identity"], whole, names)) == set(convolutions)

    learned = nets["whitening"]
    assert equal(learned, whole, names) == names
    before = learned.whitening.weight.clone()
    images = torch.rand(20, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    learned.init_whitening(images)
    assert torch.equal(learned.whitening.weight, before)
    assert learned.whitening.weight.requires_grad
    assert not whole.whitening.weight.requires_grad
    assert isinstance(whole, WhitenedVGG)


def test_biases_no_faster_than_weights():
    for recipe, factor in ((BRIEF, 64), (LACKING["no-fast-biases"], 1)):
        weights, biases = recipe.optimizer(recipe.make_network(), 0.5).param_groups
        assert biases["lr"] == factor * weights["lr"] == factor * 0.5
