"""`python -m nnlib.vgg`: train Q6's recipes from a shell, on one machine or, under torchrun, on several processes."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed

from nnlib.data import DataError, Dataset
from nnlib.vgg import checkpoint
from nnlib.vgg.ablation import ABLATION
from nnlib.vgg.cifar10 import load_for
from nnlib.vgg.device import pick_device
from nnlib.vgg.recipes import PROFILES, RECIPES, Profile, Recipe
from nnlib.vgg.seeds import compare
from nnlib.vgg.trainer import run
from nnlib.vgg.training import DivergenceError

_ABLATION = "ablation"  # names all of its recipes
_BY_NAME = RECIPES | {recipe.name: recipe for recipe in ABLATION}

_EXAMPLES = """examples:
  python -m nnlib.vgg --list                              what there is to train
  python -m nnlib.vgg                                     all of it, as the notebook does with PROFILE=full
  python -m nnlib.vgg ours-short                          one training
  python -m nnlib.vgg ours-short --profile quick          a few steps of it, to see that it runs
  python -m nnlib.vgg ours-long --seeds 1                 the same from other random numbers
  python -m nnlib.vgg --seeds 598 1 2                     each three times, and a table of what each step brings
  python -m nnlib.vgg ablation                            ours in four epochs, and without each of its parts
  torchrun --nproc-per-node 2 -m nnlib.vgg report         on two processes, which share every minibatch

Every epoch ends with a checkpoint. Interrupt with Ctrl-C; the same command goes on from the last one. A training that
is complete is read and not repeated. The checkpoints are in build/checkpoints/, or where NNLIB_CHECKPOINTS says."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nnlib.vgg",
        usage="%(prog)s [NAME ...] [options]",
        allow_abbrev=False,
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="recipes (default: the notebook's)")
    parser.add_argument("--list", action="store_true", help="list the recipes and stop")
    parser.add_argument("--profile", choices=PROFILES, default="full", help="how much of the work (default: full)")
    parser.add_argument(
        "--seeds",
        nargs="+",
        type=_seed,
        metavar="SEED",
        help="after the names: of weights, order and augmentation; each recipe is trained once with each "
        "(default: the recipe's own)",
    )
    parser.add_argument("--device", type=_device, help="such as cpu or cuda (default: the best there is)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="for checkpoints")
    return parser


def _device(name: str) -> torch.device:
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:  # the latter where PyTorch was built without it
        raise argparse.ArgumentTypeError(str(error).splitlines()[0]) from None


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**64:  # PyTorch's generators take 64 bits
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to 2**64 - 1, got {text!r}")
    return int(text)


def _recipes(names: list[str]) -> list[Recipe]:
    """Return the recipes of these names, each once; those of the notebook without a name."""
    chosen = itertools.chain.from_iterable(
        ABLATION if name == _ABLATION else [_BY_NAME[name]] for name in names or RECIPES
    )
    return list({recipe.name: recipe for recipe in chosen}.values())


def _join_processes(device: torch.device) -> tuple[torch.device, int, int]:
    """Return this process's device, its number and how many there are; join the others if torchrun started it."""
    if "WORLD_SIZE" not in os.environ:
        return device, 0, 1
    if device.type not in ("cpu", "cuda"):
        device = torch.device("cpu")  # no backend of torch.distributed reduces the tensors of other devices
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return device, torch.distributed.get_rank(), torch.distributed.get_world_size()


def _load(profile: Profile, world: int) -> Dataset:
    """Return the images. They may have to be downloaded, and machines may share a folder: each has its turn.

    In it a machine's first process loads; after all machines, the other processes read what is there.
    """
    if world == 1:
        return load_for(profile)
    machines = int(os.environ["GROUP_WORLD_SIZE"])
    mine = int(os.environ["GROUP_RANK"]) if os.environ["LOCAL_RANK"] == "0" else machines
    for turn in range(machines + 1):
        if turn == mine:
            data = load_for(profile, download=turn < machines)
        torch.distributed.barrier()
    return data


def _train(recipes: list[Recipe], arguments: argparse.Namespace) -> bool:
    """Train the recipes and print what came of each; return whether none failed."""
    profile = PROFILES[arguments.profile]
    seeds = list(dict.fromkeys(arguments.seeds or [None]))  # each once; None is the recipe's own
    folder = arguments.folder or checkpoint.default_folder() / profile.name
    device, rank, world = _join_processes(arguments.device or pick_device())
    try:
        data = _load(profile, world)
        if rank == 0:
            print(f"{data!r}\ntrained on {device}, {world} process{'es' * (world > 1)}", flush=True)
        accuracies: dict[str, dict[int, float]] = {recipe.name: {} for recipe in recipes}
        for recipe, seed in itertools.product(recipes, seeds):
            seeded = recipe if seed is None else replace(recipe, seed=seed)
            try:
                result = run(profile.shorten(seeded), data, device=device, folder=folder, rank=rank, world=world)
            except (DataError, DivergenceError) as error:  # in all processes, if in one
                outcome, stream = f"failed: {error}", sys.stderr
            else:
                accuracies[recipe.name][seeded.seed] = result.val_acc
                outcome = f"validation {result.val_acc:.2%}   {result.seconds:.1f} s   {result.machine}"
                stream = sys.stdout
            if rank == 0:
                print(f"{recipe.name:15} seed {seeded.seed}   {outcome}", file=stream, flush=True)
        whole = {name: by_seed for name, by_seed in accuracies.items() if len(by_seed) == len(seeds)}
        if rank == 0 and len(seeds) > 1:
            print(f"\nvalidation accuracy in percent, {len(seeds)} seeds\n{compare(whole)}", flush=True)
        return whole.keys() == accuracies.keys()
    finally:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a failure, 2 for a wrong name, 130 after Ctrl-C."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    known = (*_BY_NAME, _ABLATION)
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"no recipe {', '.join(map(repr, unknown))}; there are: {', '.join(known)}.")
    if arguments.list:
        for recipe in _BY_NAME.values():
            group = "" if recipe.name in RECIPES else f"   {_ABLATION}"
            print(f"{recipe.name:15} {recipe.title:26} {recipe.epochs:2} epochs, batches of {recipe.batch_size}{group}")
        return 0
    try:
        return 0 if _train(_recipes(arguments.names), arguments) else 1
    except (ValueError, OSError) as error:  # DataError is a ValueError
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on after the last whole epoch.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
