"""The recipes: what each decides, the ladder's steps, the ablation, schedules and networks."""

from dataclasses import fields, replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from vgg_small import CPU, assert_same_state, dataset, small_recipe

from nnlib.provenance.plain_json import to_json
from nnlib.vgg.analysis import cost
from nnlib.vgg.loader import Augment
from nnlib.vgg.networks import VGG11, WhitenedVGG, start_from_he
from nnlib.vgg.recipes import (
    ABLATION,
    BEFORE,
    BRIEF,
    HANDOUT,
    LADDER,
    OURS,
    PROFILES,
    RECIPES,
    REPORT,
    TUNED,
    OneCycle,
    Profile,
    adam,
    changes,
    nesterov,
)
from nnlib.vgg.trainer import Trainer

STEPS = {
    "relu": {"network"},
    "report": {"network", "precision"},
    "norm": {"network"},
    "augment": {"augment"},
    "cycle": {"schedule", "learning_rate"},
    "smooth": {"label_smoothing"},
    "flip": {"tta_flip"},
}


def difference(recipe, other):
    names = (field.name for field in fields(recipe))
    return {name for name in names if to_json(getattr(recipe, name)) != to_json(getattr(other, name))}


def test_the_ladder_starts_at_the_handouts():
    assert [recipe.name for recipe in LADDER] == ["handout", *STEPS]
    assert LADDER[0] is HANDOUT
    assert (HANDOUT.network, HANDOUT.optimizer, HANDOUT.learning_rate) == (VGG11, adam, 1e-3)
    assert (HANDOUT.epochs, HANDOUT.batch_size, HANDOUT.schedule, HANDOUT.augment.flip) == (10, 100, None, False)
    assert type(HANDOUT.optimizer(VGG11(), 0.5)) is torch.optim.Adam


@pytest.mark.parametrize(("before", "recipe"), list(pairwise(LADDER)))
def test_each_rung_differs_from_the_one_before_in_what_its_title_says(before, recipe):
    assert recipe.title.startswith("+ ")
    assert difference(recipe, before) == {"name", "title"} | STEPS[recipe.name]


def test_the_networks_of_the_rungs_differ_in_one_option_each():
    options = [to_json(recipe.network).get("keywords", {}) for recipe in LADDER[:4]]
    assert options == [{}, {"relu": True}, {"relu": True, "width": 4}, {"relu": True, "width": 4, "batch_norm": True}]


def test_flipping_at_the_test_shares_the_training_and_nothing_else_does():
    trainings = {recipe.name: recipe.training() for recipe in RECIPES.values()}
    assert trainings["flip"] == trainings["smooth"]
    assert len({str(training) for training in trainings.values()}) == len(RECIPES) - 1
    assert replace(HANDOUT, seed=1).training() != HANDOUT.training()


@pytest.mark.parametrize(("recipe", "own"), list(zip(TUNED, (HANDOUT, REPORT), strict=True)))
def test_the_tuned_ones_have_the_same_network_and_as_many_epochs(recipe, own):
    assert difference(recipe, own) == {"name", "title", "augment", "schedule"}
    assert (recipe.schedule, recipe.augment.flip, own.augment.flip) == (OneCycle(), True, False)


def test_names_are_unique():
    assert list(RECIPES.values()) == [*LADDER, *TUNED, *OURS]
    assert all(name == recipe.name for name, recipe in RECIPES.items())
    assert len({recipe.title for recipe in RECIPES.values()}) == len(RECIPES)


@pytest.mark.parametrize("recipe", [HANDOUT, OURS[0]], ids=lambda recipe: recipe.name)
def test_the_seed_alone_decides_the_initial_weights(recipe):
    torch.manual_seed(1)
    first, state = recipe.make_network(), torch.get_rng_state()
    torch.manual_seed(2)
    assert_same_state(recipe.make_network().state_dict(), first.state_dict())
    other = replace(recipe, seed=1).make_network()
    assert not torch.equal(first_weights(other), first_weights(first))
    torch.manual_seed(1)
    assert torch.equal(torch.get_rng_state(), state)


