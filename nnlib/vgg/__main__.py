"""`python -m nnlib.vgg`: train Q6's recipes from a shell, on one machine or, under torchrun, on several processes."""

import argparse
import itertools
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import mean, stdev

import torch

from nnlib.data import DataError
from nnlib.provenance.source import CodeError
from nnlib.tables import align
from nnlib.vgg import checkpoint
from nnlib.vgg.cifar10 import load_for
from nnlib.vgg.recipes import ABLATION, BEFORE, PROFILES, RECIPES, STARTS, Recipe
from nnlib.vgg.trainer import pick_device, processes, run
from nnlib.vgg.training import DivergenceError

_ALL = (*RECIPES.values(), *STARTS, *ABLATION)
_GROUPS = {recipe.name: (recipe,) for recipe in _ALL} | {"ablation": ABLATION}  # by what may be named

_EXAMPLES = """examples:
  python -m nnlib.vgg                                     all of it, as the notebook does with PROFILE=full
  python -m nnlib.vgg ours-short --profile quick          a few steps of one training, to see that it runs
  python -m nnlib.vgg --seeds 598 1 2                     each three times, and a table of what each step gains
  python -m nnlib.vgg ablation                            ours in four epochs, and without each of its parts
  torchrun --nproc-per-node 2 -m nnlib.vgg report         on two processes, which share every minibatch

Every epoch ends with a checkpoint. Interrupt with Ctrl-C; the same command goes on from the last one. A training that
is complete is read and not repeated. The checkpoints are in build/checkpoints/, or where NNLIB_CHECKPOINTS says."""


def _named(name: str) -> tuple[Recipe, ...]:
    if name not in _GROUPS:
        raise argparse.ArgumentTypeError(f"no recipe {name!r}; there are: {', '.join(_GROUPS)}")
    return _GROUPS[name]


def _device(name: str) -> torch.device:
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:  # the latter from a PyTorch that was built without it
        raise argparse.ArgumentTypeError(str(error).splitlines()[0]) from None


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**64:  # PyTorch's generators take 64 bits
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to 2**64 - 1, got {text!r}")
    return int(text)


def _join_processes(device: torch.device) -> torch.device:
    """Return the current process's device; join the others if torchrun started it."""
    if "WORLD_SIZE" not in os.environ:
        return device
    if cuda := device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    torch.distributed.init_process_group("nccl" if cuda else "gloo")
    return device if cuda else torch.device("cpu")  # no backend of torch.distributed reduces tensors of other devices


def compare(accuracies: Mapping[str, Mapping[int, float]]) -> str:
    """Return a table in percent of recipes over the same seeds, two or more, and their gains over those in `BEFORE`.

    `accuracies` maps a recipe's name to a fraction for each seed; `sd` is the sample's, over n - 1; a gain is by seed.
    """
    rows = [("", "mean", "sd", "lowest", "highest", "gain:", "mean", "least", "most", "over")]
    for name, by_seed in accuracies.items():
        values, before, gain = [100 * value for value in by_seed.values()], BEFORE.get(name), [""] * 4
        if before in accuracies:
            gains = [100 * (value - accuracies[before][seed]) for seed, value in by_seed.items()]
            gain = [*(f"{value:+.1f}" for value in (mean(gains), min(gains), max(gains))), before]
        row = [f"{value:.1f}" for value in (mean(values), stdev(values), min(values), max(values))]
        rows.append((f"{name:15}", *row, "", *gain))
    return "\n".join(align(rows, str.rjust))


def _train(recipes: list[Recipe], arguments: argparse.Namespace) -> bool:
    """Train the recipes and print each result; return whether none failed."""
    profile, seeds = PROFILES[arguments.profile], list(dict.fromkeys(arguments.seeds))  # each once
    folder = arguments.folder or checkpoint.default_folder() / profile.name
    device = _join_processes(arguments.device or pick_device())
    try:
        data, (rank, world) = load_for(profile), processes()
        show = partial(print, flush=True) if rank == 0 else (lambda *_, **__: None)
        show(f"{data!r}\ntrained on {device}, {world} process{'es' * (world > 1)}")
        accuracies: dict[str, dict[int, float]] = {recipe.name: {} for recipe in recipes}
        for recipe, seed in itertools.product(recipes, seeds):
            seeded = recipe if seed is None else replace(recipe, seed=seed)
            try:
                result = run(profile.shorten(seeded), data, device=device, folder=folder)
                accuracies[recipe.name][seeded.seed] = result.val_acc
                outcome = f"validation {result.val_acc:.2%}   {result.seconds:.1f} s   {result.machine}"
                stream = sys.stdout
            except (DataError, DivergenceError) as error:  # in all processes, if in one
                outcome, stream = f"failed: {error}", sys.stderr
            show(f"{recipe.name:15} seed {seeded.seed}   {outcome}", file=stream)
        whole = {name: by_seed for name, by_seed in accuracies.items() if len(by_seed) == len(seeds)}
        if len(seeds) > 1 and whole:
            show(f"\nvalidation accuracy in percent, {len(seeds)} seeds\n{compare(whole)}")
        return whole.keys() == accuracies.keys()
    finally:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a failure, 2 for a wrong name, 130 after Ctrl-C."""
    options = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False, "epilog": _EXAMPLES}
    usage = "%(prog)s [NAME ...] [options]"
    parser = argparse.ArgumentParser("python -m nnlib.vgg", usage, __doc__, **options)
    add = parser.add_argument
    add("recipes", nargs="*", type=_named, metavar="NAME", help="recipes (default: the notebook's)")
    add("--list", action="store_true", help="list the recipes and stop")
    add("--profile", choices=PROFILES, default="full", help="how much of the work (default: full)")
    seeds = "after the names: train each recipe once with each seed (default: the recipe's own)"
    add("--seeds", nargs="+", type=_seed, metavar="SEED", default=[None], help=seeds)
    add("--device", type=_device, help="such as cpu or cuda (default: the best there is)")
    add("--folder", type=Path, metavar="DIR", help="for checkpoints")
    arguments = parser.parse_args(argv)
    if arguments.list:
        for recipe in _ALL:
            what = f"{recipe.epochs:2} epochs, batches of {recipe.batch_size}{'   ablation' * (recipe in ABLATION)}"
            print(f"{recipe.name:15} {recipe.title:26} {what}")
        return 0
    recipes = dict.fromkeys(itertools.chain.from_iterable(arguments.recipes or [RECIPES.values()]))  # each once
    try:
        return 0 if _train(list(recipes), arguments) else 1
    except (ValueError, OSError, CodeError) as error:  # DataError is a ValueError
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on after the last whole epoch.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
