"""`python -m nnlib.vgg`: train Q6's recipes from a shell, on one machine or, under torchrun, on several processes."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed

from nnlib.data import DataError, Dataset
from nnlib.vgg import checkpoint
from nnlib.vgg.device import pick_device
from nnlib.vgg.recipes import PROFILES, RECIPES, Profile
from nnlib.vgg.run import run
from nnlib.vgg.source import load_for
from nnlib.vgg.training import DivergedError

_EXAMPLES = """examples:
  python -m nnlib.vgg --list                              what there is to train
  python -m nnlib.vgg                                     all of it, as the notebook does with PROFILE=full
  python -m nnlib.vgg ours-short                          one training
  python -m nnlib.vgg ours-short --profile quick          a few steps of it, to see that it runs
  python -m nnlib.vgg ours-long --seed 1                  the same from other random numbers
  torchrun --nproc-per-node 2 -m nnlib.vgg report         on two processes, which share every minibatch

Every epoch ends with a checkpoint. Interrupt with Ctrl-C; the same command goes on from the last one. A training that
is complete is read and not repeated. The checkpoints are in build/checkpoints/, or where NNLIB_CHECKPOINTS says."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nnlib.vgg",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="recipes (default: all)")
    parser.add_argument("--list", action="store_true", help="list the recipes and stop")
    parser.add_argument("--profile", choices=PROFILES, default="full", help="how much of the work (default: full)")
    parser.add_argument("--seed", type=_seed, help="of weights, order and augmentation (default: the recipe's own)")
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
    """Return the images; of a machine's processes the first loads first, as it may have to download them."""
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    if not first:
        torch.distributed.barrier()
    data = load_for(profile)
    if first and world > 1:
        torch.distributed.barrier()
    return data


def _train(names: list[str], arguments: argparse.Namespace) -> None:
    profile = PROFILES[arguments.profile]
    seed = {} if arguments.seed is None else {"seed": arguments.seed}
    folder = arguments.folder or checkpoint.default_folder() / profile.name
    device, rank, world = _join_processes(arguments.device or pick_device())
    try:
        data = _load(profile, world)
        if rank == 0:
            print(f"{data!r}\ntrained on {device}, {world} process{'es' * (world > 1)}", flush=True)
        for name in names:
            recipe = replace(profile.shorten(RECIPES[name]), **seed)
            result = run(recipe, data, device=device, folder=folder, rank=rank, world=world)
            if rank == 0:
                print(
                    f"{name:14} validation {result.val_acc:.2%}   {result.seconds:.1f} s   {result.machine}", flush=True
                )
    finally:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a failure, 2 for a wrong name, 130 after Ctrl-C."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    unknown = [name for name in arguments.names if name not in RECIPES]
    if unknown:
        parser.error(f"no recipe {', '.join(map(repr, unknown))}; there are: {', '.join(RECIPES)}.")
    if arguments.list:
        for recipe in RECIPES.values():
            print(f"{recipe.name:14} {recipe.title:24} {recipe.epochs:3} epochs of batches of {recipe.batch_size}")
        return 0
    try:
        _train(arguments.names or list(RECIPES), arguments)
    except (DataError, DivergedError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on after the last whole epoch.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