def test_making_a_network_does_not_seed_accelerators(monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    HANDOUT.make_network()
    assert seeded == []
    torch.manual_seed(1)
    assert seeded == [1]  # so it would have been noticed


def first_weights(net):
    return net.fc[0].weight if isinstance(net, VGG11) else net.fc.weight


def test_one_cycle_in_straight_lines_for_both_groups():
    recipe = small_recipe(epochs=3, schedule=OneCycle(start=0.2, peak=0.25, end=0.02))
    optimizer = nesterov(recipe.make_network(), 0.5)
    scheduler = recipe.make_scheduler(optimizer, 13)
    rates = []
    for _ in range(3 * 13):
        rates.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    rates.append([group["lr"] for group in optimizer.param_groups])  # that a further step would have
    shares = np.interp(np.arange(40), [0, 9, 39], [0.2, 1.0, 0.02])
    np.testing.assert_allclose(rates, shares[:, None] * [0.5, 64 * 0.5], rtol=1e-9)
    assert {group["momentum"] for group in optimizer.param_groups} == {0.85}  # not cycled


@pytest.mark.parametrize("steps", [2, 3, 4, 10])
def test_a_schedule_of_few_steps(steps):
    recipe = small_recipe(epochs=1, schedule=OneCycle(peak=0.25))
    optimizer = adam(VGG11(), 0.5)
    scheduler = recipe.make_scheduler(optimizer, steps)
    for _ in range(steps):
        assert 0 < optimizer.param_groups[0]["lr"] <= 0.5
        optimizer.step()
        scheduler.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.02 * 0.5)


def test_without_a_schedule_the_rate_is_constant():
    optimizer = adam(VGG11(), 1e-3)
    scheduler = HANDOUT.make_scheduler(optimizer, 10)
    for _ in range(10):
        assert optimizer.param_groups[0]["lr"] == 1e-3
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize(
    ("resolutions", "epochs", "expected"),
    [
        ((32,), 3, [32, 32, 32]),
        ((20, 24, 28, 32), 12, [20] * 3 + [24] * 3 + [28] * 3 + [32] * 3),
        ((20, 32), 3, [20, 20, 32]),
        ((20, 24, 28, 32), 2, [20, 28]),
        ((20, 32), 1, [20]),
    ],
)
def test_the_resolution_of_each_epoch(resolutions, epochs, expected):
    trainer = Trainer(small_recipe(resolutions=resolutions, epochs=epochs), dataset(20, 1), CPU)
    assert trainer.batches.resolutions == tuple(expected)


def test_nesterovs_groups_hold_each_trained_parameter_once():
    net = OURS[0].make_network()
    optimizer = nesterov(net, 0.5, momentum=0.8, weight_decay=0.01, bias_factor=10)
    held = [id(parameter) for group in optimizer.param_groups for parameter in group["params"]]
    trained = {id(parameter) for parameter in net.parameters() if parameter.requires_grad}
    assert len(held) == len(set(held))
    assert set(held) == trained < {id(parameter) for parameter in net.parameters()}
    weights, biases = optimizer.param_groups
    assert {parameter.ndim for parameter in biases["params"]} == {1}
    assert {parameter.ndim for parameter in weights["params"]} == {2, 4}
    assert (weights["lr"], weights["weight_decay"]) == (0.5, 0.01)
    assert (biases["lr"], biases["weight_decay"]) == (5.0, pytest.approx(0.001))
    assert all(group["nesterov"] and group["momentum"] == 0.8 for group in optimizer.param_groups)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"epochs": 0}, "^epochs: expected a whole number of at least 1, got 0"),
        ({"epochs": 1.5}, "^epochs: expected a whole number"),
        ({"batch_size": -1}, "^batch_size: expected a whole number of at least 1, got -1"),
        ({"precision": "float16"}, "^precision: expected one of 'float32', 'bfloat16', got 'float16'"),
    ],
)
def test_errors_name_the_argument(changed, match):
    with pytest.raises(ValueError, match=match):
        small_recipe(**changed)


def test_profiles_shorten_and_never_lengthen():
    an_epoch = 3 * cost(VGG11()).flops * 1000  # of the handout's network
    profile = Profile(name="some", num_train=1000, num_val=1, num_test=1, flops=4.5 * an_epoch)
    assert [profile.shorten(recipe).epochs for recipe in (HANDOUT, *OURS)] == [4, 1, 1]
    assert replace(profile, flops=100 * an_epoch).shorten(HANDOUT) == HANDOUT
    assert difference(profile.shorten(HANDOUT), HANDOUT) == {"epochs"}
    short = profile.shorten(OURS[1])
    assert difference(short, OURS[1]) == {"epochs", "batch_size", "learning_rate", "resolutions"}
    assert short.learning_rate / short.batch_size == pytest.approx(OURS[1].learning_rate / OURS[1].batch_size)
    assert all(PROFILES["full"].shorten(recipe) == recipe for recipe in RECIPES.values())
    assert all(name == profile.name for name, profile in PROFILES.items())


def test_what_each_profile_trains():
    trained = {name: [r.name for r in RECIPES.values() if profile.trains(r)] for name, profile in PROFILES.items()}
    assert trained == {"quick": [*RECIPES], "lesson": ["handout", "relu"], "full": [*RECIPES]}
    lesson, full = PROFILES["lesson"], PROFILES["full"]
    assert all(lesson.shorten(RECIPES[name]) == RECIPES[name] for name in trained["lesson"])
    assert replace(lesson, name="full", recipes=None) == full
    assert {cost(RECIPES[name].make_network()).parameters for name in trained["lesson"]} == {149_370}


def test_changes_names_what_differs():
    found = [changes(before, after) for before, after in pairwise(LADDER)]
    assert found == [
        {"network.relu"},
        {"network.width", "precision"},
        {"network.batch_norm"},
        {"augment"},
        {"schedule"},
        {"label_smoothing"},
        {"tta_flip"},
    ]
    assert changes(HANDOUT, HANDOUT) == changes(HANDOUT, replace(HANDOUT, name="a", title="b")) == set()
    assert changes(LADDER[4], replace(LADDER[4], learning_rate=1.0, epochs=3)) == {"learning_rate", "epochs"}


@pytest.mark.parametrize("he", [False, True])
def test_a_starts_weights_have_the_deviation_that_it_says(he):
    net = VGG11(width=4, relu=True)
    assert not he or start_from_he(net) is net
    for layer in net.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            fan_in = layer.weight[0].numel()
            expected = (2 if he else 1 / 3) / fan_in
            assert layer.weight.var().item() == pytest.approx(expected, rel=0.2), layer
            assert bool((layer.bias == 0).all()) is he


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_trains(recipe):
    training = Trainer(replace(recipe, batch_size=20, epochs=1), dataset(40, 20), CPU)
    before = {name: parameter.detach().clone() for name, parameter in training.net.named_parameters()}
    filters = [parameter for parameter in training.net.parameters() if parameter.ndim == 4]
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in filters)
    result = training.finish()
    assert len(result.history.loss_history) == 2
    assert np.isfinite(result.history.loss_history).all()
    assert 0 <= result.val_acc <= 1
    for name, parameter in training.net.named_parameters():
        if parameter.ndim > 1:
            assert torch.equal(parameter, before[name]) is not parameter.requires_grad, name


LACKING = {recipe.name: recipe for recipe in ABLATION[1:]}


def test_a_gain_is_measured_from_the_recipe_before():
    assert set(BEFORE) == {*RECIPES, *LACKING, "handout-he", "relu-he"} - {"handout"}
    assert set(BEFORE.values()) <= {*RECIPES, BRIEF.name}
    assert all(BEFORE[later.name] == earlier.name for earlier, later in pairwise(LADDER))
    assert {BEFORE[name] for name in LACKING} == {"brief"}


@pytest.mark.parametrize("recipe", LACKING.values(), ids=LACKING)
def test_one_part_is_lacking_and_no_more(recipe):
    field, value = {
        "no-whitening": ("network", partial(WhitenedVGG, whiten=False)),
        "no-identity": ("network", partial(WhitenedVGG, identity=False)),
        "no-gelu": ("network", partial(WhitenedVGG, activation=torch.nn.ReLU)),
        "no-fast-biases": ("optimizer", partial(nesterov, bias_factor=1)),
        "no-small-first": ("resolutions", (32,)),
        "no-smoothing": ("label_smoothing", 0.0),
        "no-augmentation": ("augment", Augment(translate=0, flip=False, cutout=0)),
        "no-views": ("tta_flip", False),
    }[recipe.name]
    also = {"tta_shift"} if recipe.name == "no-views" else set()
    assert difference(recipe, BRIEF) == {"name", "title", field} | also
    assert to_json(getattr(recipe, field)) == to_json(value)
    assert recipe.tta_shift == (0 if also else 1)
    assert (recipe.training() == BRIEF.training()) == (recipe.name == "no-views")


def test_biases_no_faster_than_weights():
    for recipe, factor in ((BRIEF, 64), (LACKING["no-fast-biases"], 1)):
        weights, biases = recipe.optimizer(recipe.make_network(), 0.5).param_groups
        assert biases["lr"] == factor * weights["lr"] == factor * 0.5
